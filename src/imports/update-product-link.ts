import { previewPlan } from "../access/preview-plan";
import { replanSoon } from "../access/replan-soon";
import { readPublicIdOf } from "../base/ids";
import { findConnectionsById } from "../connections/connections.store";
import type { Deps, Identity } from "../graphql/context";
import { findPricesOfProducts, findStripeProducts } from "../links/catalogue.store";
import { fetchStripeProduct } from "../links/fetch-catalogue";
import type { ProductLinkEntity } from "../links/product-link.entity";
import { findLinksById, linkNotFound, lockProductLink } from "../links/product-links.store";
import { type LinkChange, stripeProductNotFound } from "./link-product";
import { type LinkFields, noPush, readLinkTerms } from "./read-link-terms";
import { chooses, refuseOverlap, writeLink } from "./write-link";

export type ChangedLink = LinkFields & { link: string; dryRun?: boolean | null | undefined };

/** Changes what a link says. The grants of everybody concerned follow before the answer, from the kept facts. */
export async function updateProductLink(deps: Deps & { identity: Identity }, input: ChangedLink): Promise<LinkChange> {
  const found = await findActiveLink(deps, input.link);
  const catalogue = asksStripe(input) ? await fetchOf(deps, found) : null;
  const known = catalogue
    ? { defaultPrice: catalogue.product.defaultPrice, prices: catalogue.prices }
    : await findKnown(deps, found);
  const now = deps.clock.now();
  const changed = (before: ProductLinkEntity) => {
    const terms = readLinkTerms(before, input, known, now);
    // Switched on, it writes the name as it is now.
    const isNew = terms.pushName && !before.pushName;
    return { ...before, ...terms, ...(isNew ? noPush : {}), updatedAt: now };
  };
  const wanted = changed(found);
  await refuseOverlap(deps.db, wanted);
  const preview = await previewPlan(deps, {
    filter: { connectionId: found.connectionId, stripeProduct: found.stripeProduct },
    changeLinks: (links) => links.map((link) => (link.id === found.id ? wanted : link)),
  });
  if (input.dryRun) return { link: null, preview, job: null };
  const link = await deps.db.transaction(async (tx) => {
    const before = await lockProductLink(tx, found.id);
    if (before.state !== "ACTIVE") throw linkNotFound();
    const after = changed(before);
    await writeLink(tx, deps.identity, { before, after, catalogue, isForSale: chooses(input) });
    return after;
  });
  await replanSoon(deps);
  return { link, preview, job: null };
}

/** An active link in the viewer's mode. */
export async function findActiveLink(deps: Deps & { identity: Identity }, named: string): Promise<ProductLinkEntity> {
  const id = readPublicIdOf("link", named);
  const [link] = id === null ? [] : await findLinksById(deps.db, deps.identity.mode, [id]);
  if (link?.state !== "ACTIVE") throw linkNotFound();
  return link;
}

/** Only what is said about prices has to be held against Stripe. */
function asksStripe({ priceIds, offeredPriceIds, checkoutPriceId, checkoutEnabled }: LinkFields): boolean {
  const namesPrices = [priceIds, offeredPriceIds].some((ids) => Boolean(ids?.length));
  return namesPrices || Boolean(checkoutPriceId) || checkoutEnabled === true;
}

async function fetchOf(deps: Deps, link: ProductLinkEntity) {
  const [connection] = await findConnectionsById(deps.db, [link.connectionId]);
  const catalogue = connection && (await fetchStripeProduct(deps, connection, link.stripeProduct));
  if (!catalogue) throw stripeProductNotFound("input.link");
  return catalogue;
}

async function findKnown(deps: Deps, link: ProductLinkEntity) {
  const key = { connectionId: link.connectionId, id: link.stripeProduct };
  const [product] = await findStripeProducts(deps.db, [key]);
  return { defaultPrice: product?.defaultPrice ?? null, prices: await findPricesOfProducts(deps.db, [key]) };
}
