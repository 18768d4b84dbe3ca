import type { Draft } from "../draft";
import type { Kind } from "../kind";
import { EVENTS_KEPT_S } from "./event";

/** One event on its way to one endpoint. waiting -> delivered | failed; held and dropped were ordered; stopped: the endpoint was switched off. */
export interface DeliveryRow {
  /** Made of the ids of both: answers come in any order, and must not change which id is made next. */
  id: string;
  object: "delivery";
  created: number;
  event: string;
  endpoint: string;
  type: string;
  status: "waiting" | "delivered" | "failed" | "held" | "dropped" | "stopped";
  attempts: Attempt[];
  /** When it is tried again, in the time of the world. */
  next_at: number | null;
}

export interface Attempt {
  at: number;
  /** What the endpoint answered; null when it did not. */
  status: number | null;
  ms: number;
  error: string | null;
}

/** Not an object of Stripe's: it has no routes. The control room shows it. */
export const delivery: Kind<"delivery"> = {
  prefix: "del",
  idLength: 24,
  routes: [],
  indexes: { event: (row) => row.event },
};

export function deliveryId(event: string, endpoint: string): string {
  return `${event}:${endpoint}`;
}

/** The delivery as it is known, or a new one. */
export function deliveryOf(draft: Draft, event: { id: string; type: string }, endpoint: string): DeliveryRow {
  const id = deliveryId(event.id, endpoint);
  const blank = { created: draft.now, status: "waiting", attempts: [], next_at: null } as const;
  return (
    draft.find("delivery", id) ?? {
      ...blank,
      attempts: [],
      id,
      object: "delivery",
      event: event.id,
      endpoint,
      type: event.type,
    }
  );
}

/** Old deliveries go with their events; two for each new one are enough to keep up. */
export function forgetDeliveries(draft: Draft): void {
  const old = draft.entries("delivery").slice(0, 2);
  for (const { row } of old) if (row.created < draft.now - EVENTS_KEPT_S) draft.remove("delivery", row.id);
}
