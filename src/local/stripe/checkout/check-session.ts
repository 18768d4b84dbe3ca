import { type Draft, timeFor } from "../draft";
import { checkEmail } from "../check-email";
import { invalid, missingParam } from "../refuse";
import type { SessionParams } from "./session-params";

/** Refuses what Stripe refuses before anything is looked up: parameters that do not go together, and bad addresses. */
export function checkSession(draft: Draft, params: SessionParams): void {
  if (!params.mode) throw missingParam("mode");
  checkMode(params);
  checkTogether(params);
  checkAddresses(params);
  checkTimes(timeFor(draft, params.customer ?? null).at, params);
  checkEmail(params.customer_email, "customer_email");
  checkEmail(params.payment_intent_data?.receipt_email, "payment_intent_data[receipt_email]");
}

const ONLY_IN: [param: keyof SessionParams, modes: readonly string[]][] = [
  ["customer_creation", ["payment", "setup"]],
  ["invoice_creation", ["payment"]],
  ["line_items", ["payment", "subscription"]],
  ["payment_intent_data", ["payment"]],
  ["payment_method_collection", ["subscription"]],
  ["setup_intent_data", ["setup"]],
  ["submit_type", ["payment", "subscription"]],
  ["subscription_data", ["subscription"]],
];

function checkMode(params: SessionParams): void {
  const mode = params.mode ?? "";
  checkFits(params, mode);
  if (mode !== "setup" && !params.line_items?.length) throw missingParam("line_items");
  if (mode === "setup" && !params.currency && !params.allowed_payment_method_types) throw missingParam("currency");
}

/** For payment links as well: a setting of one mode is refused in another. */
export function checkFits(params: Partial<SessionParams>, mode: string): void {
  for (const [param, modes] of ONLY_IN) {
    if (params[param] === undefined || modes.includes(mode)) continue;
    throw invalid(`You can not pass \`${param}\` in \`${mode}\` mode.`, { param });
  }
}

const APART: [SessionParam, SessionParam][] = [
  ["customer", "customer_email"],
  ["customer", "customer_creation"],
  ["allow_promotion_codes", "discounts"],
];
type SessionParam = keyof SessionParams;

function checkTogether(params: SessionParams): void {
  for (const [one, other] of APART) {
    if (!params[one] || !params[other]) continue;
    throw invalid(`You may only specify one of these parameters: ${one}, ${other}.`, { param: one });
  }
  if ((params.discounts?.length ?? 0) > 1) {
    throw invalid("You may only specify one discount at a time.", { param: "discounts" });
  }
  if (params.customer_update && !params.customer) {
    throw invalid("`customer_update` can only be used with `customer`.", { param: "customer_update" });
  }
}

function checkAddresses(params: SessionParams): void {
  const hosted = (params.ui_mode ?? "hosted_page") === "hosted_page";
  const wanted = hosted ? "success_url" : "return_url";
  const unwanted = hosted ? (["return_url"] as const) : (["success_url", "cancel_url"] as const);
  for (const param of unwanted) {
    if (!params[param]) continue;
    throw invalid(`You can not pass \`${param}\` when \`ui_mode\` is ${params.ui_mode ?? "hosted_page"}.`, { param });
  }
  if (!params[wanted] && params.redirect_on_completion !== "never") throw missingParam(wanted);
  for (const param of ["success_url", "cancel_url", "return_url"] as const) checkUrl(params[param], param);
}

/** A copy is looked at; what is kept is what was sent, `{CHECKOUT_SESSION_ID}` and all. */
export function checkUrl(url: string | null | undefined, param: string): void {
  if (url === null || url === undefined) return;
  const plain = url.replaceAll("{CHECKOUT_SESSION_ID}", "cs");
  if (/^https?:\/\/[^/?#\s]+/i.test(plain) && URL.canParse(plain)) return;
  const code = "url_invalid";
  const message = "Not a valid URL: it must begin with an explicit scheme, https or http";
  throw invalid(message, { code, param });
}

const SHORTEST_S = 30 * 60;
const LONGEST_S = 24 * 3_600;
const TRIAL_LEAST_S = 48 * 3_600;

function checkTimes(now: number, { expires_at: end, subscription_data: data }: SessionParams): void {
  if (end && end < now + SHORTEST_S) {
    throw tooSoon("The `expires_at` timestamp must be at least 30 minutes from Checkout Session creation.");
  }
  if (end && end > now + LONGEST_S) {
    throw tooSoon("The `expires_at` timestamp must be less than 24 hours from Checkout Session creation.");
  }
  if (data?.trial_end && data.trial_period_days) {
    throw invalid("You may only specify one of these parameters: trial_end, trial_period_days.", {
      param: "subscription_data[trial_end]",
    });
  }
  if (data?.trial_end && data.trial_end < now + TRIAL_LEAST_S) {
    throw invalid("The `trial_end` date has to be at least 2 days in the future.", {
      param: "subscription_data[trial_end]",
    });
  }
}

function tooSoon(message: string): Error {
  return invalid(message, { param: "expires_at" });
}
