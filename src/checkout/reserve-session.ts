import { MINUTE } from "../base/durations";
import { newUuid } from "../base/ids";
import type { Tx } from "../database/db";
import type { CheckoutSessionEntity } from "./checkout-session.entity";
import {
  claimCheckout,
  findHeld,
  findOpen,
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

// Longer than Stripe is waited for, so that a crash is the only thing that lets it run out.
export const CLAIMED_SECONDS = 20;
// A buyer who is given one can fill it in before it expires.
const LEFT_MS_MIN = 10 * MINUTE;

/**
 * Says who makes the session. A user has one open session for each product in a connection: the same terms get it again,
 * other terms have it closed first. Sessions of guests stand alone.
 */
export async function reserveSession(tx: Tx, reserving: Reserving): Promise<Reservation> {
  const { wanted, now, closesTrials, count } = reserving;
  await lockCheckouts(tx, wanted.isGuest ? wanted.id : (wanted.userId ?? wanted.id));
  const own = await findHeld(tx, wanted.id);
  const open = wanted.isGuest ? null : await findOpen(tx, wanted);
  const found = [own, open?.row.id === own?.row.id ? null : open].filter((each) => each !== null);
  if (found.some(({ isClaimed }) => isClaimed)) return { what: "WAIT" };
  for (const { row } of found) {
    if (row.status === "MAKING" && row.inputHash === wanted.inputHash) {
      await claimCheckout(tx, row.id, CLAIMED_SECONDS);
      return { what: "MAKE", row, isAgain: true };
    }
    // What an idempotency key has made stays what it stands for, whatever became of it.
    if (row.session !== null && (row === own?.row || isUsable(row, reserving))) return { what: "HELD", row };
  }
  for (const { row } of found) await updateCheckout(tx, row.id, { status: statusAfter(row, now) });
  count();
  if (closesTrials && wanted.userId !== null) {
    for (const other of await findOpenTrials(tx, wanted)) await updateCheckout(tx, other.id, { status: "CLOSING" });
  }
  const row = own ? Object.assign(wanted, { id: newUuid(now) }) : wanted;
  await insertCheckout(tx, row);
  await claimCheckout(tx, row.id, CLAIMED_SECONDS);
  return { what: "MAKE", row, isAgain: false };
}

function isUsable({ status, inputHash, expiresAt }: CheckoutSessionEntity, { wanted, now }: Reserving): boolean {
  const leftMs = (expiresAt ?? now).getTime() - now.getTime();
  return status === "OPEN" && inputHash === wanted.inputHash && leftMs >= LEFT_MS_MIN;
}

/** One whose making was not answered may be open in Stripe, so it is closed like one that is. */
function statusAfter({ status, expiresAt }: CheckoutSessionEntity, now: Date): CheckoutSessionEntity["status"] {
  if (status === "MAKING") return "CLOSING";
  if (status !== "OPEN") return status;
  return expiresAt !== null && expiresAt > now ? "CLOSING" : "EXPIRED";
}
