import type { Draft } from "../draft";
import { changeSubscription } from "./change-subscription";
import { endSubscription } from "./end-subscription";
import { dropPending } from "./pending-update";
import { renewSubscription } from "./renew-subscription";
import { voidInvoice } from "./settle-invoice";
import { ENDED, type SubscriptionRow } from "./subscription-row";
import { tell } from "./tell";
import { tellUpcoming } from "./upcoming-invoice";

type Work = (draft: Draft, id: string) => void;

/** What happens to a subscription by itself, as time passes. Each looks again whether it still holds. */
export const subscriptionTimers: Record<string, Work> = {
  renew: renewSubscription,
  end: whileAlive((draft, row) => {
    endSubscription(draft, row.id, { reason: "cancellation_requested" });
  }),
  trialNotice: whileAlive((draft, row) => {
    if (row.status === "trialing") tell(draft, "customer.subscription.trial_will_end", row);
  }),
  upcoming: whileAlive((draft, row) => {
    tellUpcoming(draft, row);
  }),
  collect: whileAlive((draft, row) => {
    changeSubscription(draft, row.id, (current) => ({ ...current, pause_collection: null }));
  }),
  // Voiding the invoice is what ends a subscription that never began.
  expire: whileAlive((draft, row) => {
    if (row.status === "incomplete" && row.latest_invoice) voidInvoice(draft, row.latest_invoice);
  }),
  pending: whileAlive((draft, row) => {
    const invoice = row.ours.pending?.invoice;
    if (invoice && draft.find("invoice", invoice)?.status === "open") voidInvoice(draft, invoice);
    else dropPending(draft, row.id);
  }),
  resumption: whileAlive((draft, row) => {
    const invoice = row.ours.resumption;
    if (invoice && draft.find("invoice", invoice)?.status === "open") voidInvoice(draft, invoice);
  }),
};

function whileAlive(work: (draft: Draft, row: SubscriptionRow) => void): Work {
  return (draft, id) => {
    const row = draft.find("subscription", id);
    if (row && !ENDED.has(row.status)) work(draft, row);
  };
}
