import type { Clock } from "../base/clock";
import { newUuid } from "../base/ids";
import { Refusal } from "../base/refusal";
import type { Db } from "../database/db";
import { insertSelfOpener } from "./includes.store";
import { ProductEntity } from "./product.entity";
import { insertProduct } from "./products.store";
import { type ProductFields, changeProduct, readProductFields } from "./read-product-input";
import { writeIncludes } from "./write-includes";

/** Makes a product. Unless it is told otherwise it is live, and opens to those who hold a grant. */
export async function createProduct(deps: { db: Db; clock: Clock }, input: ProductFields): Promise<ProductEntity> {
  // Nothing is there to be cleared yet: null is as good as nothing said.
  const said = Object.fromEntries(Object.entries(input).filter(([, value]) => value !== null));
  const fields = readProductFields(said);
  if (fields.key === undefined || fields.name === undefined) {
    throw new Refusal("INVALID_INPUT", { say: "A product has a key and a name.", field: "input.key" });
  }
  const now = deps.clock.now();
  const product = changeProduct(blank(newUuid(now), now), fields, now);
  await deps.db.transaction(async (tx) => {
    await insertProduct(tx, product);
    await insertSelfOpener(tx, product.id);
    if (fields.includes?.length) await writeIncludes(tx, product.id, fields.includes);
  });
  return product;
}

function blank(id: string, now: Date): ProductEntity {
  return Object.assign(new ProductEntity(), {
    id,
    key: "",
    name: "",
    description: null,
    teaser: null,
    imageUrl: null,
    status: "LIVE",
    accessMode: "ENTITLED",
    purchaseMethod: "NONE",
    salesPageUrl: null,
    externalUrl: null,
    showWhenLocked: true,
    tags: [],
    remindDaysBefore: [],
    metadata: {},
    createdAt: now,
    updatedAt: now,
  });
}
