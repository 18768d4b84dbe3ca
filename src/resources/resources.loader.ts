import { defineLoader, inOrder } from "../graphql/define-loader";
import type { ResourceEntity } from "./resource.entity";
import { type OpeningProduct, findOpeningProducts, findResourcesById, findResourcesByKey } from "./resources.store";

export const resourceById = defineLoader<string, ResourceEntity | null>(async (ctx, ids) =>
  inOrder(ids, await findResourcesById(ctx.db, ids), (resource) => resource.id),
);

export const resourceByKey = defineLoader<string, ResourceEntity | null>(async (ctx, keys) =>
  inOrder(keys, await findResourcesByKey(ctx.db, keys), (resource) => resource.key),
);

/** The products that open a resource: its own first, then those of its tags. */
export const openingProducts = defineLoader<string, OpeningProduct[]>(async (ctx, ids) => {
  const rows = await findOpeningProducts(ctx.db, ids);
  return ids.map((id) => rows.filter((row) => row.resource_id === id));
});
