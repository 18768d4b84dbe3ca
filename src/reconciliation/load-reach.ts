import type { Reader } from "../database/db";
import { findLatestJobs } from "../work/jobs.store";
import { findLinksOfStripeProducts } from "../links/product-links.store";
import type { LinkReach } from "./decide-relevance";

/** How far back the links of these Stripe products should know what was bought. */
export async function loadReach(
  db: Reader,
  connectionId: string,
  stripeProducts: readonly string[],
): Promise<LinkReach[]> {
  if (stripeProducts.length === 0) return [];
  const found = await findLinksOfStripeProducts(db, [connectionId], [...new Set(stripeProducts)]);
  const links = found.filter(({ state }) => state === "ACTIVE");
  const imports = await findLatestJobs(
    db,
    "LINK_IMPORT",
    links.map(({ id }) => id),
  );
  // One that is still under way finds them itself; one that somebody cancelled was not wanted.
  const through = imports.filter(({ status, dryRun }) => !dryRun && (status === "SUCCEEDED" || status === "FAILED"));
  return links.map(({ id, stripeProduct, priceIds, createdAt }) => ({
    stripeProduct,
    priceIds,
    linkedAt: createdAt,
    isImported: through.some(({ subject }) => subject === id),
  }));
}
