import { Arg, Ctx, Field, FieldResolver, ID, ObjectType, Query, Resolver, Root } from "type-graphql";
import { toPublicId } from "../base/ids";
import { Refusal } from "../base/refusal";
import { Allow, EVERYBODY } from "../graphql/allow";
import type { Context, Role } from "../graphql/context";
import type { Mode } from "../base/mode";
import { ModeEnum, RoleEnum } from "../graphql/enums";
import { Node, type NodeKind } from "../graphql/node";
import { JsonScalar } from "../graphql/scalars";
import { readUserRef } from "./read-user-ref";
import { checkMayAskAbout } from "./subject";
import { type Proofs, isProved } from "./proofs";
import type { UserEntity } from "./user.entity";
import { userByEmail, userByExternalId, userById } from "./users.loader";

@ObjectType({ implements: Node, description: "A person of the caller's. We keep no passwords." })
export class User extends Node {
  @Field(() => String, { nullable: true, description: "The caller's own id; accepted wherever a user is asked for." })
  externalId!: string | null;

  @Field(() => String, { nullable: true, description: "Unique, compared without case." })
  email!: string | null;

  @Field(() => String, { nullable: true, description: "What the person is called." })
  name!: string | null;

  @Field(() => JsonScalar, { description: "Whatever the caller keeps here. The person themselves may read it." })
  metadata!: object;

  @Field({ description: "When the user was made." })
  createdAt!: Date;

  @Field(() => Date, { nullable: true, description: "When a token of theirs was last used, to within minutes." })
  lastSeenAt!: Date | null;

  uuid!: string;
  proofs!: Proofs;
}

export function toUser(row: UserEntity): User {
  const { externalId, email, name, metadata, createdAt, lastSeenAt, emailVerifiedLive, emailVerifiedTest } = row;
  const fields = { externalId, email, name, metadata, createdAt, lastSeenAt };
  const proofs = { emailVerifiedLive, emailVerifiedTest };
  return Object.assign(new User(), { id: toPublicId("user", row.id), uuid: row.id, proofs, ...fields });
}

@Resolver(() => User)
export class UserProofsResolver {
  @FieldResolver(() => Boolean, {
    description:
      "Whether the address was proved: by a WRITE key, or by an identity provider that is trusted with it. A proof counts " +
      "in the mode of the credential that gave it, so this is the answer for the viewer's mode.",
  })
  emailVerified(@Root() user: User, @Ctx() ctx: Context): boolean {
    return isProved(user.proofs, ctx.identity.mode);
  }
}

@ObjectType({ description: "Who is asking, as the credential says." })
export class Viewer {
  @Field(() => RoleEnum, { description: "What the credential may do." })
  role!: Role;

  @Field(() => ModeEnum, { description: "The mode that the credential decides." })
  mode!: Mode;

  @Field(() => User, { nullable: true, description: "The user whom a user token speaks for." })
  user!: User | null;
}

@Resolver()
export class UsersResolver {
  @Allow(...EVERYBODY)
  @Query(() => Viewer, { description: "Who is asking." })
  async viewer(@Ctx() ctx: Context): Promise<Viewer> {
    const { role, mode } = ctx.identity;
    return Object.assign(new Viewer(), { role, mode, user: await this.me(ctx) });
  }

  @Allow(...EVERYBODY)
  @Query(() => User, { nullable: true, description: "The user whom a user token speaks for; null for keys." })
  async me(@Ctx() ctx: Context): Promise<User | null> {
    const row = ctx.identity.userId === null ? null : await ctx.load(userById, ctx.identity.userId);
    return row && toUser(row);
  }

  @Allow("USER", "READ")
  @Query(() => User, { nullable: true, description: "A user by our id or the caller's own." })
  async user(
    @Ctx() ctx: Context,
    @Arg("id", () => ID, { description: "Our id (usr_…) or the caller's externalId." }) id: string,
  ): Promise<User | null> {
    const ref = readUserRef(id);
    await checkMayAskAbout(ctx, ref);
    const row = ref.id === null ? await ctx.load(userByExternalId, ref.externalId) : await ctx.load(userById, ref.id);
    return row && toUser(row);
  }

  @Allow("READ")
  @Query(() => User, { nullable: true, description: "A user by e-mail address, compared without case." })
  async userByEmail(
    @Ctx() ctx: Context,
    @Arg("email", () => String, { description: "The address, in any case." }) email: string,
  ): Promise<User | null> {
    const row = await ctx.load(userByEmail, email);
    return row && toUser(row);
  }
}

export const userNode: NodeKind = {
  kind: "user",
  async find(ctx, uuid) {
    if (ctx.identity.role === "PUBLISHABLE")
      throw new Refusal("FORBIDDEN", { say: "A publishable key sees no users." });
    await checkMayAskAbout(ctx, { id: uuid, externalId: null });
    const row = await ctx.load(userById, uuid);
    return row && toUser(row);
  },
};
