import { groupBy } from "../access/group-by";
import { listUsers, type UserFilter } from "../decisions/list-users";
import { findOpenedKeys } from "../access/opened-products.store";
import { toPublicId } from "../base/ids";
import type { Mode } from "../base/mode";
import type { CustomerLinkEntity } from "../links/customer-link.entity";
import { findLinksOfUsers } from "../links/customer-links.store";
import { isProved } from "../users/proofs";
import type { UserEntity } from "../users/user.entity";
import type { ExportRow } from "./format-rows";
import { readMoment } from "./read-moment";
import { type ExportTable, exporting } from "./run-export";

/** The import of users knows these names, so that what was exported can be brought back. */
export const USER_COLUMNS = [
  "id",
  "externalId",
  "email",
  "emailVerified",
  "name",
  "createdAt",
  "lastSeenAt",
  "stripeCustomerIds",
  "products",
  "metadata",
] as const;

/** Newest first, like the list: whoever comes meanwhile comes before what is written already, and is left out. */
const users: ExportTable<UserEntity> = {
  columns: USER_COLUMNS,
  findPage: (deps, { mode, filter }, page) => {
    const asked: UserFilter = filter;
    const [createdAfter, createdBefore] = [readMoment(asked.createdAfter), readMoment(asked.createdBefore)];
    return listUsers(deps, mode, { ...asked, createdAfter, createdBefore }, page);
  },
  complete: async ({ db, clock }, mode, rows) => {
    const userIds = rows.map(({ id }) => id);
    // An import that names a customer confirms it, so one that only shares an address is left out.
    const held = await findLinksOfUsers(db, userIds, { mode });
    const links = held.filter(({ active, basis }) => active && basis !== "ADDRESS");
    const customers = groupBy(links, ({ userId }) => userId);
    const keys = await findOpenedKeys(db, { userIds, mode, at: clock.now() });
    return rows.map((row) => toRow(row, mode, customers.get(row.id) ?? [], keys.get(row.id) ?? []));
  },
};

function toRow(
  user: UserEntity,
  mode: Mode,
  links: readonly CustomerLinkEntity[],
  products: readonly string[],
): ExportRow {
  const { externalId, email, name, createdAt, lastSeenAt, metadata } = user;
  const id = toPublicId("user", user.id);
  const stripeCustomerIds = links.map(({ customer }) => customer);
  const row: Record<(typeof USER_COLUMNS)[number], ExportRow[string]> = {
    id,
    externalId,
    email,
    emailVerified: isProved(user, mode),
    name,
    createdAt,
    lastSeenAt,
    stripeCustomerIds,
    products,
    metadata,
  };
  return row;
}

export const exportUsers = exporting(users);
