import { findImportGrants } from "../access/import-grants.store";
import { findJoinedUsers } from "../access/facts.store";
import { findLiveUsers } from "../access/merge-users.store";
import { findOpenedKeys } from "../access/opened-products.store";
import { newUuid } from "../base/ids";
import { Failure } from "../base/refusal";
import type { ConnectionEntity } from "../connections/connection.entity";
import { listConnections } from "../connections/connections.store";
import type { Reader } from "../database/db";
import type { CustomerLinkEntity } from "../links/customer-link.entity";
import { findActiveLinks } from "../links/customer-links.store";
import { findProductsById, findProductsByKey } from "../products/products.store";
import { readProductRef } from "../products/read-product-ref";
import { findUsersByIds } from "../users/many-users.store";
import { findUsersByEmailKeys } from "../users/users.store";
import { emailKeyOf } from "../users/email-key";
import type { UserEntity } from "../users/user.entity";
import type { JobEntity } from "../work/job.entity";
import { findNotes } from "../work/notes.store";
import { type CustomerHolder, type ListWorld, type ListedRow, sayingKey } from "./list-plan";
import type { UserImportOptions } from "./read-import-options";
import { readSayings } from "./read-sayings";

export interface WorldOf {
  job: JobEntity;
  rows: readonly ListedRow[];
  now: Date;
  /** The account whose customers the rows name, or why there is none. */
  connection: ConnectionEntity | Failure;
}

/** All that decides what becomes of some rows, in a few statements however many they are. */
export async function loadListWorld(db: Reader, { job, rows, now, connection }: WorldOf): Promise<ListWorld> {
  const { mode } = job;
  const users = await findPeople(db, rows);
  const named = new Set(rows.flatMap(({ products }) => products));
  const products = await findNamedProducts(db, [...named]);
  const userIds = users.map(({ id }) => id);
  const madeUp = await findMadeUp(db, job, rows);
  return {
    now,
    begunAt: job.createdAt,
    newId: () => newUuid(now),
    mode,
    live: mode === "TEST" ? await findLiveUsers(db, userIds) : NOBODY,
    joined: await findJoinedUsers(db, userIds),
    createUsers: (job.input as UserImportOptions).createUsers,
    users,
    madeUp,
    said: await findSayings(db, job, rows, { users: [...userIds, ...madeUp.values()], products }),
    products,
    grants: named.size === 0 ? [] : await findImportGrants(db, userIds, mode),
    opened: await findOpened(db, { mode, now }, rows, products),
    ...(await findCustomers(db, { rows, job, connection })),
  };
}

const NOBODY: ReadonlySet<string> = new Set();

/** Most who come again have the address that they had: only the others are looked for by it. */
async function findPeople(db: Reader, rows: readonly ListedRow[]): Promise<UserEntity[]> {
  const found = await findUsersByIds(db, {
    ids: rows.flatMap(({ id }) => id ?? []),
    externalIds: rows.flatMap(({ externalId }) => externalId ?? []),
  });
  const known = new Set(found.map(({ emailKey }) => emailKey));
  const wanted = rows.flatMap(({ email }) => (email === undefined ? [] : emailKeyOf(email)));
  const others = await findUsersByEmailKeys(
    db,
    wanted.filter((key) => !known.has(key)),
  );
  const ids = new Set(found.map(({ id }) => id));
  return [...found, ...others.filter(({ id }) => !ids.has(id))];
}

async function findNamedProducts(db: Reader, named: readonly string[]): Promise<Map<string, string>> {
  const refs = named.map(readProductRef);
  const ids = refs.flatMap(({ id }) => id ?? []);
  const keys = refs.flatMap(({ key }) => key ?? []);
  const found = [
    ...(ids.length > 0 ? await findProductsById(db, ids) : []),
    ...(keys.length > 0 ? await findProductsByKey(db, keys) : []),
  ];
  return new Map(
    named.flatMap((name, place) => {
      const ref = refs[place];
      const product = found.find(({ id, key }) => id === ref?.id || key === ref?.key);
      return product ? [[name, product.id] as const] : [];
    }),
  );
}

async function findMadeUp(db: Reader, job: JobEntity, rows: readonly ListedRow[]): Promise<Map<number, string>> {
  if (!job.dryRun) return new Map();
  const keys = rows.flatMap((row) => (row.isRepeated ? row.keys : [])).map(String);
  const notes = await findNotes(db, job.id, "MET", keys);
  return new Map([...notes].flatMap(([key, id]) => (id === null ? [] : [[Number(key), id] as const])));
}

/** Which of the people a repeated row means is not known yet, so all that it could mean are asked for. */
async function findSayings(
  db: Reader,
  job: JobEntity,
  rows: readonly ListedRow[],
  { users, products }: { users: readonly string[]; products: ReadonlyMap<string, string> },
): Promise<Map<string, string>> {
  const repeated = rows.filter(({ isRepeated }) => isRepeated);
  if (repeated.length === 0) return new Map();
  const fields = new Set(
    repeated.flatMap((row) => {
      const wanted = row.products.map((each) => ({ productId: products.get(each) ?? "", endsAt: row.accessEndsAt }));
      return [...readSayings(row, wanted).keys()];
    }),
  );
  const found = new Map<string, string>();
  for (const field of fields) {
    const subjects = users.map((userId) => sayingKey({ userId, field }));
    for (const [key, value] of await findNotes(db, job.id, "SAID", subjects)) found.set(key, value ?? "");
  }
  return found;
}

/** For exports of ours that come back: what they list as open was not given by them. */
async function findOpened(
  db: Reader,
  { mode, now }: { mode: JobEntity["mode"]; now: Date },
  rows: readonly ListedRow[],
  products: ReadonlyMap<string, string>,
): Promise<Map<string, Set<string>>> {
  const userIds = rows.flatMap(({ id, products: named }) => (id === null || named.length === 0 ? [] : id));
  if (userIds.length === 0) return new Map();
  const keys = await findOpenedKeys(db, { userIds, mode, at: now });
  const ids = (of: readonly string[]) => of.flatMap((key) => products.get(key) ?? []);
  return new Map([...keys].map(([userId, opened]) => [userId, new Set(ids(opened))]));
}

async function findCustomers(
  db: Reader,
  { rows, job, connection }: Omit<WorldOf, "now">,
): Promise<Pick<ListWorld, "holders" | "noConnection">> {
  const customers = [...new Set(rows.flatMap((row) => row.customers))];
  if (customers.length === 0) return { holders: new Map(), noConnection: null };
  const connections = await listConnections(db, job.mode);
  const keys = connections.flatMap(({ id }) => customers.map((customer) => ({ connectionId: id, customer })));
  const links = await findActiveLinks(db, keys);
  const holders = new Map(links.map((link) => [link.customer, holderOf(link, job)]));
  if (connection instanceof Failure) {
    const { code, message } = connection;
    return { holders, noConnection: { code, message } };
  }
  return { holders, noConnection: null };
}

export function holderOf(link: CustomerLinkEntity, { createdAt }: JobEntity): CustomerHolder {
  const { userId, active, linkedAt } = link;
  return { userId, isActive: active, isOfList: linkedAt >= createdAt };
}
