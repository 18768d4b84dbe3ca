import type Stripe from "stripe";
import { askAccount } from "../connections/ask-account";
import type { ConnectionEntity } from "../connections/connection.entity";
import { neededEvents } from "../connections/needed-events";
import type { Tx } from "../database/db";
import { type NewEvent, insertEvents } from "../stripe/inbox.store";
import { readEvent } from "../stripe/read-event";
import type { JobDeps } from "../work/run-jobs";

export interface ReplayPage {
  /** The needed events of this page. */
  eventIds: readonly string[];
  /** The last event of the page; null: this was the last page. */
  next: string | null;
  /** Puts into the inbox what is not there. Answers how many that were. */
  write(tx: Tx): Promise<number>;
}

const PAGE = 100;
const needed: ReadonlySet<string> = new Set(neededEvents);

/** A page of Stripe's own list of events, the latest first. An event is a hint, so only its ids are taken. */
export async function replayPage(
  deps: JobDeps,
  connection: ConnectionEntity,
  { since, after }: { since: number; after: string | null },
): Promise<ReplayPage> {
  const more = after === null ? {} : { starting_after: after };
  const page = await askAccount(deps, connection, (stripe) =>
    stripe.events.list({ created: { gte: since }, limit: PAGE, ...more }),
  );
  const now = deps.clock.now();
  const rows = page.data.flatMap((event) => toRow(connection, event, now) ?? []);
  return {
    eventIds: rows.map(({ eventId }) => eventId),
    next: page.has_more ? (page.data.at(-1)?.id ?? null) : null,
    write: (tx) => (rows.length === 0 ? Promise.resolve(0) : insertEvents(tx, rows)),
  };
}

function toRow(connection: ConnectionEntity, event: Stripe.Event, now: Date): NewEvent | null {
  const hint = needed.has(event.type) ? readEvent(Buffer.from(JSON.stringify(event))) : null;
  if (!hint) return null;
  const { id: eventId, happenedAt, livemode: _, account: __, ...said } = hint;
  return {
    ...said,
    connectionId: connection.id,
    eventId,
    happenedAt: happenedAt ?? now,
    receivedAt: now,
    // Stripe has just answered, so it can be asked for the object itself.
    body: null,
    state: "PENDING",
    // There may be many of them, and whatever happens now goes first.
    paced: true,
  };
}
