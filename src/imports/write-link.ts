import { type ActivityLine, actorOf, recordActivities } from "../activities/record-activities";
import { type PlanTelling, markForPlan } from "../access/facts.store";
import { toPublicId } from "../base/ids";
import { Refusal } from "../base/refusal";
import type { Reader, Tx } from "../database/db";
import type { Identity } from "../graphql/context";
import type { StripePriceRow, StripeProductRow } from "../links/catalogue";
import { keepStripePrices, keepStripeProducts } from "../links/catalogue.store";
import type { ProductLinkEntity } from "../links/product-link.entity";
import type { LinkFields } from "./read-link-terms";
import {
  findLinksOfStripeProducts,
  insertProductLink,
  lockLinks,
  updateProductLinkRow,
} from "../links/product-links.store";
import { lockProduct, updateProductRow } from "../products/products.store";
import { queueNotices } from "../outbox/queue-notices";

export interface LinkWrite {
  /** As it was; null: it is new. */
  before: ProductLinkEntity | null;
  after: ProductLinkEntity;
  /** As it was seen in Stripe just now. */
  catalogue: { product: StripeProductRow; prices: readonly StripePriceRow[] } | null;
  /** The caller has chosen that it is sold through our checkout. */
  isForSale?: boolean;
  /** How purchases are told that were known before, and that the link opens now. */
  telling?: PlanTelling;
}

/**
 * Writes a new or changed link with its line in the journal, and marks everything that it concerns: that is planned again
 * after the commit. Whoever applies facts meanwhile waits, so that nobody's purchase falls between the two.
 */
export async function writeLink(tx: Tx, identity: Identity, write: LinkWrite): Promise<void> {
  const { before, after, catalogue } = write;
  const { connectionId, stripeProduct, updatedAt: now } = after;
  await lockLinks(tx, connectionId);
  if (after.state === "ACTIVE") await refuseOverlap(tx, after);
  if (catalogue) {
    await keepStripeProducts(tx, [catalogue.product]);
    await keepStripePrices(tx, catalogue.prices);
  }
  await (before ? updateProductLinkRow(tx, after) : insertProductLink(tx, after));
  if (write.isForSale) await sellByCheckout(tx, after.productId, now);
  await markForPlan(tx, { connectionId, stripeProduct }, write.telling);
  const lines = await recordActivities(tx, now, [lineOf(identity, before, after)]);
  await queueNotices(tx, now, lines);
}

/** Naming a price for checkout, or switching checkout on, says that it is to be sold by it. */
export function chooses(fields: Pick<LinkFields, "checkoutEnabled" | "checkoutPriceId">): boolean {
  return fields.checkoutEnabled === true || Boolean(fields.checkoutPriceId);
}

/** A product that was bought in no way is bought through our checkout from now on; another way was somebody's choice. */
async function sellByCheckout(tx: Tx, productId: string, now: Date): Promise<void> {
  const product = await lockProduct(tx, { id: productId, key: null });
  if (product.purchaseMethod !== "NONE") return;
  await updateProductRow(tx, Object.assign(product, { purchaseMethod: "CHECKOUT" as const, updatedAt: now }));
}

/** Each price of a Stripe product opens one product of ours: two links that share one would contradict each other. */
export async function refuseOverlap(db: Reader, link: ProductLinkEntity): Promise<void> {
  const others = await findLinksOfStripeProducts(db, [link.connectionId], [link.stripeProduct]);
  const overlapping = others.find((other) => other.id !== link.id && other.state === "ACTIVE" && overlap(link, other));
  if (!overlapping) return;
  throw new Refusal("STRIPE_PRODUCT_ALREADY_LINKED", {
    say: "This Stripe product is linked already. Name the prices that each link is about, or unlink the other one.",
    field: "input.stripeProductId",
    details: {
      link: toPublicId("link", overlapping.id),
      product: toPublicId("product", overlapping.productId),
    },
  });
}

/** No prices named means all of them. */
function overlap(one: ProductLinkEntity, two: ProductLinkEntity): boolean {
  if (one.priceIds.length === 0 || two.priceIds.length === 0) return true;
  return one.priceIds.some((id) => two.priceIds.includes(id));
}

function lineOf(identity: Identity, before: ProductLinkEntity | null, after: ProductLinkEntity): ActivityLine {
  const isOver = after.state !== "ACTIVE";
  return {
    mode: identity.mode,
    type: isOver ? "PRODUCT_UNLINKED" : "PRODUCT_LINKED",
    at: after.updatedAt,
    productId: after.productId,
    origin: "API",
    ...actorOf(identity),
    stripeObject: after.stripeProduct,
    message: isOver
      ? "The product is no longer linked to this Stripe product."
      : before
        ? "The link to the Stripe product was changed."
        : "The product was linked to a Stripe product.",
    data: {
      link: toPublicId("link", after.id),
      connection: toPublicId("connection", after.connectionId),
      before: before && termsOf(before),
      after: termsOf(after),
    },
  };
}

/** All that is needed to make the change undone. */
function termsOf(link: ProductLinkEntity): Record<string, unknown> {
  const { stripeProduct, priceIds, checkoutEnabled, checkoutPrice, offeredPriceIds, maxQuantity } = link;
  const { accessDurationDays, accessEndsAt, pushName, state } = link;
  const sale = { checkoutEnabled, checkoutPrice, offeredPriceIds, maxQuantity };
  return { stripeProduct, priceIds, ...sale, accessDurationDays, accessEndsAt, pushName, state };
}
