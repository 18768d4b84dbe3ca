import { Ctx, Field, FieldResolver, Int, ObjectType, Resolver, Root } from "type-graphql";
import { toPublicId } from "../base/ids";
import type { Mode } from "../base/mode";
import type { Context } from "../graphql/context";
import { ModeEnum, enumOf } from "../graphql/enums";
import { mayAct } from "../graphql/allow";
import { Node, type NodeKind } from "../graphql/node";
import type { ConnectionEntity, ConnectionStatus } from "./connection.entity";
import { connectionById, inboxCountOf, webhookCountsOf } from "./connections.loader";
import { webhookUrlOf } from "./ensure-webhook-endpoint";
import { readWebhookState } from "./read-webhook-state";

const ConnectionStatusEnum = enumOf<ConnectionStatus>("ConnectionStatus", "How a Stripe account is attached.", {
  CONNECTED: "Its key was good when it was last used.",
  ERROR: "Something is wrong with it; `lastError` says what.",
  DISCONNECTED: "It was disconnected. Its links, grants and history stay, and connecting it again revives them.",
});

@ObjectType({ description: "How well a Stripe account's webhooks arrive." })
export class WebhookHealth {
  @Field({ description: "Whether there is a signing secret: without one, our endpoint does not exist." })
  configured!: boolean;

  @Field(() => Date, { nullable: true, description: "When something well signed last came, to within a second." })
  lastEventAt!: Date | null;

  @Field(() => Int, { description: "Events that are waiting to be worked on." })
  pending!: number;

  @Field(() => Int, { description: "Events that were tried often enough, and wait for somebody to look at them." })
  failed!: number;

  @Field(() => [String], {
    description: "Needed, but not subscribed to as far as we know. `repairWebhookEndpoint` adds them.",
  })
  missingEventTypes!: string[];

  @Field(() => Boolean, {
    nullable: true,
    description:
      "Whether the endpoint has the API version that we read. False: its events count all the same, and `setupStatus` " +
      "advises to renew it. Null: the owner looks after it and none was found at our address.",
  })
  apiVersionMatches!: boolean | null;

  @Field(() => Int, {
    description:
      "Bodies that were refused, because their signature was missing, wrong or too old. Anybody can post one: `setupStatus` doubts the secret only after several different events of Stripe.",
  })
  rejected!: number;

  @Field(() => Date, { nullable: true, description: "When one was last refused." })
  lastRejectedAt!: Date | null;

  @Field(() => Int, { description: "Well signed events of another account or mode; they have no effect." })
  strangers!: number;
}

@ObjectType({ description: "What the customer portal of a Stripe account offers." })
export class PortalSettings {
  @Field({ description: "Whether portal sessions are made." })
  enabled!: boolean;

  @Field(() => String, { nullable: true, description: "The configuration in Stripe (bpc_…); null: there is none yet." })
  configurationId!: string | null;

  @Field(() => String, { nullable: true, description: "The address of the privacy policy that the portal shows." })
  privacyPolicyUrl!: string | null;

  @Field(() => String, { nullable: true, description: "The address of the terms of service that the portal shows." })
  termsOfServiceUrl!: string | null;

  @Field({ description: "Whether customers may cancel; what is paid for stays open until its end." })
  allowCancel!: boolean;

  @Field({ description: "Whether customers may change how they pay." })
  allowPaymentMethodUpdate!: boolean;

  @Field({ description: "Whether customers see their invoices." })
  allowInvoiceHistory!: boolean;

  @Field({ description: "Whether customers may change their name and addresses." })
  allowCustomerUpdate!: boolean;
}

@ObjectType({ implements: Node, description: "One Stripe account in one mode." })
export class StripeConnection extends Node {
  @Field({ description: "The account's id in Stripe (acct_…)." })
  account!: string;

  @Field(() => String, { nullable: true, description: "What people know the account by." })
  accountName!: string | null;

  @Field(() => ModeEnum, { description: "The mode of its key." })
  mode!: Mode;

  @Field(() => ConnectionStatusEnum, { description: "How it is attached." })
  status!: ConnectionStatus;

  @Field(() => String, { nullable: true, description: "What is wrong with it, in a sentence; null: nothing." })
  lastError!: string | null;

  @Field({ description: "Where Stripe sends this account's events." })
  webhookUrl!: string;

  @Field({ description: "Whether checkout sessions take promotion codes unless they say otherwise." })
  allowPromotionCodes!: boolean;

  @Field({ description: "Whether the public sees what is for sale." })
  exposePurchaseOptions!: boolean;

  @Field({ description: "Whether it comes from the settings of the server, which connect it again at the next start." })
  fromEnvironment!: boolean;

  @Field({ description: "When the account was first connected." })
  createdAt!: Date;

  row!: ConnectionEntity;
}

export function toConnection(ctx: Pick<Context, "config">, row: ConnectionEntity): StripeConnection {
  return Object.assign(new StripeConnection(), {
    id: toPublicId("connection", row.id),
    account: row.account,
    accountName: row.accountName,
    mode: row.mode,
    status: row.status,
    lastError: row.lastError,
    webhookUrl: webhookUrlOf(ctx.config, row.id),
    allowPromotionCodes: row.allowPromotionCodes,
    exposePurchaseOptions: row.exposePurchaseOptions,
    fromEnvironment: row.fromEnvironment,
    createdAt: row.createdAt,
    row,
  });
}

@Resolver(() => StripeConnection)
export class StripeConnectionResolver {
  @FieldResolver(() => WebhookHealth, { description: "How well its webhooks arrive." })
  async webhookHealth(@Root() { row }: StripeConnection, @Ctx() ctx: Context): Promise<WebhookHealth> {
    const [inbox, counts] = await Promise.all([ctx.load(inboxCountOf, row.id), ctx.load(webhookCountsOf, row.id)]);
    return Object.assign(new WebhookHealth(), readWebhookState(row), {
      lastEventAt: counts?.lastEventAt ?? null,
      pending: inbox?.pending ?? 0,
      failed: inbox?.failed ?? 0,
      rejected: counts?.rejected ?? 0,
      lastRejectedAt: counts?.lastRejectedAt ?? null,
      strangers: counts?.strangers ?? 0,
    });
  }

  @FieldResolver(() => PortalSettings, { description: "What its customer portal offers." })
  portal(@Root() { row }: StripeConnection): PortalSettings {
    const { portal, portalConfiguration: configurationId } = row;
    return Object.assign(new PortalSettings(), {
      enabled: portal.enabled ?? true,
      configurationId,
      privacyPolicyUrl: portal.privacyPolicyUrl ?? null,
      termsOfServiceUrl: portal.termsOfServiceUrl ?? null,
      allowCancel: portal.allowCancel ?? true,
      allowPaymentMethodUpdate: portal.allowPaymentMethodUpdate ?? true,
      allowInvoiceHistory: portal.allowInvoiceHistory ?? true,
      allowCustomerUpdate: portal.allowCustomerUpdate ?? true,
    });
  }
}

export const connectionNode: NodeKind = {
  kind: "connection",
  async find(ctx, uuid) {
    if (!mayAct(ctx.identity.role, ["READ"])) return null;
    const connection = await ctx.load(connectionById, uuid);
    return connection && toConnection(ctx, connection);
  },
};
