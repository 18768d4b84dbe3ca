import type { Mode } from "../base/mode";
import type { Page, PageRequest } from "../base/page";
import type { Reader } from "../database/db";
import { entityReader } from "../database/read-entity";
import { readPages } from "../database/read-pages";
import { ProductEntity } from "../products/product.entity";
import { productOrder } from "../products/products.store";
import { openedSql } from "../access/grants.store";

export interface UserProductFilter {
  /** Only those that the user may open, or only those that they may not. */
  allowed: boolean | null;
  liveOnly: boolean;
  mode: Mode;
  at: Date;
}

/** The products below each user, as the user's decisions divide them. */
export function findUserProductPages(
  db: Reader,
  userIds: readonly string[],
  filter: UserProductFilter,
  page: PageRequest,
): Promise<Map<string, Page<ProductEntity>>> {
  // The public is shown what is live, and of that what the user may open or what is shown when it is locked.
  const live = filter.liveOnly ? ["p.status = 'LIVE'", `(p.show_when_locked or ${allowedSql})`] : [];
  const decided = filter.allowed === null ? [] : [filter.allowed ? allowedSql : `not ${allowedSql}`];
  const list = {
    order: productOrder,
    columns: "p.*",
    from: "products p",
    conditions: [...live, ...decided],
    values: filter.allowed === null && !filter.liveOnly ? [] : [filter.mode, filter.at],
    parents: { ids: userIds },
  };
  return readPages(db, list, page, entityReader(db, ProductEntity));
}

const allowedSql = `(p.status = 'LIVE' and (p.access_mode in ('PUBLIC', 'AUTHENTICATED') or p.access_mode = 'ENTITLED' and ${openedSql(
  {
    product: "p.id",
    user: "parent.id",
    mode: "$1",
    at: "$2",
  },
)}))`;
