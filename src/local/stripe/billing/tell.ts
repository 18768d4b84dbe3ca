import type Stripe from "stripe";
import { type Draft, timeFor } from "../draft";
import type { Rendered } from "../stored";
import type { AnyRow } from "../tables";

/** Records an event about something that belongs to a customer, at the time that counts for this customer. */
export function tell(
  draft: Draft,
  type: Stripe.Event["type"],
  row: AnyRow & { customer: string | null },
  before?: Rendered,
): void {
  draft.emit(type, draft.render(row), { at: timeFor(draft, row.customer).at, ...(before ? { before } : {}) });
}
