import type { Draft } from "../../draft";
import { isTable } from "../../kind";
import type { Rendered } from "../../stored";
import { readPath, textAt } from "./read-path";

/** What an old shape shows and the new one does not hold: found in the world, as it is now. */
export interface Lookup {
  object(table: string, id: string): Rendered | null;
  period(subscriptionId: string): { start: number; end: number } | null;
  paymentOf(invoiceId: string): { payment_intent: string | null; charge: string | null } | null;
  invoiceOf(payment: { intent: string | null; charge: string | null }): string | null;
  charges(paymentIntentId: string): Rendered[];
  refunds(chargeId: string): Rendered[];
}

export function lookUp(draft: Draft): Lookup {
  return {
    object,
    period: () => null,
    paymentOf: () => null,
    invoiceOf: () => null,
    charges: () => [],
    refunds: () => [],
  };
  function object(table: string, id: string): Rendered | null {
    return isTable(draft.kinds, table) ? draft.renderById(table, id) : null;
  }
}
(void readPath, textAt);
