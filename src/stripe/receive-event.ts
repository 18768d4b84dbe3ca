import type { Clock } from "../base/clock";
import type { Logger } from "../base/log";
import type { Mode } from "../base/mode";
import { findMismatchedEvent } from "./find-mismatched-event";
import type { Inbox } from "./open-inbox";
import type { WebhookCounter } from "./open-webhook-counter";
import { type EventHint, readEvent } from "./read-event";
import { verifyEvent } from "./verify-event";

/** What has to be known of a connection to receive for it. */
export interface ReceivingConnection {
  id: string;
  account: string;
  mode: Mode;
  /** Those that are good now; two while one takes the other's place. */
  secrets: readonly string[];
}

export interface Arrival {
  body: Buffer;
  /** The header `Stripe-Signature`. */
  signature: string | undefined;
}

/** REJECTED: it does not come from Stripe. KEPT: it is committed. DROPPED: it is Stripe's, and no event. */
export type Receipt = "REJECTED" | "KEPT" | "DROPPED";

/** From the bytes to a committed row. What the event says is not acted on here, and hardly read. */
export async function receiveEvent(
  deps: { inbox: Inbox; counter: WebhookCounter; clock: Clock; log: Logger },
  connection: ReceivingConnection,
  { body, signature }: Arrival,
): Promise<Receipt> {
  const now = deps.clock.now();
  const verdict = verifyEvent({ body, header: signature, secrets: connection.secrets, now });
  if (verdict !== "GOOD") {
    // A body is read only as long as it can still tell something new.
    const isRead = verdict === "WRONG_SIGNATURE" && !deps.counter.hasEnough(connection.id);
    const eventId = isRead ? findMismatchedEvent(body, connection, now) : null;
    deps.counter.reject(connection.id, eventId, now);
    return "REJECTED";
  }
  deps.counter.count(connection.id, "EVENT", now);
  const hint = readEvent(body);
  if (!hint) {
    deps.log.warn({ connectionId: connection.id, bytes: body.length }, "a well signed body is no event");
    return "DROPPED";
  }
  const isStranger = isOfAnother(hint, connection);
  if (isStranger) deps.counter.count(connection.id, "STRANGER", now);
  const { id: eventId, happenedAt, livemode, account: _, ...said } = hint;
  const isKept = keepsBody(hint) && !isStranger;
  await deps.inbox.put({
    ...said,
    connectionId: connection.id,
    eventId,
    happenedAt: happenedAt ?? now,
    receivedAt: now,
    body: isKept ? body.toString("utf8") : null,
    state: isStranger || livemode === null ? "IGNORED" : "PENDING",
  });
  return "KEPT";
}

function isOfAnother({ livemode, account }: EventHint, connection: ReceivingConnection): boolean {
  if (account !== null && account !== connection.account) return true;
  return livemode !== null && livemode !== (connection.mode === "LIVE");
}

/** Only these are ever read again: when Stripe cannot be asked how a subscription is. */
function keepsBody({ shape, type }: EventHint): boolean {
  return shape === "SNAPSHOT" && type.startsWith("customer.subscription.");
}
