import { In } from "typeorm";
import type { Reader, Tx } from "../database/db";
import { ResourceEntity } from "./resource.entity";

export function findResource(db: Reader, key: string): Promise<ResourceEntity | null> {
  return db.repository(ResourceEntity).findOneBy({ key });
}

export function findResourcesByKey(db: Reader, keys: readonly string[]): Promise<ResourceEntity[]> {
  return db.repository(ResourceEntity).findBy({ key: In([...keys]) });
}

export function findResourcesById(db: Reader, ids: readonly string[]): Promise<ResourceEntity[]> {
  return db.repository(ResourceEntity).findBy({ id: In([...ids]) });
}

/** Makes the resource, or gives the one of this key what is new. Absent tags stay as they are. */
export async function writeResource(
  tx: Tx,
  resource: { id: string; key: string; tags: string[] | null | undefined; now: Date },
): Promise<string> {
  const [row] = await tx.rows<{ id: string }>(
    `/* resources.write */ insert into resources (id, key, tags, created_at, updated_at)
     values ($1, $2, coalesce($3::text[], '{}'), $4, $4)
     on conflict (key) do update set tags = coalesce($3::text[], resources.tags), updated_at = $4
     returning id`,
    [resource.id, resource.key, resource.tags ?? null, resource.now],
  );
  return row?.id ?? resource.id;
}

export async function replaceResourceProducts(
  tx: Tx,
  resourceId: string,
  productIds: readonly string[],
): Promise<void> {
  await tx.rows(`/* resources.clearProducts */ delete from resource_products where resource_id = $1`, [resourceId]);
  await tx.rows(
    `/* resources.writeProducts */ insert into resource_products (resource_id, product_id, position)
     select $1, id, place from unnest($2::uuid[]) with ordinality as product (id, place)`,
    [resourceId, [...productIds]],
  );
}

export async function replaceTagProducts(tx: Tx, tag: string, productIds: readonly string[]): Promise<void> {
  await tx.rows(`/* tags.lock */ select pg_advisory_xact_lock(hashtextextended('tag ' || $1, 0))`, [tag]);
  await tx.rows(`/* tags.clear */ delete from tag_products where tag = $1`, [tag]);
  await tx.rows(
    `/* tags.write */ insert into tag_products (tag, product_id, position)
     select $1, id, place from unnest($2::uuid[]) with ordinality as product (id, place)`,
    [tag, [...productIds]],
  );
}

export async function deleteResource(tx: Tx, key: string): Promise<boolean> {
  const result = await tx.repository(ResourceEntity).delete({ key });
  return (result.affected ?? 0) > 0;
}

export interface OpeningProduct {
  resource_id: string;
  product_id: string;
  /** Named by the resource itself, not only by one of its tags. */
  own: boolean;
}

/** The products that open each resource: its own first, then those of its tags. */
export function findOpeningProducts(db: Reader, resourceIds: readonly string[]): Promise<OpeningProduct[]> {
  return db.rows(
    `/* resources.products */ select resource_id, product_id, bool_or(own) as own
     from (
       select resource_id, product_id, true as own, position from resource_products
       where resource_id = any($1::uuid[])
       union all
       select r.id, t.product_id, false, t.position
       from resources r join tag_products t on t.tag = any(r.tags) where r.id = any($1::uuid[])
     ) opening
     group by resource_id, product_id
     order by resource_id, bool_or(own) desc, min(position), product_id`,
    [[...resourceIds]],
  );
}
