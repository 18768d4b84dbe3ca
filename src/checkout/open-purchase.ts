import { findPolicy } from "../access/policy.store";
import { Refusal } from "../base/refusal";
import { askAccount } from "../connections/ask-account";
import type { Context } from "../graphql/context";
import { listPurchaseOptions } from "../links/list-purchase-options";
import { readReturnUrl } from "../links/return-url";
import type { ProductEntity } from "../products/product.entity";
import { productNotFound } from "../products/products.store";
import { findSale, seeForSale } from "./find-sale";
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

/**
 * Where somebody whom we do not know buys a product: the page that sells it, or a fresh checkout that asks who they are. A
 * sales page leads to the checkout by naming the price.
 */
export async function openPurchase(ctx: Context, asked: AskedPurchase): Promise<string> {
  // No key holds a control character, and the database takes no zero.
  if (/\p{Cc}/u.test(asked.product)) throw productNotFound("product");
  const product = await seeForSale(ctx, asked.product, "product");
  const page = await pageOf(ctx, product, asked);
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

/** Null: it is bought by a checkout. */
async function pageOf(ctx: Context, product: ProductEntity, { priceId }: AskedPurchase): Promise<string | null> {
  const { purchaseMethod: method } = product;
  if (method === "CHECKOUT" || (method === "SALES_PAGE" && priceId !== null)) return null;
  const [option] = await listPurchaseOptions(ctx, { ...product, uuid: product.id });
  if (option?.url) return option.url;
  throw new Refusal("NOT_FOR_SALE", { say: "The product is not offered." });
}

function backFrom(ctx: Context, { successUrl, cancelUrl }: AskedPurchase) {
  const read = (url: string, field: string) =>
    readReturnUrl(ctx.config, url, field, { mayHoldSession: field === "success" }).stripeUrl;
  return {
    successUrl: successUrl === null ? `${ctx.config.publicUrl}${BOUGHT_PATH}` : read(successUrl, "success"),
    cancelUrl: cancelUrl === null ? null : read(cancelUrl, "cancel"),
  };
}
