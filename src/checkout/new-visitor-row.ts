import { createHash } from "node:crypto";
import type Stripe from "stripe";
import { newUuid } from "../base/ids";
import type { Context } from "../graphql/context";
import { CheckoutSessionEntity } from "./checkout-session.entity";
import type { FoundSale } from "./find-sale";

interface VisitorCheckout {
  sale: FoundSale;
  session: Pick<Stripe.Checkout.Session, "id" | "expires_at">;
  trialDays: number | null;
}

/** The row of a checkout that the public address of a product opened. It belongs to nobody and is never reused. */
export function newVisitorRow(ctx: Pick<Context, "clock" | "identity">, { sale, session, trialDays }: VisitorCheckout) {
  const now = ctx.clock.now();
  return Object.assign(new CheckoutSessionEntity(), {
    id: newUuid(now),
    mode: ctx.identity.mode,
    connectionId: sale.connection.id,
    userId: null,
    isGuest: true,
    productId: sale.product.id,
    price: sale.price.id,
    quantity: 1,
    trialDays,
    inputHash: createHash("sha256").update(session.id).digest("hex"),
    session: session.id,
    status: "OPEN" as const,
    paymentStatus: "unpaid",
    tries: 0,
    claimedUntil: null,
    expiresAt: new Date(session.expires_at * 1_000),
    settledAt: null,
    createdBy: "purchase link",
    createdAt: now,
  });
}
