import { findSourcePage, findSources } from "../access/facts.store";
import type { SourceFacts } from "../access/fact";
import type { Clock } from "../base/clock";
import type { AccountDeps } from "../connections/ask-account";
import type { ConnectionEntity } from "../connections/connection.entity";
import type { CustomerSnapshot } from "../links/customer-snapshot";
import { type Look, addTarget, keepCustomer, openLook, takeTarget } from "./look";
import { lookBehind } from "./look-at-money";
import { lookAtInvoice, lookAtSession } from "./look-at-order";
import { lookAtSubscription } from "./look-at-subscription";
import { drawObservation } from "../links/observations.store";
import { PAGE, openDesk } from "./open-desk";
import { type Target, type TargetKind, targetOf } from "./target";

export type LookDeps = AccountDeps & { clock: Clock };

export interface Sighting {
  facts: SourceFacts[];
  customers: CustomerSnapshot[];
  /** Stripe is not done with something: look again in a moment. */
  isUnfinished: boolean;
}

export interface Manner {
  /** Waits for what Stripe is about to make; otherwise what is there counts. */
  isPatient?: boolean;
  /** If it was drawn already. */
  observation?: bigint;
  /** What was read since the number was drawn, by the questions that it answers: it is not asked for again. */
  known?: ReadonlyMap<string, unknown>;
}

/**
 * Looks at things in Stripe again, and at what they lead to, and says what they mean. Nothing is read twice in one look, and
 * what is seen along with something else is not asked for.
 */
export async function lookAt(
  deps: LookDeps,
  connection: ConnectionEntity,
  targets: readonly Target[],
  how: Manner = {},
): Promise<Sighting> {
  const look = await beginLook(deps, connection, how);
  for (const { kind, id } of targets) addTarget(look, kind, id);
  for (const [question, answer] of how.known ?? []) look.desk.lay(question, answer);
  return lookAround(look);
}

/** Draws the number of the look, before Stripe is asked anything. */
export async function beginLook(
  deps: LookDeps,
  connection: ConnectionEntity,
  { isPatient = false, observation: drawn }: Manner = {},
): Promise<Look> {
  const { id: connectionId, mode } = connection;
  const observation = drawn ?? (await drawObservation(deps.db));
  const sight = { connectionId, mode, observation, observedAt: deps.clock.now() };
  const held = async (source: string) => (await findSources(deps.db, [{ connectionId, source }]))[0]?.facts ?? null;
  const heldOf = async (customer: string) => {
    const page = await findSourcePage(deps.db, { connectionId, customer }, null, HELD_MAX);
    return page.map(({ facts }) => facts);
  };
  return openLook({ desk: openDesk(deps, connection), sight, held, heldOf, isPatient });
}

// One customer's purchases are few enough to be read at once.
const HELD_MAX = 10_000;

export async function lookAround(look: Look): Promise<Sighting> {
  for (let target = takeTarget(look); target !== null; target = takeTarget(look)) await lookAtOne(look, target);
  return {
    facts: [...look.facts.values()],
    customers: [...look.customers.values()],
    isUnfinished: look.isUnfinished,
  };
}

const looks: Partial<Record<TargetKind, (look: Look, id: string) => Promise<void>>> = {
  SUBSCRIPTION: lookAtSubscription,
  INVOICE: lookAtInvoice,
  SESSION: lookAtSession,
  CUSTOMER: lookAtPerson,
};

function lookAtOne(look: Look, target: Target): Promise<void> {
  return looks[target.kind]?.(look, target.id) ?? lookBehind(look, target);
}

/** Who the customer is. With a deleted one, Stripe has ended every subscription. */
async function lookAtPerson(look: Look, id: string): Promise<void> {
  const { desk } = look;
  if (!look.customers.has(id)) {
    const found = await desk.find(id, (stripe) => stripe.customers.retrieve(id));
    keepCustomer(look, found ?? { id, object: "customer", deleted: true });
    // Stripe lists nothing of a customer that it does not know, so each object that is held is asked for.
    if (!found) return (await look.heldOf(id)).map(targetOf).forEach((each) => addTarget(look, each.kind, each.id));
  }
  if (!look.customers.get(id)?.deleted) return;
  const of = { customer: id, status: "all", limit: PAGE } as const;
  const subscriptions = await desk.all((stripe) => stripe.subscriptions.list(of));
  for (const subscription of subscriptions) addTarget(look, "SUBSCRIPTION", subscription.id);
}
