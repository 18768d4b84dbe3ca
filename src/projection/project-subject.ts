import { findSources } from "../access/facts.store";
import { applyFacts } from "../access/apply-facts";
import type { ConnectionEntity } from "../connections/connection.entity";
import { refreshPortal } from "../connections/refresh-portal";
import type { WriteDeps } from "../connections/write-connection";
import { refreshCatalogue } from "../links/refresh-catalogue";
import type { InboxEvent } from "../stripe/inbox.store";
import { type LookDeps, type Sighting, lookAt } from "./look-at";
import { seeCustomer } from "./look-at-customer";
import { drawObservation } from "../links/observations.store";
import { readAsSnapshot, readSnapshot } from "./read-snapshot";
import { type Routed, routeEvent } from "./routes";
import type { Target } from "./target";

// Beyond this, reading a customer's lists is cheaper than asking for each thing on them.
const TARGETS_MAX = 12;
const PATIENT_TRIES = 4;

/** What the events of one subject are about, read once for all of them. */
export async function seeSubject(
  deps: LookDeps & WriteDeps,
  { connection, observation }: { connection: ConnectionEntity; observation: bigint },
  { subject, events }: { subject: string; events: readonly InboxEvent[] },
): Promise<Sighting> {
  const { targets, products, prices, portal } = routeAll(events);
  if (portal) await refreshPortal(deps, connection);
  if (products.length + prices.length > 0) await refreshCatalogue(deps, connection, { products, prices });
  if (targets.length === 0) return { facts: [], customers: [], isUnfinished: false };
  const isPatient = events.every(({ attempts }) => attempts < PATIENT_TRIES);
  const customer = customerOf(subject, events);
  const how = { isPatient, observation };
  if (targets.length <= TARGETS_MAX || customer === null) return lookAt(deps, connection, targets, how);
  return seeCustomer(deps, connection, customer, { ...how, alsoAt: targets });
}

/** Whether Stripe is asked anything for these events. */
export function asksStripe(events: readonly InboxEvent[]): boolean {
  const { targets, products, prices, portal } = routeAll(events);
  return portal || targets.length + products.length + prices.length > 0;
}

/** Each thing once, however many events name it. */
function routeAll(events: readonly InboxEvent[]): Routed {
  const routed = events.map(routeEvent);
  const targets = new Map<string, Target>();
  for (const target of routed.flatMap((each) => each.targets)) targets.set(`${target.kind} ${target.id}`, target);
  return {
    targets: [...targets.values()],
    products: [...new Set(routed.flatMap((each) => each.products))],
    prices: [...new Set(routed.flatMap((each) => each.prices))],
    portal: routed.some((each) => each.portal),
  };
}

function customerOf(subject: string, events: readonly InboxEvent[]): string | null {
  return events.some(({ ids }) => ids.customer === subject) ? subject : null;
}

/** Events that are about the same, so that what fails for some does not fail for the others. */
export function apart(events: readonly InboxEvent[]): InboxEvent[][] {
  const groups = new Map<string, InboxEvent[]>();
  for (const event of events) {
    const name = JSON.stringify(routeEvent(event));
    groups.set(name, [...(groups.get(name) ?? []), event]);
  }
  return [...groups.values()];
}

/**
 * Stripe cannot be asked: what the events themselves show of subscriptions is used if it is newer than what we hold. The
 * events go on waiting, for a look is still due.
 */
export async function applySnapshots(
  deps: LookDeps,
  connection: ConnectionEntity,
  events: readonly InboxEvent[],
): Promise<void> {
  const { id: connectionId, mode } = connection;
  const latest = new Map<string, NonNullable<ReturnType<typeof readSnapshot>>>();
  for (const { body } of events) {
    const snapshot = body === null ? null : readSnapshot(body);
    if (!snapshot) continue;
    const known = latest.get(snapshot.subscription.id);
    if (!known || known.seenAt <= snapshot.seenAt) latest.set(snapshot.subscription.id, snapshot);
  }
  for (const [source, snapshot] of latest) {
    const [held] = await findSources(deps.db, [{ connectionId, source }]);
    const sight = { connectionId, mode, observation: await drawObservation(deps.db) };
    const facts = readAsSnapshot(snapshot, held?.facts ?? null, sight);
    if (facts) await applyFacts(deps, { origin: "WEBHOOK", facts: [facts] });
  }
}
