import type { Draft } from "../draft";
import type { Rendered } from "../stored";
import { pageInOrder } from "./page-in-order";

/** What `customer.subscriptions` holds when it is asked for: those that have not ended, the newest first. */
export function livingSubscriptions({ id: customer }: { id: string }, draft: Draft): Rendered {
  const living = draft.rows("subscription", { customer }).filter(({ status }) => status !== "canceled");
  return pageInOrder(draft, living.toReversed(), {}, `/v1/customers/${customer}/subscriptions`);
}
