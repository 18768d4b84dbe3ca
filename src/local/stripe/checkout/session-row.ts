import type Stripe from "stripe";
import type { Draft } from "../draft";
import type { Rendered, Stored } from "../stored";

/**
 * open -> complete | expired. Complete with delayed money: payment_status goes from unpaid to paid when the bank says
 * yes, and stays unpaid when it says no.
 */
export type SessionRow = Stored<Stripe.Checkout.Session> & {
  ours: {
    lines: Line[];
    /** What the subscription, payment or setup is to be made with, when the buyer completes it. */
    subscriptionData: SubscriptionData | null;
    paymentData: PaymentData | null;
    /** In subscription mode too, where Stripe does not show it. */
    paymentIntent: string | null;
    /** The setup that a card which asks is waiting in. */
    setupIntent: string | null;
    /** What the buyer typed before a card asked. */
    typed: Typed | null;
    prefilledEmail: string | null;
  };
};

/** What is sold, with its amounts as they stand. A line may change as long as the session is open. */
export interface Line {
  id: string;
  price: string;
  /** The price was made for this line, and is inactive for everybody else. */
  inline: boolean;
  quantity: number | null;
  adjustable: { enabled: boolean; maximum: number | null; minimum: number | null } | null;
  description: string;
  metadata: Record<string, string>;
  currency: string;
  recurring: boolean;
  /** Per piece, when the buyer chose it. */
  customAmount: number | null;
  subtotal: number;
  discount: number;
}

export interface SubscriptionData {
  metadata: Record<string, string>;
  description: string | null;
  trialPeriodDays: number | null;
  trialEnd: number | null;
  missingPaymentMethod: "cancel" | "create_invoice" | "pause" | null;
  billingMode: "classic" | "flexible" | null;
}

export interface PaymentData {
  metadata: Record<string, string>;
  description: string | null;
  setupFutureUsage: "off_session" | "on_session" | null;
  captureMethod: "automatic" | "automatic_async" | "manual" | null;
  receiptEmail: string | null;
  statementDescriptor: string | null;
  shipping: NonNullable<Stored<Stripe.PaymentIntent>["shipping"]> | null;
}

export interface Typed {
  email: string;
  name: string | null;
  phone: string | null;
}

export function renderLine(draft: Draft, line: Line): Rendered {
  return {
    id: line.id,
    object: "item",
    adjustable_quantity: line.adjustable,
    amount_discount: line.discount,
    amount_subtotal: line.subtotal,
    amount_tax: 0,
    amount_total: line.subtotal - line.discount,
    currency: line.currency,
    description: line.description,
    metadata: line.metadata,
    price: draft.renderById("price", line.price),
    quantity: line.quantity,
  };
}
