import { findPolicy } from "../access/policy.store";
import { Refusal } from "../base/refusal";
import { askAccount } from "../connections/ask-account";
import type { Context } from "../graphql/context";
import { readReturnUrl } from "../links/return-url";
import type { ProductEntity } from "../products/product.entity";
import { productNotFound } from "../products/products.store";
import { seeProduct } from "../products/see-product";
import { findSale } from "./find-sale";
import { planOpenSession } from "./plan-open-session";
import { withinPatience } from "./within-patience";

export interface AskedPurchase {
  product: string;
  priceId: string | null;
  successUrl: string | null;
  cancelUrl: string | null;
}

/** Where those who were told that they bought something go when nobody says otherwise. */
export const BOUGHT_PATH = "/bought";

/** Where somebody whom we do not know buys a product: the page that sells it, or a fresh checkout that asks who they are. */
export async function openPurchase(ctx: Context, asked: AskedPurchase): Promise<string> {
  // No key holds a control character, and the database takes no zero.
  const product = /\p{Cc}/u.test(asked.product) ? null : await seeProduct(ctx, asked.product);
  if (!product) throw productNotFound("product");
  const page = pageOf(product);
  if (page !== null) return page;
  const { autoCreateUsers, trialsPerUser } = await findPolicy(ctx.db, ctx.identity.mode);
  if (autoCreateUsers !== "ON_PURCHASE") {
    throw new Refusal("FORBIDDEN", { say: "Guests cannot buy here: the policy does not let purchases make users." });
  }
  const back = backFrom(ctx, asked);
  return withinPatience(async () => {
    const sale = await findSale(ctx, product.key, asked.priceId);
    ctx.take(`checkouts from ${ctx.address}`, ctx.config.limits.guestCheckoutsPerMinutePerAddress);
    // Where trials are counted, nobody gets one of whom it is not known how many they had.
    const trialDays = trialsPerUser === null ? (sale.price.recurring?.trialPeriodDays ?? null) : null;
    const cancelUrl = back.cancelUrl ?? product.salesPageUrl;
    const params = planOpenSession({ sale, successUrl: back.successUrl, cancelUrl, trialDays });
    const { url } = await askAccount(ctx, sale.connection, (stripe) => stripe.checkout.sessions.create(params));
    if (url === null) throw new Refusal("STRIPE_REFUSED", { say: "Stripe opened a checkout without an address." });
    return url;
  });
}

function pageOf(product: ProductEntity): string | null {
  const { purchaseMethod } = product;
  if (purchaseMethod === "CHECKOUT") return null;
  const page = { NONE: null, SALES_PAGE: product.salesPageUrl, EXTERNAL_URL: product.externalUrl }[purchaseMethod];
  if (page === null) throw new Refusal("NOT_FOR_SALE", { say: "The product is not offered." });
  return page;
}

function backFrom(ctx: Context, { successUrl, cancelUrl }: AskedPurchase) {
  const read = (url: string, field: string) =>
    readReturnUrl(ctx.config, url, field, { mayHoldSession: field === "success" }).stripeUrl;
  return {
    successUrl: successUrl === null ? `${ctx.config.publicUrl}${BOUGHT_PATH}` : read(successUrl, "success"),
    cancelUrl: cancelUrl === null ? null : read(cancelUrl, "cancel"),
  };
}
