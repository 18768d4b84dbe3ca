import { Arg, Ctx, Field, ID, Mutation, ObjectType, Query, Resolver } from "type-graphql";
import { readPublicIdOf, toPublicId } from "../base/ids";
import type { Mode } from "../base/mode";
import { Refusal } from "../base/refusal";
import { Allow, mayAct } from "../graphql/allow";
import type { Context, Role } from "../graphql/context";
import { ModeEnum, RoleEnum } from "../graphql/enums";
import { Node, type NodeKind } from "../graphql/node";
import type { ApiKeyEntity, KeyRole } from "./api-key.entity";
import { apiKeyById } from "./api-keys.loader";
import { createApiKey } from "./create-api-key";
import { listApiKeys } from "./list-api-keys";
import { revokeApiKey } from "./revoke-api-key";

@ObjectType({ implements: Node, description: "A credential of a server or a page." })
export class ApiKey extends Node {
  @Field({ description: "What people call it." })
  name!: string;

  @Field(() => RoleEnum, { description: "What it may do." })
  role!: Role;

  @Field(() => ModeEnum, { description: "The mode it works in." })
  mode!: Mode;

  @Field({ description: "The beginning of the key, to tell it apart. The rest is not kept." })
  prefix!: string;

  @Field({ description: "When it was made." })
  createdAt!: Date;

  @Field(() => Date, { nullable: true, description: "When it was last used, to within a few seconds." })
  lastUsedAt!: Date | null;

  @Field(() => Date, { nullable: true, description: "When it was revoked; it opens nothing since." })
  revokedAt!: Date | null;

  @Field(() => Date, { nullable: true, description: "When it stops working by itself; null: never." })
  expiresAt!: Date | null;
}

@ObjectType({ description: "A new key with its secret." })
export class CreateApiKeyPayload {
  @Field(() => ApiKey, { description: "The key as it is listed from now on." })
  apiKey!: ApiKey;

  @Field({ description: "The key itself. It is shown this once; only its hash is kept." })
  secret!: string;
}

function toApiKey({ id, name, role, mode, prefix, createdAt, lastUsedAt, revokedAt, expiresAt }: ApiKeyEntity): ApiKey {
  const publicId = toPublicId("apiKey", id);
  const fields = { id: publicId, name, role, mode, prefix, createdAt, lastUsedAt, revokedAt, expiresAt };
  return Object.assign(new ApiKey(), fields);
}

const keyRoles: readonly Role[] = ["PUBLISHABLE", "READ", "WRITE", "ADMIN"] satisfies KeyRole[];

@Resolver()
export class KeysResolver {
  @Allow("ADMIN")
  @Query(() => [ApiKey], { description: "The API keys of this credential's mode, newest first, revoked ones too." })
  async apiKeys(@Ctx() ctx: Context): Promise<ApiKey[]> {
    return (await listApiKeys(ctx, ctx.identity.mode)).map(toApiKey);
  }

  @Allow("ADMIN")
  @Mutation(() => CreateApiKeyPayload, { description: "Makes an API key in this credential's mode." })
  async createApiKey(
    @Ctx() ctx: Context,
    @Arg("name", () => String, { description: "What people will call it." }) name: string,
    @Arg("role", () => RoleEnum, { description: "PUBLISHABLE, READ, WRITE or ADMIN." }) role: Role,
    @Arg("expiresAt", () => Date, { nullable: true, description: "When it stops working; null: never." })
    expiresAt: Date | null,
  ): Promise<CreateApiKeyPayload> {
    const { mode } = ctx.identity;
    const createdBy = toPublicId("apiKey", ctx.identity.apiKeyId ?? "");
    const made = await createApiKey(ctx, {
      name,
      role: readKeyRole(role),
      mode,
      expiresAt: expiresAt ?? null,
      createdBy,
    });
    ctx.log.info({ keyId: made.key.id, role, mode }, "an API key was made");
    return Object.assign(new CreateApiKeyPayload(), { apiKey: toApiKey(made.key), secret: made.secret });
  }

  @Allow("ADMIN")
  @Mutation(() => ApiKey, { description: "Revokes an API key. From the answer on it opens nothing." })
  async revokeApiKey(
    @Ctx() ctx: Context,
    @Arg("id", () => ID, { description: "The key's id (key_…)." }) id: string,
  ): Promise<ApiKey> {
    const uuid = readPublicIdOf("apiKey", id);
    if (!uuid) throw new Refusal("NOT_FOUND", { say: "There is no such key in this mode.", field: "id" });
    const key = await revokeApiKey(ctx, { mode: ctx.identity.mode, id: uuid });
    ctx.log.info({ keyId: key.id }, "an API key was revoked");
    return toApiKey(key);
  }
}

function readKeyRole(role: Role): KeyRole {
  if (keyRoles.includes(role)) return role as KeyRole;
  throw new Refusal("INVALID_INPUT", {
    say: "A key's role is PUBLISHABLE, READ, WRITE or ADMIN; user tokens are made by createUserToken.",
    field: "role",
  });
}

export const apiKeyNode: NodeKind = {
  kind: "apiKey",
  async find(ctx, uuid) {
    if (!mayAct(ctx.identity.role, ["ADMIN"])) return null;
    const key = await ctx.load(apiKeyById, uuid);
    return key && toApiKey(key);
  },
};
