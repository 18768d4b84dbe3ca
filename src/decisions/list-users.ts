import type { Clock } from "../base/clock";
import type { Page, PageRequest } from "../base/page";
import type { Mode } from "../base/mode";
import type { Reader } from "../database/db";
import type { UserEntity } from "../users/user.entity";
import { findFilterProducts } from "./find-filter-products";
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
  const { has, lacks } = await findFilterProducts(deps.db, filter);
  return findUserPage(deps.db, { ...filter, has, lacks, mode, at: deps.clock.now() }, page);
}
