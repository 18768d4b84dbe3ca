import { type Applied, applyFacts } from "../access/apply-facts";
import type { Origin } from "../activities/activity-types";
import type { ConnectionEntity } from "../connections/connection.entity";
import { fetchCustomerPapers } from "./fetch-customer";
import { type Look, addTarget, keepCustomer } from "./look";
import { type LookDeps, type Manner, type Sighting, beginLook, lookAround } from "./look-at";
import type { Target } from "./target";

// A transaction that holds one customer's lock stays short, however much they bought.
const BATCH = 200;

/**
 * Everything that one customer ever bought, whatever the length of the lists, and what it gives: applied before the answer.
 */
export async function lookAtCustomer(
  deps: LookDeps,
  connection: ConnectionEntity,
  customer: string,
  origin: Origin,
): Promise<Applied[]> {
  return applySighting(deps, await seeCustomer(deps, connection, customer), origin);
}

/** Applies what was seen, however much it is. */
export async function applySighting(
  deps: LookDeps,
  { facts, customers }: Sighting,
  origin: Origin,
): Promise<Applied[]> {
  const applied: Applied[] = [];
  for (let at = 0; at < Math.max(facts.length, 1); at += BATCH) {
    const batch = { origin, facts: facts.slice(at, at + BATCH), customers: at === 0 ? customers : [] };
    applied.push(...(await applyFacts(deps, batch)).sources);
  }
  return applied;
}

/** The same without applying it. */
export async function seeCustomer(
  deps: LookDeps,
  connection: ConnectionEntity,
  customer: string,
  { alsoAt = [], ...how }: Manner & { alsoAt?: readonly Target[] } = {},
): Promise<Sighting> {
  const look = await beginLook(deps, connection, how);
  await surveyCustomer(look, customer);
  for (const { kind, id } of alsoAt) addTarget(look, kind, id);
  return lookAround(look);
}

/** Reads the customer's lists and makes a target of everything on them. */
async function surveyCustomer(look: Look, id: string): Promise<void> {
  const { customer, subscriptions, invoices, sessions } = await fetchCustomerPapers(look.desk, id);
  if (!customer) return addTarget(look, "CUSTOMER", id);
  keepCustomer(look, customer);
  look.covered.add(id);
  for (const subscription of subscriptions) addTarget(look, "SUBSCRIPTION", subscription.id);
  for (const invoice of invoices) if (invoice.status !== "draft") addTarget(look, "INVOICE", invoice.id);
  for (const session of sessions) if (session.mode === "payment") addTarget(look, "SESSION", session.id);
}
