import type Stripe from "stripe";
import type { Stored } from "../stored";
import type { LineAgain } from "./line-params";
import type { Line, SubscriptionData } from "./session-row";

/** An address that sells. Each visit makes a session of its own. */
export type PaymentLinkRow = Stored<Stripe.PaymentLink> & {
  ours: { lines: Line[]; mode: "payment" | "subscription"; subscriptionData: SubscriptionData | null };
};

/** A line of a link, or of a session that expired, as a new session would be asked for it. */
export function asParam({ price, quantity, adjustable, metadata, inline }: Line): LineAgain {
  return {
    inline,
    price,
    quantity,
    metadata,
    ...(adjustable
      ? { adjustable_quantity: { enabled: true, maximum: adjustable.maximum, minimum: adjustable.minimum } }
      : {}),
  };
}
