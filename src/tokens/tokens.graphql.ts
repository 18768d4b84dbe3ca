import { Arg, Ctx, Field, ID, Int, Mutation, ObjectType, Resolver } from "type-graphql";
import { Allow } from "../graphql/allow";
import type { Context } from "../graphql/context";
import { createUserToken } from "./create-user-token";

@ObjectType({ description: "A credential that speaks for one user." })
export class UserToken {
  @Field({ description: "The token, for the `Authorization: Bearer` header." })
  token!: string;

  @Field({ description: "When it stops working." })
  expiresAt!: Date;
}

@Resolver()
export class TokensResolver {
  @Allow("WRITE")
  @Mutation(() => UserToken, { description: "Makes a token with which a page or an app asks for one user only." })
  async createUserToken(
    @Ctx() ctx: Context,
    @Arg("user", () => ID, { description: "The user, by our id or the caller's." }) user: string,
    @Arg("ttlSeconds", () => Int, {
      nullable: true,
      description: "How long it lives: an hour by default, a day at most.",
    })
    ttlSeconds: number | null,
  ): Promise<UserToken> {
    return Object.assign(new UserToken(), await createUserToken(ctx, { user, ttlSeconds }));
  }
}
