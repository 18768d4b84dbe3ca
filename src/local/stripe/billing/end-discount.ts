import type { Draft } from "../draft";
import { missing } from "../refuse";
import type { Rendered } from "../stored";
import { changeSubscription } from "./change-subscription";
import { tell } from "./tell";

/** Takes the discounts off a subscription. What was billed with them stays as it is. */
export function endDiscount(draft: Draft, subscription: string): Rendered {
  const { discounts } = draft.get("subscription", subscription);
  const [last] = discounts.toReversed();
  if (!last) throw missing("active discount for subscription", subscription);
  const rows = discounts.map((id) => draft.get("discount", id));
  changeSubscription(draft, subscription, (row) => ({ ...row, discounts: [] }));
  for (const row of rows) tell(draft, "customer.discount.deleted", row);
  return { ...draft.render(draft.get("discount", last)), deleted: true };
}
