import Stripe from "stripe";
import { withoutSecrets } from "../base/log";
import { Refusal } from "../base/refusal";

/** The parameters by which Stripe names the id in the path of a request. */
const PATH_PARAMS: ReadonlySet<string> = new Set([
  "id",
  "charge",
  "configuration",
  "credit_note",
  "customer",
  "dispute",
  "intent",
  "invoice",
  "payment_intent",
  "price",
  "product",
  "refund",
  "schedule",
  "session",
  "subscription",
  "subscription_exposed_id",
  "webhook_endpoint",
]);

/**
 * Whether Stripe says that the object with this id is not there. A closed list: every other failure says nothing about it,
 * among them an unknown address (404 without a code), a missing object that a filter or a parameter names (400), and an
 * object of the other mode. The answer holds for the account that was asked: `findInAccount` checks which one that is.
 */
export function isGone(error: unknown, id: string): boolean {
  if (!(error instanceof Stripe.errors.StripeInvalidRequestError)) return false;
  const { statusCode, code, param, message } = error;
  if (statusCode !== 404 || code !== "resource_missing") return false;
  if (param !== undefined && !PATH_PARAMS.has(param)) return false;
  if (readOtherMode(error) !== null) return false;
  return message.includes(`'${id}'`) || message.endsWith(` ${id}`);
}

/** Whether Stripe let the key look for an object and has none. Enough for a probe of permissions, never for an end. */
export function isMissing(error: unknown): boolean {
  return error instanceof Stripe.errors.StripeInvalidRequestError && error.code === "resource_missing";
}

/** Stripe has no code of its own for this, only a sentence. */
const OTHER_MODE = /a similar object exists in (live|test) mode/i;

/** The mode in which Stripe has the object; null when it does not speak of another mode. */
export function readOtherMode(error: unknown): string | null {
  return error instanceof Error ? (OTHER_MODE.exec(error.message)?.[1]?.toLowerCase() ?? null) : null;
}

/** Whether Stripe does not answer, has trouble of its own, or limits us: the same request may go well later. */
export function isUnavailable(error: unknown): boolean {
  const { errors } = Stripe;
  if (error instanceof errors.StripeConnectionError || error instanceof errors.StripeRateLimitError) return true;
  if (!(error instanceof errors.StripeError)) return false;
  const { statusCode, code } = error;
  if (statusCode === 429 || statusCode === 409 || code === "lock_timeout" || code === "rate_limit") return true;
  return (statusCode ?? 0) >= 500 || error instanceof errors.StripeAPIError;
}

/**
 * Whether the idempotency key answers with this failure from now on: Stripe repeats its first answer for a day, a failure
 * too, whether or not the work was done.
 */
export function isSpent(error: unknown): boolean {
  const { errors } = Stripe;
  if (error instanceof errors.StripeIdempotencyError) return error.code !== "idempotency_key_in_use";
  if (!(error instanceof errors.StripeError)) return false;
  return (error.statusCode ?? 0) >= 500 && error.headers?.["idempotent-replayed"] === "true";
}

/** What Stripe found wrong with the request; null: it was not the request. */
export function readFault(error: unknown): { code: string; param: string; message: string } | null {
  if (!(error instanceof Stripe.errors.StripeInvalidRequestError)) return null;
  const { code = "", param = "", message } = error;
  return { code, param, message };
}

/** The permission that a restricted key lacks, as Stripe calls it; null when that is not what happened. */
export function readMissingPermission(error: unknown): string | null {
  if (!isForbidden(error)) return null;
  return /'?\b(rak_\w+)\b'?/.exec(error.message)?.[1] ?? "unknown";
}

function isForbidden(error: unknown): error is InstanceType<typeof Stripe.errors.StripeError> {
  return error instanceof Stripe.errors.StripeError && error.statusCode === 403;
}

/** What a failure of the client means for callers; what did not come from Stripe is left as it is. */
export function toFailure(error: unknown): unknown {
  if (!(error instanceof Stripe.errors.StripeError)) return error;
  const { code, param, type, statusCode, requestId } = error;
  const note = { stripeCode: code, stripeType: type, statusCode, stripeRequest: requestId };
  if (isUnavailable(error)) {
    const why = statusCode === 429 ? "Stripe limits us at the moment." : "Stripe does not answer at the moment.";
    return new Refusal("STRIPE_UNAVAILABLE", { say: `${why} Try again.`, note, cause: error });
  }
  if (error instanceof Stripe.errors.StripeAuthenticationError || statusCode === 401) {
    return new Refusal("STRIPE_KEY_INVALID", {
      say: "Stripe does not accept the secret key: it was mistyped, rolled or revoked. Copy it again from the Dashboard.",
      note,
      cause: error,
    });
  }
  const permission = readMissingPermission(error);
  if (permission !== null) {
    return new Refusal("STRIPE_REFUSED", {
      say: `The restricted key lacks a permission (${permission}). Add it to the key in the Dashboard.`,
      details: { missingPermission: permission },
      note,
      cause: error,
    });
  }
  return new Refusal("STRIPE_REFUSED", {
    say: `Stripe refused: ${withoutSecrets(error.message)}`,
    details: { ...(code && { stripeCode: code }), ...(param && { stripeParam: param }) },
    note,
    cause: error,
  });
}
