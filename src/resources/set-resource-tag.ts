import type { Db } from "../database/db";
import { findProducts } from "../products/find-products";
import { readResourceTagInput } from "./read-resource-input";
import { replaceTagProducts } from "./resources.store";

/** Says which products open everything that carries a tag. An empty list: the tag opens and closes nothing. */
export async function setResourceTag(deps: { db: Db }, input: unknown): Promise<void> {
  const { tag, products: named } = readResourceTagInput(input);
  await deps.db.transaction(async (tx) => {
    const products = await findProducts(tx, named, "input.products");
    await replaceTagProducts(tx, tag, [...new Set(products.map((product) => product.id))]);
  });
}
