import { newUuid } from "../base/ids";
import { Refusal } from "../base/refusal";
import { connectionOf } from "../connections/find-connection";
import type { Deps, Identity } from "../graphql/context";
import { type Preview, previewPlan } from "../access/preview-plan";
import { replanSoon } from "../access/replan-soon";
import { fetchStripeProduct } from "../links/fetch-catalogue";
import { ProductLinkEntity } from "../links/product-link.entity";
import { findProducts } from "../products/find-products";
import type { JobEntity } from "../work/job.entity";
import { findExistingPurchases } from "./find-existing-purchases";
import { type LinkFields, type LinkTerms, noPush, readLinkTerms, usualTerms } from "./read-link-terms";
import { startLinkImport } from "./start-link-import";
import { chooses, refuseOverlap, writeLink } from "./write-link";

export type NewLink = LinkFields & {
  product: string;
  connection?: string | null | undefined;
  stripeProductId: string;
  importExisting?: boolean | null | undefined;
  notifyImported?: boolean | null | undefined;
  dryRun?: boolean | null | undefined;
};

export interface LinkChange {
  /** Null: it was a dry run. */
  link: ProductLinkEntity | null;
  preview: Preview;
  /** What finds those who bought before we knew of them; of a dry run, what says who they are. */
  job: JobEntity | null;
}

/**
 * Whoever holds this Stripe product may open this product of ours, from now on and, by a job that follows, whoever bought it
 * before. What we know of already opens before the answer.
 */
export async function linkProduct(deps: Deps & { identity: Identity }, input: NewLink): Promise<LinkChange> {
  const connection = await connectionOf(deps, deps.identity.mode, input.connection, "input.connection");
  const [product] = await findProducts(deps.db, [input.product], "input.product");
  if (!product) throw new Refusal("NOT_FOUND", { say: "There is no such product.", field: "input.product" });
  const catalogue = await fetchStripeProduct(deps, connection, input.stripeProductId);
  if (!catalogue) throw stripeProductNotFound();
  const now = deps.clock.now();
  const { defaultPrice } = catalogue.product;
  const terms = readLinkTerms(usualTerms, input, { defaultPrice, prices: catalogue.prices }, now);
  const named = { connectionId: connection.id, productId: product.id, stripeProduct: catalogue.product.id };
  const link = newLinkRow(named, terms, now);
  await refuseOverlap(deps.db, link);
  const found = input.importExisting === true ? await findExistingPurchases(deps, link, connection) : null;
  const preview = await previewPlan(deps, {
    filter: { connectionId: link.connectionId, stripeProduct: link.stripeProduct },
    changeLinks: (links) => [...links, link],
    ...(found && { found }),
  });
  if (input.dryRun) return { link: null, preview, job: await proposeImport(deps, link, input) };
  const job = await deps.db.transaction(async (tx) => {
    const notify = input.notifyImported ?? false;
    const telling = { origin: "IMPORT", isQuiet: !notify } as const;
    await writeLink(tx, deps.identity, { before: null, after: link, catalogue, isForSale: chooses(input), telling });
    if (input.importExisting === false) return null;
    return startLinkImport(tx, deps, { link, notify });
  });
  await replanSoon(deps);
  return { link, preview, job };
}

/** Reading through a whole account is more than a preview, so it has to be asked for. */
async function proposeImport(
  deps: Deps & { identity: Identity },
  link: ProductLinkEntity,
  { importExisting, notifyImported }: NewLink,
): Promise<JobEntity | null> {
  if (importExisting !== true) return null;
  const proposal = { link, notify: notifyImported ?? false, isProposed: true };
  return deps.db.transaction((tx) => startLinkImport(tx, deps, proposal));
}

export function newLinkRow(
  named: Pick<ProductLinkEntity, "connectionId" | "productId" | "stripeProduct">,
  terms: LinkTerms,
  now: Date,
  id = newUuid(now),
): ProductLinkEntity {
  const made = { id, state: "ACTIVE", createdAt: now, updatedAt: now, removedAt: null };
  return Object.assign(new ProductLinkEntity(), { ...named, ...terms, ...noPush, ...made });
}

export function stripeProductNotFound(field = "input.stripeProductId"): Refusal {
  return new Refusal("STRIPE_PRODUCT_NOT_FOUND", { say: "The connected account has no such Stripe product.", field });
}
