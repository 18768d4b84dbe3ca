/** A customer in Stripe, as it was when it was last looked at. */
export interface CustomerSnapshot {
  connectionId: string;
  customer: string;
  /** As Stripe has it. A buyer typed it, and nobody has verified it. */
  email: string | null;
  name: string | null;
  deleted: boolean;
  /** A number drawn before Stripe was asked. */
  observation: bigint;
  observedAt: Date;
}

/** Which customer: the same id could exist in two accounts. */
export interface CustomerKey {
  connectionId: string;
  customer: string;
}

/** One name for one customer: a key of maps, and what takes turns for it. */
export function customerName({ connectionId, customer }: CustomerKey): string {
  return `${connectionId} ${customer}`;
}
