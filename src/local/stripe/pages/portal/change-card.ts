import { callApi } from "../../call-api";
import { attachPaymentMethod } from "../../payments/new-payment-method";
import { cardFields } from "../card-fields";
import { readCard } from "../read-card";
import { hasEnded } from "./describe-subscription";
import type { PortalAct } from "./portal";

/** The new card pays from now on, also for the subscriptions that had one of their own. */
export const changeCard: PortalAct = {
  feature: "payment_method_update",
  title: "Change card",
  button: "Save card",
  done: "Your card has been saved.",
  ask: ({ visit, faults }) => cardFields({ typed: visit.form, faults }),
  does: ({ draft, customer, visit }) => {
    const method = attachPaymentMethod(draft, readCard(draft, visit.form, customer.email), customer.id);
    callApi(draft, "POST", `/v1/customers/${customer.id}`, { "invoice_settings[default_payment_method]": method.id });
    for (const row of draft.rows("subscription", { customer: customer.id })) {
      if (row.default_payment_method === null || hasEnded(row)) continue;
      callApi(draft, "POST", `/v1/subscriptions/${row.id}`, { default_payment_method: method.id });
    }
  },
};
