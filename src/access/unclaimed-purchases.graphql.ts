import {
  Arg,
  Args,
  Ctx,
  Field,
  FieldResolver,
  ID,
  InputType,
  Int,
  ObjectType,
  Query,
  Resolver,
  Root,
} from "type-graphql";
import { toPublicId } from "../base/ids";
import { Bug } from "../base/refusal";
import { StripeConnection, toConnection } from "../connections/connection.graphql";
import { connectionById } from "../connections/connections.loader";
import { Allow, readsEverything } from "../graphql/allow";
import { PageArgs, connectionType } from "../graphql/connection";
import type { Context } from "../graphql/context";
import { enumOf } from "../graphql/enums";
import { Node, type NodeKind } from "../graphql/node";
import { readPageRequest } from "../graphql/read-page-request";
import { keptPrice } from "../links/catalogue.loader";
import type { UnclaimedReason } from "../links/decide-owner";
import { Product, toProduct } from "../products/products.graphql";
import { productById } from "../products/products.loader";
import { User, toUser } from "../users/users.graphql";
import { userById } from "../users/users.loader";
import { listUnclaimedPurchases } from "./list-unclaimed-purchases";
import { type Amount, readAmount } from "./unclaimed-amount";
import { unclaimedById } from "./unclaimed.loader";
import { type UnclaimedRow, unclaimedOrder } from "./unclaimed.store";

const UnclaimedReasonEnum = enumOf<UnclaimedReason>("UnclaimedReason", "Why a purchase has no owner.", {
  NO_EMAIL: "Neither the customer nor the checkout has an e-mail address.",
  UNVERIFIED_CANDIDATE: "A user has the buyer's address and has not proved it: `candidate` names the user.",
  AMBIGUOUS: "The customer was unlinked by hand, or several users fit: people decide.",
  USERS_NOT_CREATED: "No user has the buyer's address, and the policy lets purchases create no users.",
  PERSON_REMOVED:
    "The buyer was removed, and Stripe still charges. Cancel it in Stripe, or claim it with a server key.",
});

@ObjectType({
  implements: Node,
  description: "A purchase that would open something and has no owner. For server keys only.",
})
export class UnclaimedPurchase extends Node {
  @Field({ description: "Stripe's id of the purchase (sub_…, in_…, pi_… or cs_…): `claimPurchase` takes it." })
  stripeObject!: string;

  @Field(() => String, { nullable: true, description: "The customer in Stripe; null for a guest." })
  customerId!: string | null;

  @Field(() => String, {
    nullable: true,
    description:
      "The customer's e-mail address, else the one given at the checkout. Null for PERSON_REMOVED, and when there is none.",
  })
  email!: string | null;

  @Field(() => UnclaimedReasonEnum, { description: "Why it has no owner." })
  reason!: UnclaimedReason;

  @Field({ description: "When it was bought." })
  at!: Date;

  row!: UnclaimedRow;
}

function toUnclaimedPurchase(row: UnclaimedRow): UnclaimedPurchase {
  const { source: stripeObject, customer: customerId, email, reason, boughtAt: at } = row;
  const fields = { id: toPublicId("unclaimedPurchase", row.id), stripeObject, customerId, email, reason, at };
  return Object.assign(new UnclaimedPurchase(), { ...fields, row });
}

const UnclaimedPurchaseConnection = connectionType("UnclaimedPurchase", () => UnclaimedPurchase);

@InputType("UnclaimedPurchaseFilter", { description: "Which purchases to list; what is left out does not matter." })
export class UnclaimedPurchaseFilterInput {
  @Field(() => String, { nullable: true, description: "Only what would open this product, by key or id." })
  product?: string | null;

  @Field(() => ID, { nullable: true, description: "Only what may belong to this user, by our id or the caller's." })
  candidate?: string | null;

  @Field(() => ID, { nullable: true, description: "Only of this Stripe account." })
  connection?: string | null;

  @Field(() => Date, { nullable: true, description: "What was bought at this moment or later." })
  after?: Date | null;

  @Field(() => Date, { nullable: true, description: "What was bought before this moment." })
  before?: Date | null;
}

@Resolver(() => UnclaimedPurchase)
export class UnclaimedPurchasesResolver {
  @Allow("READ")
  @Query(() => UnclaimedPurchaseConnection.type, {
    description:
      "Purchases that would open something and have no owner, latest first: active subscriptions and paid orders of linked " +
      "products. What ended, failed or was refunded is not listed. `claimPurchase` and `linkCustomer` give them an owner.",
  })
  async unclaimedPurchases(
    @Ctx() ctx: Context,
    @Arg("filter", () => UnclaimedPurchaseFilterInput, { nullable: true, description: "Which purchases." })
    filter: UnclaimedPurchaseFilterInput | null,
    @Args() args: PageArgs,
  ) {
    const page = await listUnclaimedPurchases(ctx, filter ?? {}, readPageRequest(args, unclaimedOrder));
    return UnclaimedPurchaseConnection.of(page, unclaimedOrder, toUnclaimedPurchase);
  }

  @FieldResolver(() => StripeConnection, { description: "The account in which it was bought." })
  async connection(@Root() { row }: UnclaimedPurchase, @Ctx() ctx: Context): Promise<StripeConnection> {
    const connection = await ctx.load(connectionById, row.connectionId);
    if (!connection) throw new Bug("a purchase is shown whose connection is gone", { purchase: row.id });
    return toConnection(ctx, connection);
  }

  @FieldResolver(() => Int, {
    nullable: true,
    description:
      "What an order cost, or a period of a subscription costs before discounts, in the smallest unit of the currency. " +
      "Null when the prices that we know do not say.",
  })
  async amount(@Root() { row }: UnclaimedPurchase, @Ctx() ctx: Context): Promise<number | null> {
    return (await amountOf(ctx, row)).amount;
  }

  @FieldResolver(() => String, {
    nullable: true,
    description: "The currency, such as `usd`; null when it is not known.",
  })
  async currency(@Root() { row }: UnclaimedPurchase, @Ctx() ctx: Context): Promise<string | null> {
    return (await amountOf(ctx, row)).currency;
  }

  @FieldResolver(() => [Product], { description: "What it would open." })
  async products(@Root() { row }: UnclaimedPurchase, @Ctx() ctx: Context): Promise<Product[]> {
    const products = await Promise.all(row.productIds.map((id) => ctx.load(productById, id)));
    return products.flatMap((product) => (product ? [toProduct(product)] : []));
  }

  @FieldResolver(() => User, { nullable: true, description: "The one user whom it may belong to, if there is one." })
  async candidate(@Root() { row }: UnclaimedPurchase, @Ctx() ctx: Context): Promise<User | null> {
    const user = row.candidateId === null ? null : await ctx.load(userById, row.candidateId);
    return user && toUser(user);
  }
}

async function amountOf(ctx: Context, row: UnclaimedRow): Promise<Amount> {
  const { connectionId, items } = row;
  const prices = await Promise.all(items.map(({ price: id }) => ctx.load(keptPrice, { connectionId, id })));
  return readAmount(row, prices);
}

export const unclaimedPurchaseNode: NodeKind = {
  kind: "unclaimedPurchase",
  async find(ctx, uuid) {
    const row = readsEverything(ctx) ? await ctx.load(unclaimedById, uuid) : null;
    return row && toUnclaimedPurchase(row);
  },
};
