import { MINUTE } from "../base/durations";
import { missingEventsOf } from "../connections/needed-events";

/** An event in Stripe's own list. */
export interface ToldEvent {
  type: string;
  happenedAt: Date;
  /** It came in here, whatever became of it. */
  isKnown: boolean;
}

export interface Hearing {
  /** What the endpoint is subscribed to; empty: it is not ours, and we do not know. */
  eventTypes: readonly string[];
  lastEventAt: Date | null;
  /** What happened before is compared already, or was never ours to hear. */
  since: Date;
}

/** Stripe tries again for a while, and is given so long before an event that has not come is missed. */
const PATIENCE = 30 * MINUTE;

/** Pure: when the latest of the events happened that should have come and did not; null: none is missed. */
export function decideMissed(
  events: readonly ToldEvent[],
  { eventTypes, lastEventAt, since }: Hearing,
  now: Date,
): Date | null {
  const unheard = new Set(missingEventsOf(eventTypes));
  // Of an endpoint that is not ours only silence can be told from events that it is not meant to send.
  const isHeard = ({ type, happenedAt }: ToldEvent) =>
    eventTypes.length > 0 ? !unheard.has(type) : lastEventAt === null || happenedAt > lastEventAt;
  const missed = events
    .filter((event) => !event.isKnown && isHeard(event))
    .map(({ happenedAt }) => happenedAt)
    .filter((at) => at >= since && now.getTime() - at.getTime() > PATIENCE);
  return missed.reduce<Date | null>((latest, at) => (latest === null || at > latest ? at : latest), null);
}
