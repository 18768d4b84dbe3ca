import type Stripe from "stripe";
import type { Dispute, Refund } from "../access/fact";
import type { Payment } from "./papers";
import { momentOf } from "./read-references";

/** What came of all payments of an order together. */
export interface Money {
  /** In the smallest unit of the currency. */
  amount: number;
  refunds: Refund[];
  disputes: Dispute[];
}

export function readPayments(payments: readonly Payment[]): Money {
  return {
    amount: payments.reduce((sum, payment) => sum + received(payment), 0),
    refunds: payments.flatMap(({ refunds }) => refunds.map(readRefund)),
    disputes: payments.flatMap(({ disputes }) => disputes.map(readDispute)),
  };
}

function received({ intent, charge }: Payment): number {
  if (charge?.status === "succeeded") return charge.amount_captured;
  return intent?.amount_received ?? 0;
}

function readRefund({ id, amount, status, created }: Stripe.Refund): Refund {
  // Very old refunds have no status: they were made at once.
  return { id, amount, status: status ?? "succeeded", createdAt: momentOf(created) };
}

export function readDispute({ id, status, created }: Stripe.Dispute): Dispute {
  return { id, status, createdAt: momentOf(created) };
}
