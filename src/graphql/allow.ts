import { type AuthCheckerInterface, Authorized, type ResolverData } from "type-graphql";
import { Refusal } from "../base/refusal";
import type { Context, Role } from "./context";

const includedIn: Record<Role, readonly Role[]> = {
  ANONYMOUS: ["ANONYMOUS"],
  PUBLISHABLE: ["PUBLISHABLE"],
  USER: ["USER"],
  READ: ["READ"],
  WRITE: ["READ", "WRITE"],
  ADMIN: ["READ", "WRITE", "ADMIN"],
};

/** Everybody who may see the catalogue. */
export const EVERYBODY = ["PUBLISHABLE", "USER", "READ"] as const satisfies readonly Role[];

/** Stands on every query and mutation: who may ask. READ also admits WRITE and ADMIN, WRITE also ADMIN. */
export function Allow(...roles: readonly Role[]): MethodDecorator & PropertyDecorator {
  return Authorized<Role>([...roles]);
}

export function mayAct(role: Role, asOneOf: readonly Role[]): boolean {
  return includedIn[role].some((included) => asOneOf.includes(included));
}

/** True for the server keys, which see everything in their mode. */
export function readsEverything(ctx: Context): boolean {
  return mayAct(ctx.identity.role, ["READ"]);
}

/** What type-graphql asks before it calls a resolver that says `@Allow`. */
export class RoleChecker implements AuthCheckerInterface<Context, Role> {
  check({ context, info }: ResolverData<Context>, roles: Role[]): boolean {
    if (mayAct(context.identity.role, roles)) return true;
    throw new Refusal("FORBIDDEN", {
      say: `${info.parentType.name}.${info.fieldName} needs a credential of role ${roles.join(" or ")}.`,
      details: { role: context.identity.role },
    });
  }
}
