import { applyFactsIn } from "../access/apply-facts";
import { lockUsers } from "../access/stripe-grants.store";
import { readPublicIdOf } from "../base/ids";
import { Failure, Refusal } from "../base/refusal";
import type { ConnectionEntity } from "../connections/connection.entity";
import { findCustomer } from "../customers/find-customer";
import { moveCustomer } from "../customers/move-customer";
import type { Reader, Tx } from "../database/db";
import type { Identity } from "../graphql/context";
import { findActiveLinks } from "../links/customer-links.store";
import type { CustomerSnapshot } from "../links/customer-snapshot";
import { lockCustomers } from "../links/customers.store";
import type { Sighting } from "../projection/look-at";
import { seeCustomer } from "../projection/look-at-customer";
import { atPace } from "../stripe/pace-requests";
import type { JobEntity } from "../work/job.entity";
import { findNotes, writeNotes } from "../work/notes.store";
import type { JobDeps, JobRunner } from "../work/run-jobs";
import { countOutcomes } from "./count-outcomes";
import { type NotedAsk, findAsks } from "./customer-asks";
import type { ListCursor } from "./list-cursor";
import type { CustomerHolder, RowOutcome } from "./list-plan";
import { holderOf } from "./load-list-world";
import { type CustomerWorld, planCustomers } from "./plan-customers";
import type { UserImportOptions } from "./read-import-options";

/** So many customers are asked for in one page; each costs some requests. */
const LOOKS_MAX = 20;

type CustomersCursor = Extract<ListCursor, { phase: "CUSTOMERS" }>;

/**
 * The second part of an import: the people are there, and Stripe is asked for the customers that their rows name. What
 * those bought is theirs in the same transaction. A customer is never taken from anybody.
 */
export async function linkListedCustomers(
  deps: JobDeps,
  job: JobEntity,
  { after }: CustomersCursor,
  connection: ConnectionEntity | Failure,
): ReturnType<JobRunner> {
  const asks = await findAsks(deps.db, job.id, { after, limit: LOOKS_MAX });
  const last = asks.at(-1)?.row;
  const cursor: ListCursor | null =
    last === undefined || asks.length < LOOKS_MAX ? null : { phase: "CUSTOMERS", after: last };
  if (connection instanceof Failure) {
    return async () => ({ cursor, ...countOutcomes(asks.map((ask) => failed(ask, connection))) });
  }
  const looks = await atPace(deps.paceOf(connection), () => lookEach(deps, job, connection, asks));
  return async (tx) => {
    const outcomes = await takeCustomers(tx, { job, connection, now: deps.clock.now() }, looks);
    return { cursor, ...countOutcomes(outcomes) };
  };
}

interface Look {
  ask: NotedAsk;
  found: { customer: CustomerSnapshot; sighting: Sighting } | Refusal;
}

const UNSEEN: Sighting = { facts: [], customers: [], isUnfinished: false };

/** One that cannot be read does not keep the others out; a Stripe that does not answer is waited for. */
async function lookEach(
  deps: JobDeps,
  job: JobEntity,
  connection: ConnectionEntity,
  asks: readonly NotedAsk[],
): Promise<Look[]> {
  const world = await loadWorld(deps.db, job, connection, asks);
  const looks = await Promise.allSettled(
    asks.map(async (ask): Promise<Look> => {
      try {
        // Nothing is asked about a customer who could not be theirs anyway.
        planCustomers(ask.userId, [ask.customer], world);
        const customer = await findCustomer(deps, connection, ask.customer, "stripeCustomerId");
        // Who only wants to know asks for nothing that would not be written.
        const sighting = job.dryRun ? UNSEEN : await seeCustomer(deps, connection, customer.customer);
        return { ask, found: { customer, sighting } };
      } catch (error) {
        if (error instanceof Refusal && !error.retryable && !concernsAll.has(error.code)) return { ask, found: error };
        throw error;
      }
    }),
  );
  return looks.map((look) => {
    if (look.status === "rejected") throw look.reason;
    return look.value;
  });
}

/** It would be the same with every other customer. */
const concernsAll: ReadonlySet<string> = new Set(["STRIPE_KEY_INVALID", "STRIPE_NOT_CONNECTED"]);

interface Taking {
  job: JobEntity;
  connection: ConnectionEntity;
  now: Date;
}

