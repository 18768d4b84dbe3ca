import { type Draft, timeFor } from "../draft";
import { invalid } from "../refuse";
import type { Rendered } from "../stored";
import type { DiscountRow } from "./new-coupon";
import { redeemCoupon, type Wanted } from "./redeem-coupon";

/** The discount that a customer has as such: their invoices and subscriptions without one of their own have it too. */
export function findCustomerDiscount(draft: Draft, customer: string): DiscountRow | null {
  const { at } = timeFor(draft, customer);
  const rows = draft.rows("discount", { customer }).filter((row) => isOfCustomer(row) && (row.end ?? Infinity) > at);
  return rows.at(-1) ?? null;
}

function isOfCustomer(row: DiscountRow): boolean {
  const { checkout_session, invoice, invoice_item, subscription, subscription_item } = row;
  return [checkout_session, invoice, invoice_item, subscription, subscription_item].every((place) => !place);
}

/** The owner gives a customer a discount in the Dashboard; it takes the place of the one before. */
export function giveCustomerDiscount(draft: Draft, customer: string, wanted: Wanted): Rendered {
  const before = draft.render(draft.get("customer", customer, "customer"));
  const known = findCustomerDiscount(draft, customer);
  if (known) draft.put({ ...known, end: timeFor(draft, customer).at });
  redeemCoupon(draft, wanted, { customer });
  return tellCustomer(draft, customer, before);
}

/** Takes the discount off the customer. What was billed with it stays as it is. */
export function endCustomerDiscount(draft: Draft, customer: string): Rendered {
  const before = draft.render(draft.get("customer", customer));
  const row = findCustomerDiscount(draft, customer);
  if (!row) throw invalid(`No active discount for customer: ${customer}`, { code: "resource_missing" });
  const { at } = timeFor(draft, customer);
  const ended = draft.render(draft.put<DiscountRow>({ ...row, end: at }));
  draft.emit("customer.discount.deleted", ended, { at });
  tellCustomer(draft, customer, before);
  return { ...ended, deleted: true };
}

function tellCustomer(draft: Draft, customer: string, before: Rendered): Rendered {
  const after = draft.render(draft.get("customer", customer));
  draft.emit("customer.updated", after, { before, at: timeFor(draft, customer).at });
  return after;
}
