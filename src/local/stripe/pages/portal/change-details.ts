import { callApi } from "../../call-api";
import { invalid } from "../../refuse";
import { textField } from "../field";
import { html } from "../html";
import type { PortalAct } from "./portal";

/** Name and e-mail, as far as the configuration lets them be changed. */
export const changeDetails: PortalAct = {
  feature: "customer_update",
  title: "Change details",
  button: "Save",
  done: "Your details have been saved.",
  ask: ({ customer, features, visit, faults }) => {
    const typed = new URLSearchParams({ full_name: customer.name ?? "", email: customer.email ?? "" });
    for (const [name, value] of visit.form) typed.set(name, value);
    const filled = { typed, faults };
    const { allowed_updates: allowed } = features.customer_update;
    return html`${allowed.includes("name") && textField("full_name", "Name", filled, { autocomplete: "name", required: false })}
    ${allowed.includes("email") && textField("email", "E-mail", filled, { autocomplete: "email", inputmode: "email" })}`;
  },
  does: ({ draft, customer, features, visit }) => {
    const { allowed_updates: allowed } = features.customer_update;
    const [name, email] = [visit.form.get("full_name"), visit.form.get("email")?.trim()];
    const form: Record<string, string> = {};
    if (allowed.includes("name") && name !== null) form["name"] = name;
    if (allowed.includes("email") && email !== undefined) form["email"] = email;
    if (form["email"] !== undefined && !/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(form["email"])) {
      throw invalid("Please enter a valid e-mail address.", { param: "email" });
    }
    callApi(draft, "POST", `/v1/customers/${customer.id}`, form);
  },
};
