import type { Mode } from "../base/mode";
import type { Page, PageRequest } from "../base/page";
import type { Reader } from "../database/db";
import { entityReader } from "../database/read-entity";
import { readPage } from "../database/read-pages";
import { ProductEntity, type ProductStatus } from "../products/product.entity";
import { likePattern, productOrder } from "../products/products.store";
import { openedSql } from "../access/grants.store";

export interface ProductFilter {
  status?: ProductStatus | null | undefined;
  linked?: boolean | null | undefined;
  tag?: string | null | undefined;
  search?: string | null | undefined;
}

/** For whom a listing is made: they see what they may open, and of the rest what is shown when it is locked. */
export interface Visitor {
  userId: string | null;
  at: Date;
}

export function findProductPage(
  db: Reader,
  mode: Mode,
  filter: ProductFilter & { visitor?: Visitor },
  page: PageRequest,
): Promise<Page<ProductEntity>> {
  const conditions: string[] = [];
  const values: unknown[] = [];
  const name = (value: unknown) => `$${values.push(value)}`;
  const add = (condition: (parameter: string) => string, value: unknown) => conditions.push(condition(name(value)));
  if (filter.status) add((status) => `p.status = ${status}`, filter.status);
  if (filter.tag) add((tag) => `p.tags @> array[${tag}]::text[]`, filter.tag);
  if (filter.search) add((like) => `(p.name ilike ${like} or p.key ilike ${like})`, likePattern(filter.search));
  if (filter.linked === true) add(linkedSql, mode);
  if (filter.linked === false) add((parameter) => `not ${linkedSql(parameter)}`, mode);
  if (filter.visitor) conditions.push(shownSql(filter.visitor, mode, name));
  const list = { order: productOrder, columns: "p.*", from: "products p", conditions, values };
  return readPage(db, list, page, entityReader(db, ProductEntity));
}

function linkedSql(mode: string): string {
  return `exists (
    select 1 from product_links l join stripe_connections c on c.id = l.connection_id
    where l.product_id = p.id and l.state = 'ACTIVE' and c.mode = ${mode} and c.status <> 'DISCONNECTED')`;
}

function shownSql({ userId, at }: Visitor, mode: Mode, name: (value: unknown) => string): string {
  if (userId === null) return `(p.show_when_locked or p.access_mode = 'PUBLIC')`;
  const opened = openedSql({ product: "p.id", user: name(userId), mode: name(mode), at: name(at) });
  return `(p.show_when_locked or p.access_mode in ('PUBLIC', 'AUTHENTICATED') or ${opened})`;
}
