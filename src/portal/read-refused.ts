import type { ErrorCode } from "../base/error-codes";
import { Refusal } from "../base/refusal";

interface Meaning {
  code: ErrorCode;
  say: string;
  field?: string;
}

/** Pure: what Stripe's refusal of a portal session means for whoever asked for it; the same when we know no better. */
export function readRefused(error: unknown): unknown {
  if (!(error instanceof Refusal) || error.code !== "STRIPE_REFUSED") return error;
  const { stripeCode = "", stripeParam = "" } = error.details ?? {};
  const { stripeType = "" } = error.note;
  const meaning = meaningOf(String(stripeType), String(stripeCode), String(stripeParam), error.message);
  if (!meaning) return error;
  const { code, ...text } = meaning;
  return new Refusal(code, { ...text, note: error.note, cause: error });
}

function meaningOf(type: string, code: string, param: string, message: string): Meaning | null {
  if (type === "StripeIdempotencyError" || type === "idempotency_error") {
    const say = "This idempotency key was used before with other input.";
    return { code: "IDEMPOTENCY_MISMATCH", say, field: "input.idempotencyKey" };
  }
  const isGone = code === "resource_missing";
  if (param === "customer" && isGone) return { code: "NO_STRIPE_CUSTOMER", say: "The customer was deleted in Stripe." };
  if (param === "configuration" || /no configuration provided/i.test(message)) {
    const say = "The portal's configuration is gone in Stripe. `activateCustomerPortal` makes another one.";
    return { code: "PORTAL_NOT_CONFIGURED", say };
  }
  if (param === "locale")
    return { code: "INVALID_INPUT", say: "Stripe's portal does not speak this language.", field: "input.locale" };
  if (code === "url_invalid" || param === "return_url") {
    return { code: "URL_NOT_ALLOWED", say: "Stripe does not take this address.", field: "input.returnUrl" };
  }
  if (param === "flow_data[type]") {
    const say =
      "The portal's configuration does not offer this. `updatePortalSettings` switches it on; which plans may be changed into which is said in Stripe.";
    return { code: "PORTAL_DISABLED", say, field: "input.flow" };
  }
  if (!param.startsWith("flow_data")) return null;
  if (isGone) return { code: "NOT_FOUND", say: "The user has no such subscription.", field: "input.subscription" };
  return { code: "CONFLICT", say: message, field: "input.subscription" };
}
