import { setTimeout as pause } from "node:timers/promises";
import type Stripe from "stripe";
import type { Clock } from "../base/clock";
import { type AccountDeps, findInAccount } from "../connections/ask-account";
import type { ConnectionEntity } from "../connections/connection.entity";
import { lookAt } from "../projection/look-at";
import { applySighting } from "../projection/look-at-customer";
import type { CheckoutSessionEntity } from "./checkout-session.entity";
import { updateCheckout } from "./checkout-sessions.store";

type Parts = AccountDeps & { clock: Clock };

// Stripe makes the invoice of a purchase a moment after the payment; beyond that its event is waited for.
const LOOKS = 5;
const PAUSE_MS = 150;

/** A session as callers are told of it. */
export interface SeenSession {
  row: CheckoutSessionEntity;
  status: string;
  paymentStatus: string;
  /** Empty: there is nothing to pay any more. */
  url: string;
  expiresAt: Date;
}

/** The session as Stripe has it now, and what was bought by it: the way of the webhooks, for whoever is here first. */
export async function settleSession(
  deps: Parts,
  connection: ConnectionEntity,
  row: CheckoutSessionEntity,
): Promise<SeenSession> {
  const { session: id } = row;
  if (id === null) return asHeld(row);
  const found = await findInAccount(deps, connection, id, (stripe) => stripe.checkout.sessions.retrieve(id));
  if (!found) {
    await updateCheckout(deps.db, row.id, { status: "EXPIRED" });
    return asHeld({ ...row, status: "EXPIRED" });
  }
  const { status, payment_status: paymentStatus } = found;
  if (status === "open") return seen(row, found);
  const isApplied = status !== "complete" || (await applyPurchase(deps, connection, id));
  const isSettled = isApplied && paymentStatus !== "unpaid";
  const changes = {
    status: status === "complete" ? "COMPLETE" : "EXPIRED",
    paymentStatus,
    ...(isSettled ? { settledAt: deps.clock.now() } : {}),
  } as const;
  await updateCheckout(deps.db, row.id, changes);
  return seen({ ...row, ...changes }, found);
}

/** False: Stripe is not done with it, and the webhooks bring it. */
async function applyPurchase(deps: Parts, connection: ConnectionEntity, session: string): Promise<boolean> {
  for (let look = 1; ; look++) {
    const sighting = await lookAt(deps, connection, [{ kind: "SESSION", id: session }], { isPatient: true });
    if (!sighting.isUnfinished) {
      await applySighting(deps, sighting, "API");
      return true;
    }
    if (look === LOOKS) return false;
    await pause(PAUSE_MS);
  }
}

export function seen(row: CheckoutSessionEntity, session: Stripe.Checkout.Session): SeenSession {
  return {
    row,
    status: session.status ?? "open",
    paymentStatus: session.payment_status,
    url: session.url ?? "",
    expiresAt: new Date(session.expires_at * 1_000),
  };
}

const words: Record<CheckoutSessionEntity["status"], string> = {
  MAKING: "open",
  OPEN: "open",
  CLOSING: "expired",
  COMPLETE: "complete",
  EXPIRED: "expired",
};

/** As far as we know without asking. */
export function asHeld(row: CheckoutSessionEntity): SeenSession {
  const { status, paymentStatus, expiresAt, createdAt } = row;
  return { row, status: words[status], paymentStatus, url: "", expiresAt: expiresAt ?? createdAt };
}
