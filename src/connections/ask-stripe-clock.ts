import { SECOND } from "../base/durations";
import type { Config } from "../config/config";
import { askStripe } from "../stripe/ask-stripe";
import type { ConnectionEntity } from "./connection.entity";
import { stripeOf } from "./stripe-of";

/** How far Stripe's clock is ahead of ours, to about a second; null: its answer has no date. */
export async function askStripeClock(
  deps: { config: Pick<Config, "sealingKeys" | "stripe"> },
  connection: ConnectionEntity,
): Promise<number | null> {
  const asked = Date.now();
  const { lastResponse } = await askStripe(() => stripeOf(deps, connection).accounts.retrieveCurrent());
  const date = Date.parse(lastResponse.headers["date"] ?? "");
  if (Number.isNaN(date)) return null;
  // It tells the second that had begun: on average half of one is gone.
  return date + SECOND / 2 - (asked + Date.now()) / 2;
}
