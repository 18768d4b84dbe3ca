import { Refusal } from "../base/refusal";
import { priceInactive } from "./decide-sale";

/** What Stripe found wrong with the request. */
export interface Fault {
  code: string;
  param: string;
  message: string;
}

/** What Stripe's refusal of a session means for whoever asked for it; null: there is no better word than its own. */
export function readRefused({ code, param, message }: Fault): Refusal | null {
  if (code === "email_invalid" || param === "customer_email") {
    return new Refusal("EMAIL_INVALID", {
      say: "Stripe does not take this e-mail address. Stripe takes ASCII only: write an international domain as xn--….",
      field: "input.guest.email",
    });
  }
  if (code === "url_invalid") {
    const field = param === "cancel_url" ? "input.cancelUrl" : "input.successUrl";
    return new Refusal("URL_NOT_ALLOWED", { say: "Stripe does not take this address.", field });
  }
  const field = fieldOf(param);
  if (field !== null) return new Refusal("STRIPE_REFUSED", { say: `Stripe refused: ${message}`, field });
  if (/^line_items\b/.test(param) && /inactive|not active|archived/i.test(message))
    return priceInactive("input.priceId");
  if (/^line_items\b/.test(param) && code === "resource_missing") {
    return new Refusal("NO_PRICE", { say: "The price is not there any more in Stripe.", field: "input.priceId" });
  }
  if (/cannot combine currencies|currency/i.test(message) && param !== "currency" && /customer/i.test(message)) {
    const say = "In Stripe the customer pays in another currency, and cannot pay in two.";
    return new Refusal("STRIPE_REFUSED", { say, field: "input.priceId" });
  }
  return null;
}

/** The customer whom we know of was deleted in Stripe. */
export function isCustomerGone({ code, param }: Fault): boolean {
  return code === "resource_missing" && param === "customer";
}

/** The input that a parameter of Stripe's is made of; null: several, or none. */
function fieldOf(param: string): string | null {
  if (/^(?:metadata|subscription_data\[metadata\]|payment_intent_data\[metadata\])/.test(param))
    return "input.metadata";
  if (param === "locale") return "input.locale";
  if (/quantity\]?$/.test(param)) return "input.quantity";
  return /trial/.test(param) ? "input.trialDays" : null;
}
