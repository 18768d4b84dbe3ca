import { itemsOf } from "../../billing/subscription-row";
import { callApi } from "../../call-api";
import { invalid, missing } from "../../refuse";
import { html } from "../html";
import { money } from "../money";
import { rhythm } from "../say-time";
import { describeSubscription } from "./describe-subscription";
import { type Portal, type PortalAct, subscriptionOf } from "./portal";

/** To another price that the configuration lists. A subscription with several items cannot be changed here, as at Stripe. */
export const changePlan: PortalAct = {
  feature: "subscription_update",
  title: "Change plan",
  button: "Confirm",
  done: "Your plan has been changed.",
  ask: (portal) => {
    const { draft, session } = portal;
    const { item, row } = onlyItem(portal);
    const wanted = session.flow?.subscription_update_confirm?.items[0]?.price ?? item.price;
    const choices = pricesFor(portal).map((id) => {
      const price = draft.get("price", id);
      const name = draft.find("product", price.product)?.name ?? "";
      const often = price.recurring ? rhythm(price.recurring) : "";
      return html`<label class="choice"
        ><input type="radio" name="price" value="${id}" ${id === wanted ? "checked" : ""} />
        <span
          >${name}<br /><span class="soft">${money(price.unit_amount ?? 0, price.currency)} ${often}</span></span
        ></label
      >`;
    });
    const { name, price } = describeSubscription(draft, row);
    return html`<p class="soft">Now: ${name}, ${price}</p>
      <fieldset>
        <legend>New plan</legend>
        ${choices}
      </fieldset>`;
  },
  does: (portal) => {
    const { draft, features, session, visit } = portal;
    const { item, row } = onlyItem(portal);
    const price = visit.form.get("price") ?? "";
    if (!pricesFor(portal).includes(price)) throw invalid("This plan is not offered.", { param: "price" });
    const quantity = session.flow?.subscription_update_confirm?.items[0]?.quantity ?? item.quantity ?? 1;
    callApi(draft, "POST", `/v1/subscriptions/${row.id}`, {
      "items[0][id]": item.id,
      "items[0][price]": price,
      "items[0][quantity]": String(quantity),
      proration_behavior: features.subscription_update.proration_behavior,
    });
  },
};

function onlyItem(portal: Portal): {
  item: ReturnType<typeof itemsOf>[number];
  row: NonNullable<ReturnType<typeof subscriptionOf>>;
} {
  const row = subscriptionOf(portal);
  if (!row) throw missing("subscription", "");
  const [item, ...more] = itemsOf(portal.draft, row.id);
  if (!item || more.length > 0) throw invalid("A subscription with several products cannot be changed here.");
  return { item, row };
}

function pricesFor({ features }: Portal): string[] {
  const { default_allowed_updates: allowed, products } = features.subscription_update;
  return allowed.includes("price") ? (products ?? []).flatMap(({ prices }) => prices) : [];
}
