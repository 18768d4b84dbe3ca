import type Stripe from "stripe";
import { type Draft, timeFor } from "../draft";
import type { Rendered } from "../stored";
import type { AnyRow, Tables } from "../tables";

/** Records an event about something that belongs to a customer, at the time that counts for this customer. */
export function tell(
  draft: Draft,
  type: Stripe.Event["type"],
  row: AnyRow & { customer: string | null },
  before?: Rendered,
  always = false,
): void {
  draft.emit(type, draft.render(row), { at: timeFor(draft, row.customer).at, always, ...(before ? { before } : {}) });
}

/** Writes a customer and tells of it, if anything that can be seen has changed. */
export function changeCustomer(draft: Draft, id: string, patch: Partial<Tables["customer"]>): void {
  const before = draft.render(draft.get("customer", id));
  const after = draft.render(draft.update("customer", id, patch));
  draft.emit("customer.updated", after, { before, at: timeFor(draft, id).at });
}
