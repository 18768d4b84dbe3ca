import type Stripe from "stripe";
import { Refusal } from "../base/refusal";
import { askAccount } from "../connections/ask-account";
import type { ConnectionEntity } from "../connections/connection.entity";
import type { Context } from "../graphql/context";
import { lookAt } from "../projection/look-at";
import { applySighting } from "../projection/look-at-customer";
import { isSpent, readFault } from "../stripe/read-error";
import { findUser, userNotFound } from "../users/users.store";
import type { CheckoutSessionEntity } from "./checkout-session.entity";
import { findClosing, releaseCheckout, updateCheckout } from "./checkout-sessions.store";
import { ensureCustomer } from "./ensure-customer";
import { makeOnce } from "./make-once";
import { CHECKOUT_METADATA, type SessionTerms, planSession } from "./plan-session";
import { isCustomerGone, readRefused } from "./read-refused";
import { type SeenSession, seen, settleSession } from "./settle-session";

export interface Wanted {
  connection: ConnectionEntity;
  terms: Omit<SessionTerms, "buyer">;
  guestEmail: string | null;
  isAgain: boolean;
  until: number;
}

/**
 * Opens the session in Stripe that was reserved, with the customer that it needs. What it takes the place of is closed
 * first; null: that was bought just now, and there is another answer. Whatever fails leaves it to whoever asks next.
 */
export async function makeSession(ctx: Context, wanted: Wanted): Promise<SeenSession | null> {
  const { connection, terms, guestEmail } = wanted;
  const { row } = terms;
  try {
    if (row.userId !== null && (await closeOthers(ctx, connection, row.userId))) {
      await releaseCheckout(ctx.db, row.id, { isSpent: false });
      return null;
    }
    const made = guestEmail === null ? await openForUser(ctx, wanted) : await open(ctx, wanted, { email: guestEmail });
    const changes = { session: made.id, status: "OPEN", expiresAt: new Date(made.expires_at * 1_000) } as const;
    await updateCheckout(ctx.db, row.id, { ...changes, claimedUntil: null });
    return seen({ ...row, ...changes }, made);
  } catch (error) {
    const cause = causeOf(error);
    await releaseCheckout(ctx.db, row.id, { isSpent: isSpent(cause) });
    const fault = readFault(cause);
    throw (fault && readRefused(fault)) ?? error;
  }
}

async function openForUser(ctx: Context, wanted: Wanted): Promise<Stripe.Checkout.Session> {
  const { connection, terms, until } = wanted;
  const user = await findUser(ctx.db, { id: terms.row.userId ?? "", externalId: null });
  if (!user) throw userNotFound("input.user");
  const customer = await ensureCustomer(ctx, connection, user, { until, field: "input.user" });
  try {
    return await open(ctx, wanted, { customer });
  } catch (error) {
    const fault = readFault(causeOf(error));
    if (!fault || !isCustomerGone(fault)) throw error;
    // They were deleted in Stripe, and we have not been told yet: looking at them ends the link.
    await applySighting(ctx, await lookAt(ctx, connection, [{ kind: "CUSTOMER", id: customer }]), "API");
    const next = await ensureCustomer(ctx, connection, user, { until, field: "input.user" });
    return open(ctx, wanted, { customer: next });
  }
}

function open(
  ctx: Context,
  { connection, terms, isAgain }: Wanted,
  buyer: SessionTerms["buyer"],
): Promise<Stripe.Checkout.Session> {
  const params = planSession({ ...terms, buyer });
  const { id, tries } = terms.row;
  const of = "customer" in buyer ? { customer: buyer.customer } : { customer_details: { email: buyer.email } };
  return askAccount(ctx, connection, (stripe) =>
    makeOnce({
      name: `session-${id}`,
      tries,
      isAgain,
      params,
      create: (options) => stripe.checkout.sessions.create(params, options),
      find: async () => {
        const { data } = await stripe.checkout.sessions.list({ ...of, status: "open", limit: 100 });
        return data.find((session) => session.metadata?.[CHECKOUT_METADATA] === id) ?? null;
      },
    }),
  );
}

/** True: somebody paid by one of them meanwhile. */
async function closeOthers(ctx: Context, connection: ConnectionEntity, userId: string): Promise<boolean> {
  let isBought = false;
  for (const row of await findClosing(ctx.db, userId, connection.id)) {
    if (await isBoughtInstead(ctx, connection, row)) isBought = true;
  }
  return isBought;
}

async function isBoughtInstead(
  ctx: Context,
  connection: ConnectionEntity,
  row: CheckoutSessionEntity,
): Promise<boolean> {
  const { session } = row;
  try {
    if (session !== null) await askAccount(ctx, connection, (stripe) => stripe.checkout.sessions.expire(session));
    await updateCheckout(ctx.db, row.id, { status: "EXPIRED" });
    return false;
  } catch (error) {
    if (!(error instanceof Refusal) || error.code === "STRIPE_UNAVAILABLE") throw error;
    const { status } = await settleSession(ctx, connection, row);
    if (status === "open") throw error;
    return status === "complete";
  }
}

function causeOf(error: unknown): unknown {
  return error instanceof Error ? error.cause : undefined;
}
