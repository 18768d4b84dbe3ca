import { StripeRefusal } from "./refuse";

/** Requests per second, of each sort; the bucket holds one second's worth. Nothing set means no limit. */
export interface RateLimits {
  read?: number;
  write?: number;
}

interface Bucket {
  tokens: number;
  filledMs: number;
}

/** Token buckets in real time, as it is real load that they hold back. */
export class RateLimiter {
  limits: RateLimits = {};
  private readonly buckets: Record<"read" | "write", Bucket | null> = { read: null, write: null };

  constructor(private readonly nowMs: () => number) {}

  /** Refuses with 429. Stripe does not say when to come back, nor that the client should. */
  take(sort: "read" | "write"): void {
    const perSecond = this.limits[sort];
    if (perSecond === undefined) return;
    const now = this.nowMs();
    const bucket = this.buckets[sort] ?? { tokens: perSecond, filledMs: now };
    const tokens = Math.min(perSecond, bucket.tokens + ((now - bucket.filledMs) / 1000) * perSecond);
    this.buckets[sort] = { tokens: tokens >= 1 ? tokens - 1 : tokens, filledMs: now };
    if (tokens < 1) throw tooMany();
  }
}

export function tooMany(): StripeRefusal {
  const message =
    "Request rate limit exceeded. You can learn more about rate limits here https://stripe.com/docs/rate-limits.";
  return new StripeRefusal(429, { type: "invalid_request_error", code: "rate_limit", message }, false, {
    "Stripe-Rate-Limited-Reason": "global-rate",
  });
}

/** Another request holds the object for too long. */
export function lockTimeout(): StripeRefusal {
  const message =
    "This object cannot be accessed right now because another API request or Stripe process is currently accessing it. " +
    "If you see this error intermittently, retry the request.";
  return new StripeRefusal(429, { type: "invalid_request_error", code: "lock_timeout", message }, false, {
    "Stripe-Rate-Limited-Reason": "resource-specific",
  });
}
