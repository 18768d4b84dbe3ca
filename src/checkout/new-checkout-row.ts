import { createHash } from "node:crypto";
import { actorOf } from "../activities/record-activities";
import type { Identity } from "../graphql/context";
import { CheckoutSessionEntity } from "./checkout-session.entity";
import type { FoundSale } from "./find-sale";
import type { AskedCheckout } from "./read-checkout-input";

export interface NewCheckout {
  id: string;
  identity: Identity;
  asked: AskedCheckout;
  sale: FoundSale;
  /** Null: a guest whose address is somebody's. */
  userId: string | null;
  trialDays: number | null;
  now: Date;
}

/** The row of a checkout that is to be made. Two with the same hash are sold on the same terms. */
export function newCheckoutRow({ id, identity, asked, sale, userId, trialDays, now }: NewCheckout) {
  const { idempotencyKey: _, user: __, guest, priceId: ___, ...rest } = asked;
  const promotion = promotionCodesOf(asked, sale);
  const terms = { ...rest, product: sale.product.id, price: sale.price.id, trialDays, promotion };
  return Object.assign(new CheckoutSessionEntity(), {
    id,
    mode: identity.mode,
    connectionId: sale.connection.id,
    userId,
    isGuest: guest !== null,
    productId: sale.product.id,
    price: sale.price.id,
    quantity: asked.quantity,
    trialDays,
    inputHash: hashOf(JSON.stringify(Object.entries(terms).sort(([a], [b]) => (a < b ? -1 : 1)))),
    session: null,
    status: "MAKING",
    paymentStatus: "unpaid",
    tries: 0,
    claimedUntil: null,
    expiresAt: null,
    settledAt: null,
    createdBy: actorOf(identity).actorRef,
    createdAt: now,
  });
}

export function promotionCodesOf({ allowPromotionCodes }: AskedCheckout, { connection }: FoundSale): boolean {
  return allowPromotionCodes ?? connection.allowPromotionCodes;
}

function hashOf(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
