import { Arg, Ctx, Field, ID, InputType, Mutation, Query, Resolver } from "type-graphql";
import { actorOf } from "../activities/record-activities";
import { Allow } from "../graphql/allow";
import type { Context } from "../graphql/context";
import { activateCustomerPortal } from "./activate-customer-portal";
import { StripeConnection, toConnection } from "./connection.graphql";
import { connectStripe } from "./connect-stripe";
import { listConnections } from "./connections.store";
import { disconnectStripe } from "./disconnect-stripe";
import { repairWebhookEndpoint } from "./repair-webhook-endpoint";
import { testStripeConnection } from "./test-stripe-connection";
import { updatePortalSettings } from "./update-portal-settings";
import { updateStripeConnection } from "./update-stripe-connection";

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

@InputType({ description: "Changes to a connection: what is absent stays as it is." })
export class UpdateStripeConnectionInput {
  @Field(() => ID, { description: "The connection (con_…)." })
  connection!: string;

  @Field(() => String, { nullable: true, description: "Another secret or restricted key of the same account." })
  secretKey?: string | null;

  @Field(() => String, {
    nullable: true,
    description: "The new signing secret of the endpoint. The one that it replaces stays good for a day.",
  })
  webhookSecret?: string | null;

  @Field(() => String, {
    nullable: true,
    description: "The secret that is replaced, if we never had it; it stays good for a day.",
  })
  previousWebhookSecret?: string | null;

  @Field(() => Boolean, { nullable: true, description: "Whether checkout takes promotion codes." })
  allowPromotionCodes?: boolean | null;

  @Field(() => Boolean, { nullable: true, description: "Whether the public sees what is for sale." })
  exposePurchaseOptions?: boolean | null;
}

@InputType({ description: "Changes to a customer portal: what is absent stays as it is." })
export class PortalSettingsInput {
  @Field(() => ID, { description: "The connection (con_…)." })
  connection!: string;

  @Field(() => Boolean, { nullable: true, description: "Whether portal sessions are made." })
  enabled?: boolean | null;

  @Field(() => String, {
    nullable: true,
    description: "The https address of the privacy policy that the portal shows; null: none.",
  })
  privacyPolicyUrl?: string | null;

  @Field(() => String, {
    nullable: true,
    description: "The https address of the terms of service that the portal shows; null: none.",
  })
  termsOfServiceUrl?: string | null;

  @Field(() => Boolean, {
    nullable: true,
    description: "Whether customers may cancel; what is paid for stays open until its end.",
  })
  allowCancel?: boolean | null;

  @Field(() => Boolean, { nullable: true, description: "Whether customers may change how they pay." })
  allowPaymentMethodUpdate?: boolean | null;

  @Field(() => Boolean, { nullable: true, description: "Whether customers see their invoices." })
  allowInvoiceHistory?: boolean | null;

  @Field(() => Boolean, { nullable: true, description: "Whether customers may change their name and addresses." })
  allowCustomerUpdate?: boolean | null;
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

  @Allow("ADMIN")
  @Mutation(() => StripeConnection, {
    description: "Changes a connection: another key of the same account, another secret of its endpoint, choices.",
  })
  async updateStripeConnection(
    @Ctx() ctx: Context,
    @Arg("input", () => UpdateStripeConnectionInput, { description: "The connection and what changes." })
    input: UpdateStripeConnectionInput,
  ): Promise<StripeConnection> {
    const row = await updateStripeConnection(ctx, ctx.identity.mode, input);
    ctx.log.info({ connectionId: row.id }, "a Stripe connection was changed");
    return toConnection(ctx, row);
  }

  @Allow("ADMIN")
  @Mutation(() => StripeConnection, {
    description:
      "Asks Stripe whether key, webhook endpoint and portal are as they should be; `lastError` says what is not.",
  })
  async testStripeConnection(
    @Ctx() ctx: Context,
    @Arg("connection", () => ID, { description: "The connection (con_…)." }) connection: string,
  ): Promise<StripeConnection> {
    return toConnection(ctx, await testStripeConnection(ctx, ctx.identity.mode, connection));
  }

  @Allow("ADMIN")
  @Mutation(() => StripeConnection, {
    description:
      "Repairs the webhook endpoint in Stripe: missing events, address, disabled, deleted. One that we created is replaced " +
      "where its version or secret is wrong; one that you created keeps both.",
  })
  async repairWebhookEndpoint(
    @Ctx() ctx: Context,
    @Arg("connection", () => ID, { description: "The connection (con_…)." }) connection: string,
  ): Promise<StripeConnection> {
    const row = await repairWebhookEndpoint(ctx, ctx.identity.mode, connection);
    ctx.log.info({ connectionId: row.id }, "a webhook endpoint was repaired");
    return toConnection(ctx, row);
  }

  @Allow("ADMIN")
  @Mutation(() => StripeConnection, {
    description:
      "Makes sure that the customer portal has an active configuration in Stripe, and switches it on. One that was deactivated in Stripe is replaced. Asked again, it changes nothing.",
  })
  async activateCustomerPortal(
    @Ctx() ctx: Context,
    @Arg("connection", () => ID, { description: "The connection (con_…)." }) connection: string,
  ): Promise<StripeConnection> {
    return toConnection(ctx, await activateCustomerPortal(ctx, ctx.identity.mode, connection));
  }

  @Allow("ADMIN")
  @Mutation(() => StripeConnection, {
    description:
      "Changes what the customer portal offers, here and in Stripe. Its configuration is found there, or made once.",
  })
  async updatePortalSettings(
    @Ctx() ctx: Context,
    @Arg("input", () => PortalSettingsInput, { description: "The connection and what changes." })
    input: PortalSettingsInput,
  ): Promise<StripeConnection> {
    const row = await updatePortalSettings(ctx, ctx.identity.mode, input);
    ctx.log.info({ connectionId: row.id }, "the settings of a customer portal were changed");
    return toConnection(ctx, row);
  }

  @Allow("ADMIN")
  @Mutation(() => StripeConnection, {
    description:
      "Disconnects an account and forgets its secrets. Links, grants and history stay; connecting it again revives them.",
  })
  async disconnectStripe(
    @Ctx() ctx: Context,
    @Arg("connection", () => ID, { description: "The connection (con_…)." }) connection: string,
  ): Promise<StripeConnection> {
    const by = { ...actorOf(ctx.identity), origin: "API" } as const;
    const row = await disconnectStripe(ctx, ctx.identity.mode, connection, by);
    ctx.log.info({ connectionId: row.id }, "a Stripe account was disconnected");
    return toConnection(ctx, row);
  }
}
