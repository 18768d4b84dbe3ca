import type { Clock } from "../base/clock";
import type { Db } from "../database/db";
import type { ProductEntity } from "./product.entity";
import { lockProduct, updateProductRow } from "./products.store";
import { type ProductFields, changeProduct, readProductFields } from "./read-product-input";
import { readProductRef } from "./read-product-ref";
import { reopenBundles, writeIncludes } from "./write-includes";

/** Changes what is said and leaves the rest; null clears what can be empty. */
export async function updateProduct(
  deps: { db: Db; clock: Clock },
  input: ProductFields & { product: string },
): Promise<ProductEntity> {
  const { product: named, ...said } = input;
  const fields = readProductFields(said);
  return deps.db.transaction(async (tx) => {
    const product = await lockProduct(tx, readProductRef(named), "input.product");
    const changed = changeProduct(product, fields, deps.clock.now());
    await updateProductRow(tx, changed);
    if (fields.includes !== undefined) await writeIncludes(tx, product.id, fields.includes ?? []);
    else if (changed.status !== product.status) await reopenBundles(tx);
    return changed;
  });
}
