import type { GrantEntity } from "../access/grant.entity";
import { toPublicId } from "../base/ids";
import { Refusal } from "../base/refusal";
import { emailKeyOf } from "../users/email-key";
import { unproved } from "../users/proofs";
import type { UserEntity } from "../users/user.entity";
import { type ListWorld, type ListedRow, type PlannedListGrant, sayingKey } from "./list-plan";

/** Somebody as they are after the rows so far. */
export interface Person {
  /** Null: nobody knew them before these rows. */
  before: UserEntity | null;
  user: UserEntity;
  isTouched: boolean;
  grants: Map<string, PlannedListGrant & { isTouched: boolean }>;
}

/** The people whom some rows are about, by all that names them. */
export interface Book {
  people: Person[];
  byId: Map<string, Person>;
  byExternalId: Map<string, Person>;
  byEmailKey: Map<string, Person>;
}

export function openBook({ users, grants }: Pick<ListWorld, "users" | "grants">): Book {
  const book: Book = { people: [], byId: new Map(), byExternalId: new Map(), byEmailKey: new Map() };
  for (const user of users) enter(book, { before: user, user, isTouched: false, grants: new Map() });
  for (const grant of grants) book.byId.get(grant.userId)?.grants.set(grant.productId, heldGrant(grant));
  return book;
}

function heldGrant(grant: GrantEntity): PlannedListGrant & { isTouched: boolean } {
  const { userId, productId, endsAt } = grant;
  return { before: grant, userId, productId, endsAt, isTouched: false };
}

export function addPerson(book: Book, user: UserEntity): Person {
  const person: Person = { before: null, user, isTouched: true, grants: new Map() };
  enter(book, person);
  return person;
}

export function changePerson(book: Book, person: Person, user: UserEntity): void {
  const { externalId, emailKey } = person.user;
  if (externalId !== null && externalId !== user.externalId) book.byExternalId.delete(externalId);
  if (emailKey !== null && emailKey !== user.emailKey) book.byEmailKey.delete(emailKey);
  person.user = user;
  person.isTouched = true;
  name(book, person);
}

function enter(book: Book, person: Person): void {
  book.people.push(person);
  book.byId.set(person.user.id, person);
  name(book, person);
}

function name(book: Book, person: Person): void {
  const { externalId, emailKey } = person.user;
  if (externalId !== null) book.byExternalId.set(externalId, person);
  if (emailKey !== null) book.byEmailKey.set(emailKey, person);
}

/**
 * Finds whom a row is about: by our id, else by the external id, else by the address. Two who fit are never settled by
 * taking the first, and nobody is given another external id because of an address.
 */
export function findPerson(book: Book, row: ListedRow, world: ListWorld): Person | null {
  restoreMadeUp(book, row, world);
  const byId = row.id === null ? undefined : book.byId.get(row.id);
  const byExternalId = row.externalId === undefined ? undefined : book.byExternalId.get(row.externalId);
  const byEmail = row.email === undefined ? undefined : book.byEmailKey.get(emailKeyOf(row.email));
  const person = byId ?? byExternalId ?? byEmail;
  if (!person) {
    if (row.externalId !== undefined || row.email !== undefined) return null;
    throw new Refusal("NOT_FOUND", { say: "There is no such user." });
  }
  if (byExternalId && byExternalId !== person) {
    throw new Refusal("EXTERNAL_ID_TAKEN", { say: `${nameOf(byExternalId, world)} has this external id.` });
  }
  if (byEmail && byEmail !== person) throw emailTaken(byEmail, world);
  const isStranger = row.externalId !== undefined && person.user.externalId !== null;
  if (!byId && !byExternalId && isStranger) throw emailTaken(person, world);
  return person;
}

function emailTaken(person: Person, world: ListWorld): Refusal {
  return new Refusal("EMAIL_TAKEN", { say: `${nameOf(person, world)} has this e-mail address.` });
}

/** A user whom the list itself created has an id that the caller has not seen, and none in a dry run. */
function nameOf({ user }: Person, { begunAt }: ListWorld): string {
  return user.createdAt < begunAt ? `The user ${toPublicId("user", user.id)}` : "A user of an earlier row";
}

/** In a dry run those whom earlier rows would have created are known by notes alone: by their names and what was said. */
function restoreMadeUp(book: Book, row: ListedRow, { madeUp, said, now }: ListWorld): void {
  for (const key of row.keys) {
    const id = madeUp.get(key);
    if (id === undefined || book.byId.has(id)) continue;
    const externalId = said.get(sayingKey({ userId: id, field: "externalId" })) ?? null;
    const email = said.get(sayingKey({ userId: id, field: "email" })) ?? null;
    const user = { ...emptyUser(id, now), externalId, email, emailKey: email };
    addPerson(book, user).isTouched = false;
  }
}

export function emptyUser(id: string, now: Date): UserEntity {
  const nobody = { externalId: null, email: null, emailKey: null, ...unproved, name: null, metadata: {} };
  const life = { createdAt: now, updatedAt: now, lastSeenAt: null, takenAt: null, deletedAt: null, mergedInto: null };
  return { id, ...nobody, ...life };
}
