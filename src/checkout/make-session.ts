import type Stripe from "stripe";
import { askAccount } from "../connections/ask-account";
import type { ConnectionEntity } from "../connections/connection.entity";
import type { Context } from "../graphql/context";
import { lookAt } from "../projection/look-at";
import { applySighting } from "../projection/look-at-customer";
import { isSpent, readFault } from "../stripe/read-error";
import { findUser, userNotFound } from "../users/users.store";
import { keepMade, releaseCheckout, renewClaim } from "./checkout-sessions.store";
import { closeSession } from "./close-sessions";
import { ensureCustomer } from "./ensure-customer";
import { makeOnce } from "./make-once";
import { CHECKOUT_METADATA, type SessionTerms, planSession } from "./plan-session";
import { isCustomerGone, readRefused } from "./read-refused";
import { CLAIMED_SECONDS } from "./reserve-session";
import { type SeenSession, seen } from "./settle-session";

export interface Wanted {
  connection: ConnectionEntity;
  terms: Omit<SessionTerms, "buyer">;
  guestEmail: string | null;
  isAgain: boolean;
  until: number;
}

/**
 * Opens the session in Stripe that was reserved, with the customer that it needs. Null: another request has taken its place
 * meanwhile. Whatever fails leaves it to the next request.
 */
export async function makeSession(ctx: Context, wanted: Wanted): Promise<SeenSession | null> {
  const { connection, terms, guestEmail } = wanted;
  const { row } = terms;
  try {
    const made = guestEmail === null ? await openForUser(ctx, wanted) : await open(ctx, wanted, { email: guestEmail });
    if (!made) return null;
    const kept = await keepMade(ctx.db, row.id, { session: made.id, expiresAt: new Date(made.expires_at * 1_000) });
    if (kept?.status === "OPEN") return seen(kept, made);
    // It took longer than the claim: nobody may pay it any more.
    if (kept) await closeSession(ctx, connection, kept);
    return null;
  } catch (error) {
    const cause = causeOf(error);
    await releaseCheckout(ctx.db, row.id, { isSpent: isSpent(cause) });
    const fault = readFault(cause);
    throw (fault && readRefused(fault)) ?? error;
  }
}

async function openForUser(ctx: Context, wanted: Wanted): Promise<Stripe.Checkout.Session | null> {
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

/** Null: the claim ran out and another request has closed the row, so nothing is asked of Stripe. */
async function open(
  ctx: Context,
  { connection, terms, isAgain }: Wanted,
  buyer: SessionTerms["buyer"],
): Promise<Stripe.Checkout.Session | null> {
  const params = planSession({ ...terms, buyer });
  const { id, tries } = terms.row;
  if (!(await renewClaim(ctx.db, id, CLAIMED_SECONDS))) return null;
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

function causeOf(error: unknown): unknown {
  return error instanceof Error ? error.cause : undefined;
}
