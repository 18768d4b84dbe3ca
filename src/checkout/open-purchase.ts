import { findPolicy } from "../access/policy.store";
import { Refusal } from "../base/refusal";
import { askAccount } from "../connections/ask-account";
import type { Context } from "../graphql/context";
import type { StripePriceRow } from "../links/catalogue";
import { listPurchaseOptions } from "../links/list-purchase-options";
import { readReturnUrl } from "../links/return-url";
import type { ProductEntity } from "../products/product.entity";
import { productNotFound } from "../products/products.store";
import { insertCheckout } from "./checkout-sessions.store";
import { findSale, seeForSale } from "./find-sale";
import { newVisitorRow } from "./new-visitor-row";
import { planOpenSession } from "./plan-open-session";
import { withinPatience } from "./within-patience";

export interface AskedPurchase {
  product: string;
  priceId: string | null;
  successUrl: string | null;
  cancelUrl: string | null;
  /** Only finds out where it would lead: no checkout is opened. */
  isDryRun: boolean;
}

/** Where a purchase goes on. */
export type OpenedPurchase =
  | { kind: "PAGE"; url: string }
  | { kind: "CHOICE"; productName: string; prices: readonly StripePriceRow[] }
  | { kind: "UNOPENED" };

/** Where those who were told that they bought something go when nobody says otherwise. */
export const BOUGHT_PATH = "/bought";

/**
 * Where somebody whom we do not know buys a product: the page that sells it, or a fresh checkout that asks who they are. A
 * sales page leads to the checkout by naming the price.
 */
export async function openPurchase(ctx: Context, asked: AskedPurchase): Promise<OpenedPurchase> {
  // No key holds a control character, and the database takes no zero.
  if (/\p{Cc}/u.test(asked.product)) throw productNotFound("product");
  const product = await seeForSale(ctx, asked.product, "product");
  const page = await pageOf(ctx, product, asked);
  if (page !== null) return { kind: "PAGE", url: page };
  const { autoCreateUsers, trialsPerUser } = await findPolicy(ctx.db, ctx.identity.mode);
  if (autoCreateUsers !== "ON_PURCHASE") {
    throw new Refusal("FORBIDDEN", { say: "Guests cannot buy here: the policy does not let purchases make users." });
  }
  const back = backFrom(ctx, asked);
  const prices = asked.priceId === null ? await listPrices(ctx, product) : [];
  if (prices.length > 1) return { kind: "CHOICE", productName: product.name, prices };
  return withinPatience(async () => {
    const sale = await findSale(ctx, product.key, asked.priceId);
    if (asked.isDryRun) return { kind: "UNOPENED" } as const;
    ctx.take(`checkouts from ${ctx.address}`, ctx.config.limits.guestCheckoutsPerMinutePerAddress);
    // Where trials are counted, nobody gets one of whom it is not known how many they had.
    const trialDays = trialsPerUser === null ? (sale.price.recurring?.trialPeriodDays ?? null) : null;
    const cancelUrl = back.cancelUrl ?? product.salesPageUrl;
    const params = planOpenSession({ sale, successUrl: back.successUrl, cancelUrl, trialDays });
    const session = await askAccount(ctx, sale.connection, (stripe) => stripe.checkout.sessions.create(params));
    const { url } = session;
    if (url === null) throw new Refusal("STRIPE_REFUSED", { say: "Stripe opened a checkout without an address." });
    // A buyer who returns with the id of the session reads how the purchase went.
    await ctx.db.transaction((tx) => insertCheckout(tx, newVisitorRow(ctx, { sale, session, trialDays })));
    return { kind: "PAGE", url } as const;
  });
}

/** The prices that the public may choose from. */
async function listPrices(ctx: Context, product: ProductEntity): Promise<StripePriceRow[]> {
  const options = await listPurchaseOptions(ctx, { ...product, uuid: product.id });
  return options.flatMap(({ price, blocker }) => (price && blocker === null ? [price] : []));
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
