import { Refusal } from "../base/refusal";
import type { Tx } from "../database/db";
import { findProducts } from "./find-products";
import { lockIncludes, rebuildOpeners, replaceIncluded, wouldCircle } from "./includes.store";

/** Sets what a bundle includes. A circle is refused, however long it is. */
export async function writeIncludes(tx: Tx, bundleId: string, refs: readonly string[]): Promise<void> {
  const products = await findProducts(tx, [...new Set(refs)], "input.includes");
  const ids = [...new Set(products.map((product) => product.id))];
  await lockIncludes(tx);
  if (await wouldCircle(tx, bundleId, ids)) {
    throw new Refusal("CYCLE", {
      say: "A bundle cannot include itself, directly or through other bundles.",
      field: "input.includes",
    });
  }
  await replaceIncluded(tx, bundleId, ids);
  await rebuildOpeners(tx);
}

/** After a bundle's status changed: what it opens, and what is opened through it, changes at once. */
export async function reopenBundles(tx: Tx): Promise<void> {
  await lockIncludes(tx);
  await rebuildOpeners(tx);
}
