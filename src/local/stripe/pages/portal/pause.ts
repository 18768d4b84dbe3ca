import { callApi } from "../../call-api";
import { missing } from "../../refuse";
import { html } from "../html";
import { describeSubscription } from "./describe-subscription";
import { type Portal, type PortalAct, subscriptionOf } from "./portal";

export const pause: PortalAct = {
  feature: "subscription_pause",
  title: "Pause subscription",
  button: "Pause subscription",
  done: "Your subscription is paused.",
  ask: (portal) =>
    html`${described(portal)}
      <p>You will not be charged, and cannot use it, until you resume it.</p>`,
  does: (portal) => void callApi(portal.draft, "POST", `/v1/subscriptions/${idOf(portal)}/pause`),
};

export const unpause: PortalAct = {
  feature: "subscription_pause",
  title: "Resume subscription",
  button: "Resume subscription",
  done: "Your subscription goes on.",
  ask: (portal) =>
    html`${described(portal)}
      <p>A new period begins today.</p>`,
  does: (portal) => void callApi(portal.draft, "POST", `/v1/subscriptions/${idOf(portal)}/resume`),
};

function idOf(portal: Portal): string {
  const row = subscriptionOf(portal);
  if (!row) throw missing("subscription", "");
  return row.id;
}

function described(portal: Portal): ReturnType<typeof html> {
  const { name, price } = describeSubscription(portal.draft, portal.draft.get("subscription", idOf(portal)));
  return html`<p><strong>${name}</strong><br />${price}</p>`;
}
