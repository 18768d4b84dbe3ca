import type { Clock } from "../base/clock";
import { newUuid } from "../base/ids";
import { Bug } from "../base/refusal";
import type { Db } from "../database/db";
import { findProducts } from "../products/find-products";
import { readResourceInput } from "./read-resource-input";
import type { ResourceEntity } from "./resource.entity";
import { findResource, replaceResourceProducts, writeResource } from "./resources.store";

/** Says which products open a piece of content. What is left out stays as it is; an empty list clears. */
export async function setResource(deps: { db: Db; clock: Clock }, input: unknown): Promise<ResourceEntity> {
  const { key, tags, products: named } = readResourceInput(input);
  const now = deps.clock.now();
  return deps.db.transaction(async (tx) => {
    const products = named && (await findProducts(tx, named, "input.products"));
    const unique = tags && [...new Set(tags)];
    const id = await writeResource(tx, { id: newUuid(now), key, tags: unique, now });
    if (products) await replaceResourceProducts(tx, id, [...new Set(products.map((product) => product.id))]);
    const resource = await findResource(tx, key);
    if (!resource) throw new Bug("a resource vanished while it was set", { id });
    return resource;
  });
}
