import { Arg, Ctx, Field, InputType, Mutation, Query, Resolver } from "type-graphql";
import { actorOf } from "../activities/record-activities";
import { Allow } from "../graphql/allow";
import type { Context } from "../graphql/context";
import { StripeConnection, toConnection } from "./connection.graphql";
import { connectStripe } from "./connect-stripe";
import { listConnections } from "./connections.store";

@InputType({ description: "A Stripe account to be connected." })
export class ConnectStripeInput {
  @Field(() => String, { description: "A secret or restricted key of it (sk_…, rk_…), of this credential's mode." })
  secretKey!: string;

  @Field(() => String, {
    nullable: true,
    description: "The signing secret of an endpoint that is there already (whsec_…); without it we make the endpoint.",
  })
  webhookSecret?: string | null;

  @Field(() => Boolean, { nullable: true, description: "Whether checkout takes promotion codes; false by default." })
  allowPromotionCodes?: boolean | null;

  @Field(() => Boolean, {
    nullable: true,
    description: "Whether the public sees what is for sale; true by default.",
  })
  exposePurchaseOptions?: boolean | null;
}

@Resolver()
export class ConnectionsResolver {
  @Allow("READ")
  @Query(() => [StripeConnection], {
    description: "The Stripe accounts of this credential's mode, the oldest first, disconnected ones too.",
  })
  async stripeConnections(@Ctx() ctx: Context): Promise<StripeConnection[]> {
    return (await listConnections(ctx.db, ctx.identity.mode)).map((row) => toConnection(ctx, row));
  }

  @Allow("ADMIN")
  @Mutation(() => StripeConnection, {
    description: "Connects a Stripe account, or the same one again: its links, grants and history come back with it.",
  })
  async connectStripe(
    @Ctx() ctx: Context,
    @Arg("input", () => ConnectStripeInput, { description: "The account, by its key." }) input: ConnectStripeInput,
  ): Promise<StripeConnection> {
    const by = { ...actorOf(ctx.identity), origin: "API" } as const;
    const row = await connectStripe(ctx, { ...input, mode: ctx.identity.mode, by });
    ctx.log.info({ connectionId: row.id, account: row.account, mode: row.mode }, "a Stripe account was connected");
    return toConnection(ctx, row);
  }
}
