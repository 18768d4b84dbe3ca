import { callApi } from "../../call-api";
import { attachPaymentMethod } from "../../payments/new-payment-method";
import { cardFields, readCard } from "../card-fields";
import type { PortalAct } from "./portal";

/** The new card pays from now on, also for the subscriptions that had one of their own. */
export const changeCard: PortalAct = {
  feature: "payment_method_update",
  title: "Change card",
  button: "Save card",
  done: "Your card has been saved.",
  ask: ({ visit }) => cardFields(visit.form),
  does: ({ draft, customer, visit }) => {
    const method = attachPaymentMethod(draft, readCard(draft, visit.form, customer.email), customer.id);
    callApi(draft, "POST", `/v1/customers/${customer.id}`, { "invoice_settings[default_payment_method]": method.id });
    for (const row of draft.rows("subscription", { customer: customer.id })) {
      if (row.default_payment_method === null || row.status === "canceled") continue;
      callApi(draft, "POST", `/v1/subscriptions/${row.id}`, { default_payment_method: method.id });
    }
  },
};
