import { DAY, HOUR, MINUTE, SECOND } from "../base/durations";
import type { Failure } from "../base/refusal";

const PAUSES = [2 * SECOND, 5 * SECOND, 30 * SECOND, 5 * MINUTE, 30 * MINUTE, 2 * HOUR, 6 * HOUR, DAY, DAY, DAY];
const HOPELESS = new Set(["CUSTOMER_NOT_FOUND", "STRIPE_PRODUCT_NOT_FOUND", "STRIPE_NOT_CONNECTED"]);

/** Pure: how long to wait before a failed write to Stripe is tried again, in milliseconds; null: it is given up. */
export function decidePushPause({ code, retryable }: Failure, attempts: number): number | null {
  const pause = HOPELESS.has(code) ? undefined : PAUSES[attempts];
  // Stripe's own trouble is waited for as long as it takes.
  const last = retryable ? PAUSES.at(-1) : undefined;
  return pause ?? last ?? null;
}
