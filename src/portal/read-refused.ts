import { deactivatedText } from "../connections/deactivated-text";
import type { ErrorCode } from "../base/error-codes";
import { Refusal } from "../base/refusal";
import type { PortalFlow } from "./plan-flow";

interface Meaning {
  code: ErrorCode;
  say: string;
  field?: string;
}

/** What was asked for. */
interface Asked {
  flow: PortalFlow;
  configuration: string;
}

/** Pure: what Stripe's refusal of a portal session means for whoever asked for it; the same when we know no better. */
export function readRefused(error: unknown, asked: Asked): unknown {
  if (!(error instanceof Refusal) || error.code !== "STRIPE_REFUSED") return error;
  const { stripeCode = "", stripeParam = "" } = error.details ?? {};
  const { stripeType = "" } = error.note;
  const meaning = meaningOf(String(stripeType), String(stripeCode), String(stripeParam), error.message, asked);
  if (!meaning) return error;
  const { code, ...text } = meaning;
  return new Refusal(code, { ...text, note: error.note, cause: error });
}

function meaningOf(type: string, code: string, param: string, message: string, asked: Asked): Meaning | null {
  if (type === "StripeIdempotencyError" || type === "idempotency_error") {
    const say = "This idempotency key was used before with other input.";
    return { code: "IDEMPOTENCY_MISMATCH", say, field: "input.idempotencyKey" };
  }
  const isGone = code === "resource_missing";
  if (param === "customer" && isGone)
    return { code: "NO_STRIPE_CUSTOMER", say: "The customer was deleted in Stripe.", field: "input.user" };
  if (param === "configuration" || /no configuration provided/i.test(message)) {
    return { code: "PORTAL_NOT_CONFIGURED", say: deactivatedText(asked.configuration) };
  }
  if (param === "locale")
    return { code: "INVALID_INPUT", say: "Stripe's portal does not speak this language.", field: "input.locale" };
  if (code === "url_invalid" || param === "return_url") {
    return { code: "URL_NOT_ALLOWED", say: "Stripe does not take this address.", field: "input.returnUrl" };
  }
  if (param === "flow_data[type]") {
    const say = `The portal's configuration does not offer this. ${wayTo(asked)}`;
    return { code: "PORTAL_DISABLED", say, field: "input.flow" };
  }
  if (!param.startsWith("flow_data")) return null;
  if (isGone) return { code: "NOT_FOUND", say: "The user has no such subscription.", field: "input.subscription" };
  return { code: "CONFLICT", say: message, field: "input.subscription" };
}

/** How the flow is switched on. We have no setting for changes of plan: Stripe wants to know between which products. */
function wayTo({ flow, configuration }: Asked): string {
  if (flow === "SUBSCRIPTION_CANCEL") return "`updatePortalSettings` with `allowCancel: true` switches it on.";
  if (flow === "PAYMENT_METHOD_UPDATE") {
    return "`updatePortalSettings` with `allowPaymentMethodUpdate: true` switches it on.";
  }
  return (
    `Switch it on in Stripe: POST /v1/billing_portal/configurations/${configuration} with ` +
    "features[subscription_update][enabled]=true, features[subscription_update][default_allowed_updates][]=price and, " +
    "in features[subscription_update][products], the products and prices between which customers may change."
  );
}
