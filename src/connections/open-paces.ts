import type { Mode } from "../base/mode";
import type { Config } from "../config/config";
import type { ConnectionEntity } from "./connection.entity";
import { type Pace, openPace } from "../stripe/pace-requests";

/** What Stripe allows an account in a second. */
const REQUESTS_PER_SECOND: Record<Mode, number> = { LIVE: 100, TEST: 25 };

/** The rest is for people who wait for an answer. */
const BACKGROUND_SHARE = 0.6;

export type PaceOf = (connection: Pick<ConnectionEntity, "id" | "mode">) => Pace;

/** One pace for each connection, shared by all long work of this process. */
export function openPaces(config: Pick<Config, "stripe">): PaceOf {
  const paces = new Map<string, Pace>();
  return ({ id, mode }) => {
    const known =
      paces.get(id) ?? openPace((config.stripe.requestsPerSecond ?? REQUESTS_PER_SECOND[mode]) * BACKGROUND_SHARE);
    paces.set(id, known);
    return known;
  };
}
