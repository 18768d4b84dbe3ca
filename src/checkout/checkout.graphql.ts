import {
  Arg,
  Ctx,
  Field,
  FieldResolver,
  ID,
  InputType,
  Int,
  Mutation,
  ObjectType,
  Query,
  Resolver,
  Root,
} from "type-graphql";
import { checkRef } from "../decisions/check-access";
import { AccessDecision, toAccessDecision } from "../decisions/decision.graphql";
import { Bug } from "../base/refusal";
import { Allow, EVERYBODY } from "../graphql/allow";
import type { Context } from "../graphql/context";
import { enumOf } from "../graphql/enums";
import { toKnownWord } from "../graphql/to-known-word";
import { JsonScalar } from "../graphql/scalars";
import { Product, toProduct } from "../products/products.graphql";
import { productById } from "../products/products.loader";
import { LinkCustomerPayload, toPayload } from "../customers/customers.graphql";
import { User, toUser } from "../users/users.graphql";
import { userById } from "../users/users.loader";
import type { CheckoutSessionEntity } from "./checkout-session.entity";
import { seenSession } from "./checkout-sessions.loader";
import { claimPurchase } from "./claim-purchase";
import { createCheckoutSession } from "./create-checkout-session";
import type { SeenSession } from "./settle-session";

@InputType({ description: "Somebody who buys without having an account." })
export class GuestInput {
  @Field({ description: "Their e-mail address. An account is made with it, unverified." })
  email!: string;

  @Field(() => String, { nullable: true, description: "What the person is called." })
  name?: string | null;
}

@InputType({ description: "What is to be bought, by whom, and where they come back to." })
export class CreateCheckoutSessionInput {
  @Field({ description: "The product, by key or id." })
  product!: string;

  @Field(() => String, {
    nullable: true,
    description:
      "The price; what the link sells by default otherwise. The public buys one of `purchaseOptions`, a server key sells every linked price.",
  })
  priceId?: string | null;

  @Field(() => ID, {
    nullable: true,
    description: "The user, by our id or the caller's. A user token buys for its own user; a server key names one.",
  })
  user?: string | null;

  @Field(() => GuestInput, {
    nullable: true,
    description: "Instead of a user: somebody without an account. It is made first.",
  })
  guest?: GuestInput | null;

  @Field({
    description:
      "Where they come back to, on the allow-list. `{CHECKOUT_SESSION_ID}` in it is replaced by the session's id.",
  })
  successUrl!: string;

  @Field(() => String, { nullable: true, description: "Where they come back to without having paid." })
  cancelUrl?: string | null;

  @Field(() => Int, {
    nullable: true,
    description: "How many; one by default. Only a server key can sell more than the link's `maxQuantity`.",
  })
  quantity?: number | null;

  @Field(() => Int, {
    nullable: true,
    description:
      "Days of a trial, 0 for none; what the price offers by default. Only a server key can give another trial.",
  })
  trialDays?: number | null;

  @Field(() => Boolean, {
    nullable: true,
    description:
      "Whether a promotion code can be entered; what the connection says by default. Only a server key can change that.",
  })
  allowPromotionCodes?: boolean | null;

  @Field(() => String, {
    nullable: true,
    description: "The language of Stripe's page, such as `de`; the browser's by default.",
  })
  locale?: string | null;

  @Field(() => JsonScalar, {
    nullable: true,
    description: "Texts, numbers and booleans that Stripe keeps with the session, and with what it leads to.",
  })
  metadata?: object | null;

  @Field(() => String, {
    nullable: true,
    description:
      "The same key with the same input returns the same session for 24 hours, whatever became of it. It belongs to the credential that sent it, and behind a publishable key to the visitor.",
  })
  idempotencyKey?: string | null;
}

@InputType({ description: "A purchase, by one of its ids in Stripe, and whose it is." })
export class ClaimPurchaseInput {
  @Field(() => ID, { description: "The user, by our id or the caller's." })
  user!: string;

  @Field(() => String, { nullable: true, description: "The checkout session by which it was bought (cs_…)." })
  checkoutSessionId?: string | null;

  @Field(() => String, { nullable: true, description: "The subscription that was bought (sub_…)." })
  subscriptionId?: string | null;

  @Field(() => String, { nullable: true, description: "The invoice that was paid (in_…)." })
  invoiceId?: string | null;

  @Field(() => String, {
    nullable: true,
    description: "The payment (pi_…), or its charge (ch_… or py_…), of a purchase that was paid once.",
  })
  paymentId?: string | null;

  @Field(() => ID, {
    nullable: true,
    description: "The account in which it is. If it is left out, each connected account is asked.",
  })
  connection?: string | null;
}

const CheckoutSessionStateEnum = enumOf("CheckoutSessionState", "How far a checkout has come.", {
  OPEN: "It can be paid.",
  COMPLETE: "The buyer has finished it. The money may still be on its way.",
  EXPIRED: "It can no longer be paid.",
  UNKNOWN: "Stripe reports a status that is not known here; `status` has it.",
});

