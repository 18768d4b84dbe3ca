import type { Reader } from "../database/db";
import type { ProductEntity } from "./product.entity";
import { readProductRef } from "./read-product-ref";
import { findProductsById, findProductsByKey, productNotFound } from "./products.store";

/** The products that a caller named, in the caller's order. One that does not exist is refused. */
export async function findProducts(db: Reader, refs: readonly string[], field: string): Promise<ProductEntity[]> {
  const read = refs.map(readProductRef);
  const ids = read.flatMap((ref) => (ref.id === null ? [] : [ref.id]));
  const keys = read.flatMap((ref) => (ref.key === null ? [] : [ref.key]));
  const found = [
    ...(ids.length > 0 ? await findProductsById(db, ids) : []),
    ...(keys.length > 0 ? await findProductsByKey(db, keys) : []),
  ];
  return read.map((ref) => {
    const product = found.find((candidate) => candidate.id === ref.id || candidate.key === ref.key);
    if (!product) throw productNotFound(field);
    return product;
  });
}
