import { In } from "typeorm";
import type { ListOrder } from "../base/page";
import { Refusal } from "../base/refusal";
import { type Reader, type Tx, brokenConstraint } from "../database/db";
import { ProductEntity } from "./product.entity";
import type { ProductRef } from "./read-product-ref";

/** In the order in which they were made. */
export const productOrder: ListOrder = {
  list: "products",
  columns: [{ sql: "p.id", type: "uuid" }],
  newestFirst: false,
};

/** Finds the text anywhere; what means something in a pattern is taken as it is written. */
export function likePattern(text: string): string {
  return `%${text.replace(/[\\%_]/g, "\\$&")}%`;
}

export function findProduct(db: Reader, ref: ProductRef): Promise<ProductEntity | null> {
  return db.repository(ProductEntity).findOneBy(ref.id === null ? { key: ref.key } : { id: ref.id });
}

export function findProductsById(db: Reader, ids: readonly string[]): Promise<ProductEntity[]> {
  return db.repository(ProductEntity).findBy({ id: In([...ids]) });
}

export function findProductsByKey(db: Reader, keys: readonly string[]): Promise<ProductEntity[]> {
  return db.repository(ProductEntity).findBy({ key: In([...keys]) });
}

/**
 * The product, which stays as it is until the transaction ends. Others may still refer to it: a stronger lock would stop
 * two bundles that include one another from being changed at once, until PostgreSQL finds the deadlock a second later.
 */
export async function lockProduct(tx: Tx, ref: ProductRef, field = "product"): Promise<ProductEntity> {
  const where = ref.id === null ? { key: ref.key } : { id: ref.id };
  const product = await tx.repository(ProductEntity).findOne({ where, lock: { mode: "for_no_key_update" } });
  if (!product) throw productNotFound(field);
  return product;
}

export function productNotFound(field: string): Refusal {
  return new Refusal("NOT_FOUND", { say: "There is no such product.", field });
}

export async function insertProduct(tx: Tx, product: ProductEntity): Promise<void> {
  await refusingTaken(() => tx.repository(ProductEntity).insert(product));
}

export async function updateProductRow(tx: Tx, product: ProductEntity): Promise<void> {
  const { id, ...columns } = product;
  await refusingTaken(() => tx.repository(ProductEntity).update({ id }, columns));
}

async function refusingTaken<Result>(write: () => Promise<Result>): Promise<Result> {
  try {
    return await write();
  } catch (error) {
    if (brokenConstraint(error) !== "products_key_key") throw error;
    throw new Refusal("KEY_TAKEN", { say: "Another product has this key.", field: "input.key" });
  }
}
