import type { Reader } from "../database/db";
import type { ProductEntity } from "../products/product.entity";
import { findProduct, productNotFound } from "../products/products.store";
import { readProductRef } from "../products/read-product-ref";

/** The products that a filter of users names. One that does not exist is refused, and not taken for nobody's. */
export async function findFilterProducts(
  db: Reader,
  filter: { hasAccessTo?: string | null | undefined; lacksAccessTo?: string | null | undefined },
): Promise<{ has: ProductEntity | null; lacks: ProductEntity | null }> {
  const has = await findNamed(db, filter.hasAccessTo, "filter.hasAccessTo");
  const lacks = await findNamed(db, filter.lacksAccessTo, "filter.lacksAccessTo");
  return { has, lacks };
}

/** An empty name is the name of no product, and not the wish for everybody. */
async function findNamed(db: Reader, named: string | null | undefined, field: string): Promise<ProductEntity | null> {
  if (named === null || named === undefined) return null;
  const product = await findProduct(db, readProductRef(named));
  if (!product) throw productNotFound(field);
  return product;
}
