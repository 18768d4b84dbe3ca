import { Refusal } from "../base/refusal";
import { type ListWorld, type ListedRow, type ReadRow, type RowOutcome, type RowsPlan, sayingKey } from "./list-plan";
import { isProved, isTaken } from "../users/proofs";
import { changedFields } from "../users/changed-fields";
import type { UserEntity } from "../users/user.entity";
import { planCustomers } from "./plan-customers";
import { type ListedFields, planFields } from "./plan-fields";
import { type WantedGrant, planListGrants } from "./plan-list-grants";
import { type Book, type Person, addPerson, changePerson, emptyUser, findPerson, openBook } from "./plan-people";
import { readSayings } from "./read-sayings";

/**
 * What becomes of rows, one after the other: what one of them says of a person counts for the next. A row goes in as a
 * whole or not at all. Of what a list says twice the first counts, so that the same list once more changes nothing.
 */
export function planUserRows(rows: readonly ReadRow[], world: ListWorld): RowsPlan {
  const planning: Planning = {
    book: openBook(world),
    world,
    said: new Map(world.said),
    sayings: [],
    met: [],
    confirmed: new Set(),
  };
  const outcomes = rows.map((row) => planRow(row, planning));
  const { book, sayings, met } = planning;
  const touched = book.people.filter(({ isTouched }) => isTouched);
  return {
    outcomes,
    users: touched.map(({ before, user }) => ({ before, after: user })),
    confirmed: [...planning.confirmed],
    grants: book.people.flatMap(({ grants }) => [...grants.values()].filter(({ isTouched }) => isTouched)),
    sayings,
    met,
  };
}

interface Planning extends Pick<RowsPlan, "sayings" | "met"> {
  book: Book;
  world: ListWorld;
  said: Map<string, string>;
  /** Customers of these people, named by rows. */
  confirmed: Set<string>;
}

function planRow(row: ReadRow, planning: Planning): RowOutcome {
  if ("code" in row) return { row: row.row, kind: "FAILED", fault: row };
  try {
    return planPerson(row, planning);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    const fault = { row: row.row, subject: row.externalId ?? null, code: error.code, message: error.message };
    return { row: row.row, kind: "FAILED", fault };
  }
}

/** Everything that may be refused comes first, then what the row changes. */
function planPerson(row: ListedRow, planning: Planning): RowOutcome {
  const { book, world } = planning;
  const found = findPerson(book, row, world);
  if (!found && !world.createUsers) throw new Refusal("NOT_FOUND", { say: "There is no such user." });
  const before = found?.user ?? emptyUser(world.newId(), world.now);
  const wanted = row.products.map((named) => ({ productId: productOf(named, world), endsAt: row.accessEndsAt }));
  const news = row.isRepeated ? heed(row, wanted, before.id, planning) : { fields: row, wanted };
  const user = planFields(before, news.fields, world);
  if (found && user !== before) checkMayTake(found.user, user, row, world);
  const opened = (found && row.id === found.user.id && world.opened.get(row.id)) || NOTHING;
  const grants = planListGrants(found, news.wanted, { now: world.now, opened });
  const customers = planCustomers(found ? before.id : null, row.customers, world);

  const person = found ?? addPerson(book, user);
  if (found && user !== before) changePerson(book, person, user);
  for (const grant of grants) person.grants.set(grant.productId, { ...grant, userId: user.id, isTouched: true });
  for (const named of row.customers) if (!customers.includes(named)) planning.confirmed.add(named);
  if (row.isRepeated) remember(row, wanted, { person, isNew: !found }, planning);
  const isChanged = user !== before || grants.length > 0;
  const turn = !found ? "CREATED" : isChanged ? "UPDATED" : "SKIPPED";
  const [customer] = customers;
  if (customer === undefined) return { row: row.row, kind: turn };
  return { row: row.row, kind: "ASKED", ask: { userId: user.id, subject: user.externalId, customer, turn } };
}

const NOTHING: ReadonlySet<string> = new Set();

/** A person may not be changed by a test key, nor be handed out with what was bought by an address that nobody has proved. */
function checkMayTake(before: UserEntity, after: UserEntity, row: ListedRow, world: ListWorld): void {
  const isProofOnly = changedFields(before, after).every((name) => name === "emailVerified");
  if (world.live.has(before.id) && !isProofOnly) {
    const say = "The user has something live. A test key does not change them.";
    throw new Refusal("FORBIDDEN", { say });
  }
  const isTakenNow = !isTaken(before) && isTaken(after);
  const isConfirmed = isProved(after, world.mode) || row.customers.length > 0;
  if (isTakenNow && !isConfirmed && row.id === null && world.joined.has(before.id)) {
    throw new Refusal("EMAIL_TAKEN", {
      say: "A purchase was made with this address, and nobody has proved it. Say emailVerified, or name the Stripe customer.",
    });
  }
}

function productOf(named: string, { products }: ListWorld): string {
  const id = products.get(named);
  if (id !== undefined) return id;
  throw new Refusal("NOT_FOUND", { say: `There is no product ${JSON.stringify(named.slice(0, 100))}.` });
}

/** What the row adds to what earlier rows said of the person. One that contradicts them is refused. */
function heed(
  row: ListedRow,
  wanted: readonly WantedGrant[],
  userId: string,
  { said }: Planning,
): { fields: ListedFields; wanted: WantedGrant[] } {
  const known = new Set<string>();
  for (const [field, value] of readSayings(row, wanted)) {
    const earlier = said.get(sayingKey({ userId, field }));
    if (earlier === undefined) continue;
    if (earlier !== value) throw contradiction(field);
    known.add(field);
  }
  const { externalId, email, emailVerified, name, metadata } = row;
  return {
    fields: {
      externalId: known.has("externalId") ? undefined : externalId,
      email: known.has("email") ? undefined : email,
      emailVerified: known.has("emailVerified") ? undefined : emailVerified,
      name: known.has("name") ? undefined : name,
      metadata: Object.fromEntries(Object.entries(metadata).filter(([key]) => !known.has(`metadata ${key}`))),
    },
    wanted: wanted.filter(
      ({ productId, endsAt }) => !known.has(endsAt ? `until ${productId}` : `product ${productId}`),
    ),
  };
}

function contradiction(field: string): Refusal {
  const [what] = field.split(" ", 1);
  return new Refusal("CONFLICT", {
    say: `An earlier row of the list says something else of this person (${what === "until" ? "accessEndsAt" : what}).`,
  });
}

function remember(
  row: ListedRow,
  wanted: readonly WantedGrant[],
  { person, isNew }: { person: Person; isNew: boolean },
  { said, sayings, met }: Planning,
): void {
  const userId = person.user.id;
  for (const [field, value] of readSayings(row, wanted)) {
    const key = sayingKey({ userId, field });
    if (said.has(key)) continue;
    said.set(key, value);
    sayings.push({ userId, field, value });
  }
  if (isNew || person.before === null) for (const key of row.keys) met.push({ key, userId });
}
