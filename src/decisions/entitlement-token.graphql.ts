import { Arg, Ctx, Field, ID, Int, ObjectType, Query, Resolver } from "type-graphql";
import { Allow } from "../graphql/allow";
import type { Context } from "../graphql/context";
import { entitlementToken } from "./entitlement-token.loader";

@ObjectType({ description: "What a user may open, signed." })
export class EntitlementToken {
  @Field({ description: "A JWT; its signature is verified against /.well-known/jwks.json without asking us again." })
  token!: string;

  @Field({ description: "When it stops being true to anybody; never later than a change that is known in advance." })
  expiresAt!: Date;
}

@Resolver()
export class EntitlementTokenResolver {
  @Allow("USER", "READ")
  @Query(() => EntitlementToken, {
    description: "A signed list of what a user may open, for checks without a network.",
  })
  async entitlementToken(
    @Ctx() ctx: Context,
    @Arg("user", () => ID, {
      nullable: true,
      description: "The user, by our id or the caller's; the viewer by default.",
    })
    user: string | null,
    @Arg("ttlSeconds", () => Int, {
      nullable: true,
      description: "How long it lives: 15 minutes by default, a day at most.",
    })
    ttlSeconds: number | null,
  ): Promise<EntitlementToken> {
    return Object.assign(new EntitlementToken(), await ctx.load(entitlementToken, { user, ttlSeconds }));
  }
}
