import type { Clock } from "../base/clock";
import type { Page, PageRequest } from "../base/page";
import type { Mode } from "../base/mode";
import type { Reader } from "../database/db";
import { findProduct, productNotFound } from "../products/products.store";
import type { ProductEntity } from "../products/product.entity";
import { readProductRef } from "../products/read-product-ref";
import type { UserEntity } from "../users/user.entity";
import { findUserPage } from "./list-users.store";

export interface UserFilter {
  search?: string | null | undefined;
  hasAccessTo?: string | null | undefined;
  lacksAccessTo?: string | null | undefined;
  createdAfter?: Date | null | undefined;
  createdBefore?: Date | null | undefined;
  linkedToStripe?: boolean | null | undefined;
}

/** Users as an administrator looks for them. Who has access is decided as everywhere else, in the credential's mode. */
export async function listUsers(
  deps: { db: Reader; clock: Clock },
  mode: Mode,
  filter: UserFilter,
  page: PageRequest,
): Promise<Page<UserEntity>> {
  const has = await findNamed(deps.db, filter.hasAccessTo, "filter.hasAccessTo");
  const lacks = await findNamed(deps.db, filter.lacksAccessTo, "filter.lacksAccessTo");
  return findUserPage(deps.db, { ...filter, has, lacks, mode, at: deps.clock.now() }, page);
}

/** An empty name is the name of no product, and not the wish for everybody. */
async function findNamed(db: Reader, named: string | null | undefined, field: string): Promise<ProductEntity | null> {
  if (named === null || named === undefined) return null;
  const product = await findProduct(db, readProductRef(named));
  if (!product) throw productNotFound(field);
  return product;
}