async function takeCustomers(tx: Tx, taking: Taking, looks: readonly Look[]): Promise<RowOutcome[]> {
  const { job, connection } = taking;
  const asks = looks.map(({ ask }) => ask);
  const keys = asks.map(({ customer }) => ({ connectionId: connection.id, customer }));
  // All at once and in one order, before any of them is moved.
  if (!job.dryRun) await lockCustomers(tx, keys);
  const userIds = asks.map(({ userId }) => userId);
  const present = job.dryRun ? new Set(userIds) : await lockUsers(tx, userIds);
  const world = await loadWorld(tx, job, connection, asks);
  const taken: Look[] = [];
  const outcomes: RowOutcome[] = [];
  for (const look of looks) {
    const refusal = look.found instanceof Refusal ? look.found : present.has(look.ask.userId) ? null : gone();
    outcomes.push(refusal ? failed(look.ask, refusal) : takeOne(look, world, taken));
  }
  if (job.dryRun) await noteTaken(tx, job, taken);
  else await moveAll(tx, taking, taken);
  return outcomes;
}

function takeOne(look: Look, world: LinkWorld, taken: Look[]): RowOutcome {
  const { row, userId, customer, turn } = look.ask;
  try {
    const [wanted] = planCustomers(userId, [customer], world);
    if (wanted === undefined) return { row, kind: turn };
  } catch (error) {
    if (error instanceof Refusal) return failed(look.ask, error);
    throw error;
  }
  taken.push(look);
  world.holders.set(customer, { userId, isActive: true, isOfList: true });
  return { row, kind: turn === "CREATED" ? "CREATED" : "UPDATED" };
}

async function moveAll(tx: Tx, { job, connection, now }: Taking, taken: readonly Look[]): Promise<void> {
  const isQuiet = !(job.input as UserImportOptions).notify;
  const told = { field: "stripeCustomerId", origin: "IMPORT", isQuiet } as const;
  const facts: Sighting["facts"] = [];
  const customers: CustomerSnapshot[] = [];
  for (const { ask, found } of taken) {
    if (found instanceof Refusal) continue;
    const move = { connection, userId: ask.userId, customer: found.customer, fromOthers: false, fromOwn: false };
    await moveCustomer(tx, identityOf(job), { ...move, ...told }, now);
    facts.push(...found.sighting.facts);
    customers.push(...found.sighting.customers);
  }
  if (taken.length > 0) await applyFactsIn(tx, { origin: "IMPORT", isQuiet, facts, customers }, now);
}

interface LinkWorld extends CustomerWorld {
  holders: Map<string, CustomerHolder>;
}

async function loadWorld(
  db: Reader,
  job: JobEntity,
  connection: ConnectionEntity,
  asks: readonly NotedAsk[],
): Promise<LinkWorld> {
  const connectionId = connection.id;
  const customers = asks.map(({ customer }) => customer);
  const links = await findActiveLinks(
    db,
    customers.map((customer) => ({ connectionId, customer })),
  );
  const holders = new Map(links.map((link) => [link.customer, holderOf(link, job)]));
  if (job.dryRun) {
    for (const [customer, userId] of await findNotes(db, job.id, "TAKEN", customers)) {
      holders.set(customer, { userId: userId ?? "", isActive: true, isOfList: true });
    }
  }
  return { holders, noConnection: null };
}

/** In a dry run later rows find here whose a customer would be. */
function noteTaken(tx: Tx, job: JobEntity, taken: readonly Look[]): Promise<void> {
  const notes = taken.map(({ ask: { userId, customer } }) => ({ kind: "TAKEN", subject: customer, value: userId }));
  return writeNotes(tx, job.id, notes);
}

function failed({ row, subject, customer }: NotedAsk, { code, message: reason }: Failure): RowOutcome {
  const message = `The person is in, without the customer ${customer}: ${reason}`;
  return { row, kind: "FAILED", fault: { row, subject, code, message } };
}

function gone(): Refusal {
  return new Refusal("NOT_FOUND", { say: "The user was removed meanwhile." });
}

/** Whoever began the import: a key, or somebody at the command line. */
function identityOf({ mode, createdBy }: JobEntity): Identity {
  const apiKeyId = readPublicIdOf("apiKey", createdBy);
  return apiKeyId === null
    ? { role: "ADMIN", mode, apiKeyId, userId: null }
    : { role: "WRITE", mode, apiKeyId, userId: null };
}
