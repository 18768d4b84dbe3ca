import type Stripe from "stripe";
import { askAccount } from "../connections/ask-account";
import { findConnectionsById } from "../connections/connections.store";
import { neededEvents } from "../connections/needed-events";
import type { PaceOf } from "../connections/open-paces";
import type { Config } from "../config/config";
import type { Db } from "../database/db";
import { atPace } from "../stripe/pace-requests";
import { type Hearing, decideMissed } from "./decide-missed";
import { findKnownEvents } from "./known-events.store";

const needed: ReadonlySet<string> = new Set(neededEvents);
const PAGE = 100;

export interface MissedDeps {
  db: Db;
  config: Config;
  paceOf: PaceOf;
}

/**
 * When the latest event happened that Stripe tells of and that never came in; null: none is missed. Two requests: the latest
 * events, and of those that Stripe could not deliver the latest. A gap is one event; how many there are does not matter.
 */
export async function findMissedEvents(
  deps: MissedDeps,
  connectionId: string,
  { since, lastEventAt, now }: Pick<Hearing, "since" | "lastEventAt"> & { now: Date },
): Promise<Date | null> {
  const [connection] = await findConnectionsById(deps.db, [connectionId]);
  if (!connection) return null;
  const created = { gte: Math.floor(since.getTime() / 1000) };
  const ask = (more: Stripe.EventListParams) =>
    askAccount(deps, connection, (stripe) => stripe.events.list({ created, limit: PAGE, ...more }));
  const pages = await atPace(deps.paceOf(connection), () => Promise.all([ask({}), ask({ delivery_success: false })]));
  const events = pages.flatMap(({ data }) => data).filter(({ type }) => needed.has(type));
  const known = await findKnownEvents(
    deps.db,
    connectionId,
    events.map(({ id }) => id),
  );
  const told = events.map(({ id, type, created: seconds }) => {
    return { type, happenedAt: new Date(seconds * 1000), isKnown: known.has(id) };
  });
  return decideMissed(told, { eventTypes: connection.webhookEventTypes, lastEventAt, since }, now);
}
