import type { Mode } from "../base/mode";
import type { ListOrder, Page, PageRequest } from "../base/page";
import type { Reader } from "../database/db";
import { entityReader } from "../database/read-entity";
import { readPage } from "../database/read-pages";
import type { ProductEntity } from "../products/product.entity";
import { likePattern } from "../products/products.store";
import { UserEntity } from "../users/user.entity";
import { openedSql } from "../access/grants.store";

/** Newest first. */
export const userOrder: ListOrder = {
  list: "users",
  columns: [{ sql: "u.id", type: "uuid" }],
  newestFirst: true,
};

export interface UserConditions {
  search?: string | null | undefined;
  createdAfter?: Date | null | undefined;
  createdBefore?: Date | null | undefined;
  linkedToStripe?: boolean | null | undefined;
  has: ProductEntity | null;
  lacks: ProductEntity | null;
  mode: Mode;
  at: Date;
}

export function findUserPage(db: Reader, filter: UserConditions, page: PageRequest): Promise<Page<UserEntity>> {
  const conditions = ["u.deleted_at is null"];
  const values: unknown[] = [];
  const parameter = (value: unknown, cast: string) => `$${values.push(value)}::${cast}`;
  if (filter.search) conditions.push(searchSql(parameter(likePattern(filter.search), "text")));
  if (filter.createdAfter) conditions.push(`u.created_at >= ${parameter(filter.createdAfter, "timestamptz")}`);
  if (filter.createdBefore) conditions.push(`u.created_at < ${parameter(filter.createdBefore, "timestamptz")}`);
  if (isSaid(filter.linkedToStripe)) {
    const linked = linkedSql(parameter(filter.mode, "text"));
    conditions.push(filter.linkedToStripe ? linked : `not ${linked}`);
  }
  if (filter.has) conditions.push(mayOpen(filter.has, filter, parameter));
  if (filter.lacks) conditions.push(`not ${mayOpen(filter.lacks, filter, parameter)}`);
  const list = { order: userOrder, columns: "u.*", from: "users u", conditions, values };
  return readPage(db, list, page, entityReader(db, UserEntity));
}

function searchSql(like: string): string {
  return `(u.email_key ilike ${like} or u.name ilike ${like} or u.external_id ilike ${like})`;
}

function linkedSql(mode: string): string {
  return `exists (
    select 1 from customer_links l join stripe_connections c on c.id = l.connection_id
    where l.user_id = u.id and l.active and c.mode = ${mode})`;
}

function isSaid<Value>(value: Value | null | undefined): value is Value {
  return value !== null && value !== undefined;
}

/** What decide would say of a known user, in SQL. */
function mayOpen(
  product: ProductEntity,
  { mode, at }: UserConditions,
  parameter: (value: unknown, cast: string) => string,
): string {
  if (product.status !== "LIVE") return "(false)";
  if (product.accessMode === "PUBLIC" || product.accessMode === "AUTHENTICATED") return "(true)";
  if (product.accessMode !== "ENTITLED") return "(false)";
  return openedSql({
    product: parameter(product.id, "uuid"),
    user: "u.id",
    mode: parameter(mode, "text"),
    at: parameter(at, "timestamptz"),
  });
}
