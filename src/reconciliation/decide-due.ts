import { DAY, HOUR } from "../base/durations";

/** What is known of a connection when it is asked whether a reconciliation is due. */
export interface Standing {
  /** When the account was first connected: nothing from before can have been missed. */
  connectedAt: Date;
  /** When it was last disconnected, if ever. It is connected now. */
  disconnectedAt: Date | null;
  /** The last reconciliation that mends, if there was one. */
  last: { createdAt: Date; status: "QUEUED" | "RUNNING" | "SUCCEEDED" | "FAILED" | "CANCELLED" } | null;
  lastEventAt: Date | null;
  /** When an event was last refused while our secret was taken for wrong. */
  secretWrongAt: Date | null;
  /** When something happened last that Stripe tells of and that never came in. */
  lastMissedAt: Date | null;
}

export type DueReason =
  /** A day has passed. */
  | "DAILY"
  /** What happened while it was disconnected, nobody has told us. */
  | "RECONNECTED"
  /** Events were turned away for a wrong secret, and now they come in again. */
  | "REJECTED"
  /** Stripe has events that never came: nobody listened, or they went elsewhere. */
  | "MISSED"
  /** The last one broke off. */
  | "FAILED";

/** A failed run, and refused or missed events, start a full run this long after the last one at the earliest. */
const HINTED_EVERY = HOUR;

/** Pure: why it should be compared with Stripe now; null: it need not be. */
export function decideDue(standing: Standing, now: Date): DueReason | null {
  const { connectedAt, disconnectedAt, last, lastEventAt, secretWrongAt, lastMissedAt } = standing;
  if (last?.status === "QUEUED" || last?.status === "RUNNING") return null;
  const since = last?.createdAt ?? connectedAt;
  const age = now.getTime() - since.getTime();
  if (age >= DAY) return "DAILY";
  if (disconnectedAt !== null && disconnectedAt > since) return "RECONNECTED";
  // Callers without a credential can bring about what follows, so it starts no run soon after another.
  if (last !== null && age < HINTED_EVERY) return null;
  const isHealed = secretWrongAt !== null && lastEventAt !== null && lastEventAt > secretWrongAt;
  if (isHealed && secretWrongAt > since) return "REJECTED";
  // One that broke off is begun again below, and not at once.
  if (last?.status !== "FAILED" && lastMissedAt !== null && lastMissedAt > since) return "MISSED";
  return last?.status === "FAILED" ? "FAILED" : null;
}
