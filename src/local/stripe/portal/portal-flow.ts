import type { Draft } from "../draft";
import type { PortalConfigurationRow } from "../objects/portal-configuration";
import type { PortalSessionRow } from "../objects/portal-session";
import { choice, integer, list, object, type ParamsOf, required, text } from "../params";
import { invalid, missing, missingParam } from "../refuse";
import { webAddress } from "../web-address";

const ofSubscription = { subscription: required(text()) };

/** A single task that the portal opens with, and where it leads afterwards. */
export const flowParams = object({
  after_completion: object({
    hosted_confirmation: object({ custom_message: text(500) }),
    redirect: object({ return_url: required(webAddress) }),
    type: required(choice("hosted_confirmation", "portal_homepage", "redirect")),
  }),
  subscription_cancel: object({
    ...ofSubscription,
    retention: object({
      coupon_offer: required(object({ coupon: required(text()) })),
      type: required(choice("coupon_offer")),
    }),
  }),
  subscription_pause: object(ofSubscription),
  subscription_update: object(ofSubscription),
  subscription_update_confirm: object({
    ...ofSubscription,
    discounts: list(object({ coupon: text(), promotion_code: text() }), 1),
    items: required(list(object({ id: required(text()), price: text(), quantity: integer({ min: 0 }) }), 1)),
  }),
  type: required(
    choice(
      "customer_update",
      "payment_method_update",
      "subscription_cancel",
      "subscription_pause",
      "subscription_update",
      "subscription_update_confirm",
    ),
  ),
});

type Given = NonNullable<ParamsOf<{ flow_data: typeof flowParams }>["flow_data"]>;
type Flow = NonNullable<PortalSessionRow["flow"]>;
type Feature = keyof PortalConfigurationRow["features"];

const FEATURE_OF: Record<Given["type"], Feature> = {
  customer_update: "customer_update",
  payment_method_update: "payment_method_update",
  subscription_cancel: "subscription_cancel",
  subscription_pause: "subscription_pause",
  subscription_update: "subscription_update",
  subscription_update_confirm: "subscription_update",
};

/** Refuses a flow that its configuration has turned off, or that is about somebody else's subscription. */
export function flowFor(
  draft: Draft,
  given: Given,
  { customer, configuration }: { customer: string; configuration: PortalConfigurationRow },
): Flow {
  const { type } = given;
  if (!configuration.features[FEATURE_OF[type]].enabled) {
    const message = `This subscription cannot be changed because the feature \`${FEATURE_OF[type]}\` in the portal configuration is disabled.`;
    throw invalid(message, { param: "flow_data[type]" });
  }
  if (type !== "customer_update" && type !== "payment_method_update")
    checkSubscription(draft, given[type], type, customer);
  return {
    after_completion: afterCompletion(given.after_completion),
    customer_update: type === "customer_update" ? {} : null,
    subscription_cancel: type === "subscription_cancel" ? cancelOf(given) : null,
    subscription_pause: type === "subscription_pause" ? (given.subscription_pause ?? null) : null,
    subscription_update: type === "subscription_update" ? (given.subscription_update ?? null) : null,
    subscription_update_confirm: type === "subscription_update_confirm" ? confirmOf(given) : null,
    type,
  };
}

function checkSubscription(
  draft: Draft,
  about: { subscription: string } | null | undefined,
  type: string,
  customer: string,
): void {
  const param = `flow_data[${type}][subscription]`;
  if (!about) throw missingParam(param);
  const row = draft.get("subscription", about.subscription, param);
  if (row.customer !== customer) throw missing("subscription", about.subscription, param);
  if (row.status === "canceled" || row.status === "incomplete_expired") {
    throw invalid("This subscription cannot be changed because it has ended.", { param });
  }
}

function cancelOf({ subscription_cancel: cancel }: Given): Flow["subscription_cancel"] {
  return cancel ? { retention: cancel.retention ?? null, subscription: cancel.subscription } : null;
}

function confirmOf({ subscription_update_confirm: confirm }: Given): Flow["subscription_update_confirm"] {
  if (!confirm) return null;
  const discounts = confirm.discounts?.map(({ coupon = null, promotion_code = null }) => ({ coupon, promotion_code }));
  const items = confirm.items.map(({ id, price, quantity }) => ({
    id,
    price: price ?? null,
    ...(quantity === undefined || quantity === null ? {} : { quantity }),
  }));
  return { discounts: discounts ?? null, items, subscription: confirm.subscription };
}

function afterCompletion(given: Given["after_completion"]): Flow["after_completion"] {
  const type = given?.type ?? "portal_homepage";
  if (type === "redirect" && !given?.redirect) throw missingParam("flow_data[after_completion][redirect]");
  return {
    hosted_confirmation:
      type === "hosted_confirmation" ? { custom_message: given?.hosted_confirmation?.custom_message ?? null } : null,
    redirect: type === "redirect" ? (given?.redirect ?? null) : null,
    type,
  };
}
