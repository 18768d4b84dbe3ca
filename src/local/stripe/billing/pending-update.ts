import type { Draft } from "../draft";
import { type ItemChange, changeItems } from "./change-items";
import { setTimers, tellChange } from "./change-subscription";
import type { SubscriptionItemRow, SubscriptionRow } from "./subscription-row";
import { tell } from "./tell";

/** A change that waits for the payment of its invoice. Nothing of it is in force before. */
export interface PendingChange {
  invoice: string;
  items: ItemChange[];
  /** The items as they will be. */
  shown: SubscriptionItemRow[];
}

export const PENDING_S = 23 * 3_600;

/** Paid: the change comes into force. The second event is only for a change that had to wait. */
export function applyPending(draft: Draft, id: string): SubscriptionRow {
  const row = draft.get("subscription", id);
  const before = draft.render(row);
  const waited = row.pending_update !== null;
  draft.put({ ...row, pending_update: null, ours: { ...row.ours, pending: null } });
  changeItems(draft, id, row.ours.pending?.items ?? []);
  draft.cancelTimer({ kind: "subscription", id, what: "pending" });
  const applied = draft.get("subscription", id);
  setTimers(draft, applied);
  if (waited) tell(draft, "customer.subscription.pending_update_applied", applied);
  return tellChange(draft, applied, before);
}

export function dropPending(draft: Draft, id: string): SubscriptionRow {
  const row = draft.get("subscription", id);
  const before = draft.render(row);
  const waited = row.pending_update !== null;
  const dropped = draft.put({ ...row, pending_update: null, ours: { ...row.ours, pending: null } });
  draft.cancelTimer({ kind: "subscription", id, what: "pending" });
  if (waited) tell(draft, "customer.subscription.pending_update_expired", dropped);
  return tellChange(draft, dropped, before);
}
