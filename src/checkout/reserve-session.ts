import { MINUTE } from "../base/durations";
import type { Tx } from "../database/db";
import type { CheckoutSessionEntity } from "./checkout-session.entity";
import {
  claimCheckout,
  findInSlot,
  findOpenTrials,
  insertCheckout,
  lockCheckouts,
  updateCheckout,
} from "./checkout-sessions.store";

export type Reservation =
  /** It is ours to make. Again: somebody has tried before, and what came of it is not known. */
  | { what: "MAKE"; row: CheckoutSessionEntity; isAgain: boolean }
  /** There is one already, as was asked for. */
  | { what: "HELD"; row: CheckoutSessionEntity }
  /** Somebody is making one at this moment. */
  | { what: "WAIT" };

export interface Reserving {
  wanted: CheckoutSessionEntity;
  now: Date;
  /** One user may try so often only: of their open checkouts with a trial, one is left. */
  closesTrials: boolean;
  /** Counts the new one, and may refuse it. */
  count(): void;
}

// Longer than anybody waits for it, so that a crash is the only thing that lets it run out.
const CLAIMED_SECONDS = 20;
// Whoever is given one can fill it in before it expires.
const LEFT_MS_MIN = 10 * MINUTE;

/**
 * Says who makes the session: one request at a time for each user, price and slot. Whoever wants another one in the place
 * of an open one has it closed first.
 */
export async function reserveSession(tx: Tx, { wanted, now, closesTrials, count }: Reserving): Promise<Reservation> {
  await lockCheckouts(tx, wanted.isGuest ? wanted.id : (wanted.userId ?? wanted.id));
  const held = await findInSlot(tx, wanted);
  if (held?.isClaimed) return { what: "WAIT" };
  if (held) {
    const { row } = held;
    const isSame = row.inputHash === wanted.inputHash;
    const leftMs = (row.expiresAt ?? now).getTime() - now.getTime();
    const isOver = row.status === "OPEN" && leftMs < LEFT_MS_MIN;
    if (isSame && row.status === "MAKING") {
      await claimCheckout(tx, row.id, CLAIMED_SECONDS);
      return { what: "MAKE", row, isAgain: true };
    }
    // What an idempotency key has made stays what it stands for, whatever became of it.
    if (row.id === wanted.id || (isSame && !isOver)) return { what: "HELD", row };
    await updateCheckout(tx, row.id, { status: row.status === "OPEN" && leftMs > 0 ? "CLOSING" : "EXPIRED" });
  }
  count();
  if (closesTrials && wanted.userId !== null) {
    for (const other of await findOpenTrials(tx, wanted)) await updateCheckout(tx, other.id, { status: "CLOSING" });
  }
  await insertCheckout(tx, wanted);
  await claimCheckout(tx, wanted.id, CLAIMED_SECONDS);
  return { what: "MAKE", row: wanted, isAgain: false };
}
