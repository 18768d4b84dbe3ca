import type { Mode } from "../base/mode";

/**
 * What one thing in Stripe means for access: a subscription, or an order that was paid once. It says what Stripe says and
 * judges nothing: the policy, the links and the clock are applied by `plan-grants.ts`, again whenever one of them changes.
 * A higher observation replaces a lower one, whole, except for what Stripe itself forgets (`keep-known.ts`).
 *
 * It is kept as JSON: fields that end in `At` are moments.
 */
export interface SourceFacts {
  connectionId: string;
  mode: Mode;
  /** `sub_…`; of an order the invoice, else the payment, else the checkout session. */
  source: string;
  /** Null for guests, who have no customer in Stripe. */
  customer: string | null;
  /** As Stripe has them. An address that a buyer typed proves nothing. */
  buyer: { email: string | null; name: string | null };
  /** The checkout sessions that it came from; our own record of one says whose it is. */
  sessions: readonly string[];
  /** Somebody marked it in Stripe: it gives no access. */
  ignored: boolean;
  /** When it was bought, by Stripe's clock. */
  boughtAt: Date;
  state: SubscriptionState | OrderState;
  /** One for each item of a subscription and each line of an order, all of them. */
  items: readonly Fact[];
  /** A number drawn before Stripe was asked. */
  observation: bigint;
  observedAt: Date;
}

/** This customer holds this price. */
export interface Fact {
  /** `si_…`; of an order the price, for the same line has several names in Stripe. */
  item: string;
  stripeProduct: string;
  price: string;
  quantity: number;
  /** Since when the item is held at this price. */
  sinceAt: Date;
  /** Until when the item is paid for; null for orders. */
  periodEndsAt: Date | null;
  /** Its line of the order was credited in full. Never true for a subscription. */
  credited: boolean;
  /** When the credit note was made that completed it. Absent in facts of older versions, and where nothing was credited. */
  creditedAt?: Date;
  /**
   * The cost of the line of an order, or of one period of a subscription's item by its price, in the smallest unit of the
   * currency. Null where the price does not say. Absent in facts of older versions.
   */
  amount?: number | null;
  currency?: string;
}

export interface SubscriptionState {
  kind: "SUBSCRIPTION";
  /** As Stripe writes it. The list is open: a word that nobody knows gives nothing. */
  status: string;
  trialEndsAt: Date | null;
  /** The end that was scheduled by `cancel_at`. */
  cancelAt: Date | null;
  cancelAtPeriodEnd: boolean;
  /** When the cancellation was asked for. */
  canceledAt: Date | null;
  /** When it was over. */
  endedAt: Date | null;
  cancellation: { reason: string | null; feedback: string | null };
  /** Invoices are not collected for the time being. */
  collectionPaused: boolean;
  /** Its invoices that were not paid in time. They are kept until one is paid, also while the status is another. */
  unpaid: UnpaidRun | null;
  latestInvoice: LatestInvoice | null;
  /** Those of the payment of its latest paid invoice. */
  disputes: readonly Dispute[];
  /** Its times are those of a test clock, not ours. */
  onTestClock: boolean;
  /** What is scheduled and not in force: it gives nothing yet. */
  comingChange: { startsAt: Date | null; prices: readonly string[] } | null;
}

export interface LatestInvoice {
  id: string;
  billingReason: string | null;
  paidAt: Date | null;
  /** There was something to pay. Absent in facts of older versions. */
  isAboveZero?: boolean;
}

/** Invoices of one subscription that were not paid, since an invoice above zero was last paid. It has one grace. */
export interface UnpaidRun {
  /** The earliest failure: the grace is counted from here. */
  sinceAt: Date;
  /** When an invoice above zero was last paid. It names the run: a payment ends it. */
  paidAt: Date | null;
  /** Oldest first, those that were voided since among them. */
  invoices: readonly { id: string; failedAt: Date }[];
}

export interface OrderState {
  kind: "ORDER";
  payment: "PAID" | "PENDING" | "FAILED";
  paidAt: Date | null;
  failedAt: Date | null;
  /** In the smallest unit of the currency. */
  amount: number;
  refunds: readonly Refund[];
  disputes: readonly Dispute[];
}

export interface Refund {
  id: string;
  amount: number;
  /** As Stripe writes it; only `succeeded` has moved money. */
  status: string;
  createdAt: Date;
}

export interface Dispute {
  id: string;
  /** As Stripe writes it. */
  status: string;
  createdAt: Date;
}
