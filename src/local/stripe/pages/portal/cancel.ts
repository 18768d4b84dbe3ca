import { itemsOf } from "../../billing/subscription-row";
import { callApi } from "../../call-api";
import { missing } from "../../refuse";
import { html, type Html } from "../html";
import { day } from "../say-time";
import { describeSubscription, endOf } from "./describe-subscription";
import { type Portal, type PortalAct, subscriptionOf } from "./portal";

export const cancel: PortalAct = {
  feature: "subscription_cancel",
  title: "Cancel subscription",
  button: "Cancel subscription",
  danger: true,
  done: "Your subscription has been canceled.",
  ask: (portal) => {
    const { draft, features } = portal;
    const row = subscriptionOf(portal);
    if (!row) throw missing("subscription", "");
    const { name, price } = describeSubscription(draft, row);
    const end = endOf(itemsOf(draft, row.id));
    const now = features.subscription_cancel.mode === "immediately";
    return html`<p><strong>${name}</strong><br />${price}</p>
      <p>${now ? "It ends at once." : `It stays available until ${day(end)}, and is not renewed.`}</p>
      ${reasons(portal)}`;
  },
  does: (portal) => {
    const { draft, features, visit } = portal;
    const row = subscriptionOf(portal);
    if (!row) throw missing("subscription", "");
    const path = `/v1/subscriptions/${row.id}`;
    const why: Record<string, string> = {};
    const feedback = visit.form.get("feedback");
    if (feedback) why["cancellation_details[feedback]"] = feedback;
    const { mode, proration_behavior: proration } = features.subscription_cancel;
    if (mode === "immediately") {
      const prorate = String(proration !== "none");
      callApi(draft, "DELETE", path, { ...why, prorate, invoice_now: String(proration === "always_invoice") });
      return;
    }
    // In flexible billing the portal names the moment and leaves `cancel_at_period_end` alone; before it, the other way.
    const end = { cancel_at: String(endOf(itemsOf(draft, row.id))) };
    const flexible = row.billing_mode.type === "flexible";
    callApi(draft, "POST", path, { ...why, ...(flexible ? end : { cancel_at_period_end: "true" }) });
  },
};

export const resume: PortalAct = {
  feature: "subscription_cancel",
  title: "Keep subscription",
  button: "Keep subscription",
  done: "Your subscription goes on.",
  ask: (portal) => {
    const row = subscriptionOf(portal);
    if (!row) throw missing("subscription", "");
    const { name, price } = describeSubscription(portal.draft, row);
    return html`<p><strong>${name}</strong><br />${price}</p>
      <p>It will be renewed as before.</p>`;
  },
  does: (portal) => {
    const row = subscriptionOf(portal);
    if (!row) throw missing("subscription", "");
    const form: Record<string, string> = row.cancel_at_period_end
      ? { cancel_at_period_end: "false" }
      : { cancel_at: "" };
    callApi(portal.draft, "POST", `/v1/subscriptions/${row.id}`, form);
  },
};

const REASONS: Record<string, string> = {
  customer_service: "Customer service was less than expected",
  low_quality: "Quality was less than expected",
  missing_features: "Some features are missing",
  switched_service: "I’m switching to a different service",
  too_complex: "It’s too complex",
  too_expensive: "It’s too expensive",
  unused: "I don’t use it enough",
  other: "Other reason",
};

function reasons({ features }: Portal): Html | null {
  const { enabled, options } = features.subscription_cancel.cancellation_reason;
  if (!enabled || options.length === 0) return null;
  const choices = options.map((name) => html`<option value="${name}">${REASONS[name] ?? name}</option>`);
  return html`<div class="field">
    <label for="feedback">Why are you leaving? (optional)</label>
    <select id="feedback" name="feedback">
      <option value="">No answer</option>
      ${choices}
    </select>
  </div>`;
}
