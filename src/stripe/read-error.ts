import Stripe from "stripe";
import { withoutSecrets } from "../base/log";
import { Refusal } from "../base/refusal";

/** Whether the object itself is not there (any more). A closed list: every other failure says nothing about it. */
export function isGone(error: unknown): boolean {
  if (!(error instanceof Stripe.errors.StripeInvalidRequestError)) return false;
  return error.code === "resource_missing" || (error.statusCode === 404 && error.code === undefined);
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
