import type { SourceFacts } from "../access/fact";
import type { Mode } from "../base/mode";
import type { Tx } from "../database/db";
import type { CustomerLinkEntity } from "../links/customer-link.entity";
import { findActiveLinks, insertCustomerLinks, newCustomerLink } from "../links/customer-links.store";
import type { CustomerSnapshot } from "../links/customer-snapshot";
import { newUserRow } from "../users/create-user";
import { emailKeyOf } from "../users/email-key";
import type { UserEntity } from "../users/user.entity";
import { findUsersByEmailKeys, findUsersById, insertUsers } from "../users/users.store";
import { findNotes, writeNotes } from "../work/notes.store";

/** Of a user whom the import would create: the id, by the address. */
const CREATED = "CREATED";
/** Of a customer whom the import would link: the link, by the customer. */
const LINKED = "LINKED";

interface NotedLink extends Pick<CustomerLinkEntity, "userId" | "basis" | "joinedKey" | "linkedBy"> {
  /** The address of a user who would be created; null: the user is there. */
  createdKey: string | null;
}

/** A page of a dry run. */
export interface RehearsedPage {
  jobId: string;
  connectionId: string;
  mode: Mode;
  facts: readonly SourceFacts[];
  customers: readonly CustomerSnapshot[];
  now: Date;
}

/**
 * Creates the users and links again that earlier pages of a dry run created and undid, as far as this page may be about
 * them. So a page decides like the same page of the import. It is undone with the rehearsal.
 */
export async function restorePeople(tx: Tx, page: RehearsedPage): Promise<void> {
  const { jobId, connectionId, mode, now } = page;
  const noted = await findNotes(tx, jobId, LINKED, customersOf(page));
  const links = new Map([...noted].map(([customer, text]) => [customer, JSON.parse(text ?? "") as NotedLink]));
  const keys = [...addressesOf(page), ...[...links.values()].flatMap(({ createdKey }) => createdKey ?? [])];
  const created = await findNotes(tx, jobId, CREATED, keys);
  const holders = new Map(
    (await findUsersByEmailKeys(tx, [...created.keys()])).map((user) => [user.emailKey, user.id]),
  );
  const missing = [...created].filter(([key]) => !holders.has(key));
  const users = missing.map(([email, id]) => Object.assign(newUserRow({ email }, mode, now), { id }));
  await insertUsers(tx, users);
  for (const { emailKey, id } of users) holders.set(emailKey, id);
  const present = new Set((await findActiveLinks(tx, keysOf(page))).map(({ customer }) => customer));
  const rows = [...links].flatMap(([customer, { createdKey, ...link }]) => {
    const userId = createdKey === null ? link.userId : holders.get(createdKey);
    if (userId === undefined || present.has(customer)) return [];
    return [newCustomerLink({ ...link, connectionId, customer, userId }, now)];
  });
  const there = new Set((await findUsersById(tx, [...new Set(rows.map((row) => row.userId))])).map(({ id }) => id));
  await insertCustomerLinks(
    tx,
    rows.filter((row) => there.has(row.userId)),
  );
}

/** People as they are at the end of a rehearsal. */
export interface RehearsedPeople {
  users: UserEntity[];
  links: CustomerLinkEntity[];
}

/** Reads the people of a page before the rehearsal is undone. */
export async function readPeople(tx: Tx, page: RehearsedPage, ownerIds: readonly string[]): Promise<RehearsedPeople> {
  const links = await findActiveLinks(tx, keysOf(page));
  const ids = new Set([...ownerIds, ...links.map(({ userId }) => userId)]);
  return { links, users: await findUsersById(tx, [...ids]) };
}

/** Notes, after the rehearsal is undone, which of its people are not there without it. */
export async function notePeople(tx: Tx, page: RehearsedPage, { users, links }: RehearsedPeople): Promise<void> {
  const there = new Set(
    (
      await findUsersById(
        tx,
        users.map(({ id }) => id),
      )
    ).map(({ id }) => id),
  );
  const created = new Map(users.filter(({ id }) => !there.has(id)).map(({ id, emailKey }) => [id, emailKey]));
  const kept = new Set((await findActiveLinks(tx, keysOf(page))).map(({ customer }) => customer));
  await writeNotes(tx, page.jobId, [
    ...[...created].flatMap(([id, key]) => (key === null ? [] : [{ kind: CREATED, subject: key, value: id }])),
    ...links
      .filter(({ customer }) => !kept.has(customer))
      .map(({ customer, userId, basis, joinedKey, linkedBy }) => {
        const link: NotedLink = { userId, basis, joinedKey, linkedBy, createdKey: created.get(userId) ?? null };
        return { kind: LINKED, subject: customer, value: JSON.stringify(link) };
      }),
  ]);
}

function customersOf({ facts }: RehearsedPage): string[] {
  return [...new Set(facts.flatMap(({ customer }) => customer ?? []))];
}

function keysOf(page: RehearsedPage) {
  return customersOf(page).map((customer) => ({ connectionId: page.connectionId, customer }));
}

function addressesOf({ facts, customers }: RehearsedPage): string[] {
  const emails = [...facts.map(({ buyer }) => buyer.email), ...customers.map(({ email }) => email)];
  return [...new Set(emails.flatMap((email) => (email === null ? [] : [emailKeyOf(email)])))];
}
