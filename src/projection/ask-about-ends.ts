import { type UnconfirmedEnd, findUnconfirmedEnds } from "../clock/unconfirmed-ends.store";
import { sweepClock } from "../clock/sweep-clock";
import type { Clock } from "../base/clock";
import { MINUTE } from "../base/durations";
import type { Db } from "../database/db";
import { type NewEvent, insertEvents } from "../stripe/inbox.store";

/** Stripe ends a subscription in the moment that was announced, and then tells us: that long it is given. */
const DELAY_MS = MINUTE;
const BATCH = 200;

/**
 * An announced end has passed, of a trial too, and Stripe has not said whether it came: Stripe is asked, once. So nobody who
 * pays is locked out when the clock closes because the news of a renewal was lost, and an end of which the news was lost is
 * found. The question goes through the inbox, like an event.
 */
export function askAboutEnds(deps: { db: Db; clock: Clock }, batch = BATCH): Promise<boolean> {
  return sweepClock(deps, {
    name: "UNCONFIRMED_ENDS",
    delayMs: DELAY_MS,
    async work(tx, { from, until, now }) {
      const ends = await findUnconfirmedEnds(tx, from, until, batch);
      const events = new Map(ends.filter(({ canAsk }) => canAsk).map((end) => [idOf(end), eventOf(end, now)]));
      if (events.size > 0) await insertEvents(tx, [...events.values()]);
      const last = ends.length === batch ? ends.at(-1) : undefined;
      return last ? { at: last.at, id: last.id } : null;
    },
  });
}

/** No name of Stripe's: who reads the inbox sees that the question is ours. */
function idOf({ source, at }: UnconfirmedEnd): string {
  return `latchkey_end_${source}_${at.toISOString()}`;
}

function eventOf(end: UnconfirmedEnd, now: Date): NewEvent {
  const { connectionId, source, customer, at } = end;
  return {
    connectionId,
    eventId: idOf(end),
    type: "customer.subscription.updated",
    objectId: source,
    ids: { subscription: source, ...(customer === null ? {} : { customer }) },
    subject: customer ?? source,
    shape: "SNAPSHOT",
    apiVersion: null,
    happenedAt: at,
    receivedAt: now,
    body: null,
    state: "PENDING",
    paced: true,
  };
}
