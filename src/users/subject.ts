import { Refusal } from "../base/refusal";
import type { Context } from "../graphql/context";
import { type UserRef, readUserRef } from "./read-user-ref";
import { externalIdOf } from "./users.loader";

/**
 * About whom a question is asked: the user who is named, else the one whom a user token speaks for, else nobody. This is
 * the one place that decides who may ask about whom.
 */
export async function subjectOf(ctx: Context, named: string | null | undefined): Promise<UserRef | null> {
  if (named === null || named === undefined) {
    return ctx.identity.userId === null ? null : { id: ctx.identity.userId, externalId: null };
  }
  const ref = readUserRef(named);
  await checkMayAskAbout(ctx, ref);
  return ref;
}

/** A user token asks about its own user only; the refusal is the same whether or not the other one exists. */
export async function checkMayAskAbout(ctx: Context, ref: UserRef): Promise<void> {
  if (ctx.identity.role === "PUBLISHABLE") {
    throw new Refusal("FORBIDDEN", { say: "A publishable key cannot ask about users.", field: "user" });
  }
  if (ctx.identity.role !== "USER") return;
  const { userId } = ctx.identity;
  const isOwn = ref.id === null ? ref.externalId === (await ctx.load(externalIdOf, userId)) : ref.id === userId;
  if (!isOwn) throw new Refusal("FORBIDDEN", { say: "A user token can ask about its own user only.", field: "user" });
}
