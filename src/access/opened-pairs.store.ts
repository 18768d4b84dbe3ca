import type { Reader } from "../database/db";
import { nameOfPair } from "./compare-pairs";
import type { GrantEntity } from "./grant.entity";
import { groupBy } from "./group-by";
import { type PairKey, findGrantsOfPairs } from "./stripe-grants.store";

/** One user and one product, with the products whose grants open it: itself, and the live bundles that include it. */
export interface OpenedPair extends PairKey {
  openerIds: readonly string[];
}

/**
 * Returns these pairs, and for each pair on a live bundle also those on the products in it that the user was granted
 * themselves: a grant of the bundle can keep those open. Products that the user holds through the bundle alone have no
 * lines of their own; those of the bundle speak for them.
 */
export async function findOpenedPairs(db: Reader, pairs: readonly PairKey[]): Promise<OpenedPair[]> {
  if (pairs.length === 0) return [];
  return db.rows<OpenedPair>(
    `/* openedPairs.find */ with named as materialized (
       select distinct user_id, product_id, mode from unnest($1::uuid[], $2::uuid[], $3::text[]) as k (user_id, product_id, mode)
     ), pairs as (
       select user_id, product_id, mode from named
       union
       select n.user_id, o.product_id, n.mode from named n
       join products bundle on bundle.id = n.product_id and bundle.status = 'LIVE'
       join product_openers o on o.opener_id = n.product_id and o.product_id <> n.product_id
       where exists (select 1 from grants g
         where g.user_id = n.user_id and g.product_id = o.product_id and g.mode = n.mode)
     )
     select p.user_id as "userId", p.product_id as "productId", p.mode, array_agg(o.opener_id) as "openerIds"
     from pairs p
     join product_openers o on o.product_id = p.product_id
     join products opener on opener.id = o.opener_id and (opener.status = 'LIVE' or opener.id = p.product_id)
     group by p.user_id, p.product_id, p.mode`,
    [pairs.map((pair) => pair.userId), pairs.map((pair) => pair.productId), pairs.map((pair) => pair.mode)],
  );
}

/** All grants that open each pair's product, by the pair's name. */
export async function findOpeningGrants(
  db: Reader,
  pairs: readonly OpenedPair[],
): Promise<ReadonlyMap<string, readonly GrantEntity[]>> {
  const keys = pairs.flatMap(({ openerIds, ...pair }) => openerIds.map((productId) => ({ ...pair, productId })));
  const unique = [...new Map(keys.map((key) => [nameOfPair(key), key])).values()];
  const held = groupBy(await findGrantsOfPairs(db, unique), nameOfPair);
  const ofPair = ({ openerIds, ...pair }: OpenedPair) =>
    openerIds.flatMap((productId) => held.get(nameOfPair({ ...pair, productId })) ?? []);
  return new Map(pairs.map((pair) => [nameOfPair(pair), ofPair(pair)]));
}
