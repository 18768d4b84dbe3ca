import type { Reader, Tx } from "../database/db";

/** What each of the bundles includes directly, in the caller's order. */
export function findIncluded(
  db: Reader,
  bundleIds: readonly string[],
): Promise<{ bundle_id: string; product_id: string }[]> {
  return db.rows(
    `/* includes.ofBundles */ select bundle_id, product_id from product_includes
     where bundle_id = any($1::uuid[]) order by bundle_id, position`,
    [[...bundleIds]],
  );
}

/** Two changes that each look harmless could close a circle together, so they take turns. */
export async function lockIncludes(tx: Tx): Promise<void> {
  await tx.rows(`/* includes.lock */ lock table product_includes in share row exclusive mode`);
}

/** True if one of the products is the bundle, or includes it, however far down. */
export async function wouldCircle(tx: Tx, bundleId: string, productIds: readonly string[]): Promise<boolean> {
  const [row] = await tx.rows(
    `/* includes.wouldCircle */ with recursive below (id) as (
       select unnest($2::uuid[])
       union
       select i.product_id from below b join product_includes i on i.bundle_id = b.id
     )
     select 1 from below where id = $1`,
    [bundleId, [...productIds]],
  );
  return row !== undefined;
}

export async function replaceIncluded(tx: Tx, bundleId: string, productIds: readonly string[]): Promise<void> {
  await tx.rows(`/* includes.clear */ delete from product_includes where bundle_id = $1`, [bundleId]);
  await tx.rows(
    `/* includes.write */ insert into product_includes (bundle_id, product_id, position)
     select $1, id, place from unnest($2::uuid[]) with ordinality as included (id, place)`,
    [bundleId, [...productIds]],
  );
}

/** Every product is an opener of itself. */
export async function insertSelfOpener(tx: Tx, productId: string): Promise<void> {
  await tx.rows(`/* openers.self */ insert into product_openers (product_id, opener_id) values ($1, $1)`, [productId]);
}

/**
 * Brings the closure up to date with what live bundles include: one that is not live opens nothing, and lets nothing
 * through from a bundle above it. Only rows that differ are touched.
 */
export async function rebuildOpeners(tx: Tx): Promise<void> {
  await tx.rows(
    `/* openers.rebuild */ with recursive closure (product_id, opener_id) as (
       select id, id from products
       union
       select i.product_id, c.opener_id from closure c
       join products bundle on bundle.id = c.product_id and bundle.status = 'LIVE'
       join product_includes i on i.bundle_id = bundle.id
     ), gone as (
       delete from product_openers o where not exists
         (select 1 from closure c where c.product_id = o.product_id and c.opener_id = o.opener_id)
     )
     insert into product_openers (product_id, opener_id)
     select product_id, opener_id from closure on conflict do nothing`,
  );
}