const CheckoutPaymentStateEnum = enumOf("CheckoutPaymentState", "How far the payment of a checkout is.", {
  PAID: "The money has arrived.",
  UNPAID: "The money has not arrived. In a complete checkout it is on its way.",
  NO_PAYMENT_REQUIRED: "Nothing has to be paid now, as in a trial.",
  UNKNOWN: "Stripe reports a status that is not known here; `paymentStatus` has it.",
});

@ObjectType({ description: "A checkout that we opened." })
export class CheckoutSession {
  @Field({ description: "Stripe's id of the session." })
  id!: string;

  @Field({ description: "Where to pay. Empty when there is nothing to pay any more." })
  url!: string;

  @Field({ description: "One of open, complete and expired. `state` has the same as an enum." })
  status!: string;

  @Field(() => CheckoutSessionStateEnum, { description: "How far it has come." })
  state!: keyof typeof CheckoutSessionStateEnum;

  @Field({
    description:
      "One of paid, unpaid and no_payment_required. Complete and unpaid: the money is on its way. `paymentState` has the same as an enum.",
  })
  paymentStatus!: string;

  @Field(() => CheckoutPaymentStateEnum, { description: "What it says about its payment." })
  paymentState!: keyof typeof CheckoutPaymentStateEnum;

  @Field(() => Date, { description: "Until when it can be paid." })
  expiresAt!: Date;

  row!: CheckoutSessionEntity;
}

function toCheckoutSession(seen: SeenSession): CheckoutSession {
  const { row, status, paymentStatus, url, expiresAt } = seen;
  const state = toKnownWord(status, CheckoutSessionStateEnum);
  const paymentState = toKnownWord(paymentStatus, CheckoutPaymentStateEnum);
  const fields = { id: row.session ?? "", url, status, state, paymentStatus, paymentState, expiresAt };
  return Object.assign(new CheckoutSession(), { ...fields, row });
}

@Resolver(() => CheckoutSession)
export class CheckoutResolver {
  @Allow("PUBLISHABLE", "USER", "WRITE")
  @Mutation(() => CheckoutSession, {
    description:
      "Opens Stripe's page to buy a product. A user has one open session for each product in an account: the same terms return it again, other terms expire it first.",
  })
  async createCheckoutSession(
    @Ctx() ctx: Context,
    @Arg("input", () => CreateCheckoutSessionInput, { description: "What, by whom, and where they come back to." })
    input: CreateCheckoutSessionInput,
  ): Promise<CheckoutSession> {
    return toCheckoutSession(
      await createCheckoutSession(ctx, { ...input } as Parameters<typeof createCheckoutSession>[1]),
    );
  }

  @Allow("USER", "WRITE")
  @Mutation(() => LinkCustomerPayload, {
    description:
      "Gives a purchase that has no owner yet to a user, with the customer in Stripe who paid it. A server key claims for " +
      "anybody. A user token claims for its own user what was bought with the user's proved e-mail address; any other " +
      "purchase is PURCHASE_NOT_FOUND. Nothing is created in Stripe.",
  })
  async claimPurchase(
    @Ctx() ctx: Context,
    @Arg("input", () => ClaimPurchaseInput, { description: "The purchase and the user." }) input: ClaimPurchaseInput,
  ): Promise<LinkCustomerPayload> {
    return toPayload(await claimPurchase(ctx, input));
  }

  @Allow(...EVERYBODY)
  @Query(() => CheckoutSession, {
    nullable: true,
    description:
      "A checkout of ours, for the page that people come back to. What was bought opens before the answer. Null: none that this caller may see.",
  })
  async checkoutSession(
    @Ctx() ctx: Context,
    @Arg("id", () => String, { description: "Stripe's id of the session (cs_…)." }) id: string,
  ): Promise<CheckoutSession | null> {
    const seen = await ctx.load(seenSession, id);
    return seen && toCheckoutSession(seen);
  }

  @FieldResolver(() => User, {
    nullable: true,
    description: "For whom it was opened. A page's key, which anybody may hold, is shown nobody.",
  })
  async user(@Root() { row }: CheckoutSession, @Ctx() ctx: Context): Promise<User | null> {
    if (row.userId === null || ctx.identity.role === "PUBLISHABLE") return null;
    const user = await ctx.load(userById, row.userId);
    return user && toUser(user);
  }

  @FieldResolver(() => Product, { description: "What is bought." })
  async product(@Root() { row }: CheckoutSession, @Ctx() ctx: Context): Promise<Product> {
    const product = await ctx.load(productById, row.productId);
    if (!product) throw new Bug("a checkout is shown whose product is gone", { checkout: row.id });
    return toProduct(product);
  }

  @FieldResolver(() => AccessDecision, {
    nullable: true,
    description:
      "Whether the buyer may open the product now. A page's key is told nothing of a buyer who has not paid.",
  })
  async access(@Root() { row }: CheckoutSession, @Ctx() ctx: Context): Promise<AccessDecision> {
    // Before the purchase, an account that is new and one that is somebody's would answer differently.
    const isHidden = ctx.identity.role === "PUBLISHABLE" && row.settledAt === null;
    const user = row.userId === null || isHidden ? null : { id: row.userId, externalId: null };
    return toAccessDecision(await checkRef(ctx, { product: { id: row.productId, key: null }, user }, ctx.clock.now()));
  }
}
