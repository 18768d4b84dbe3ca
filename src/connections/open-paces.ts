import { SECOND } from "../base/durations";
import type { Mode } from "../base/mode";
import type { Config } from "../config/config";
import type { Db } from "../database/db";
import { type Pace, openPace } from "../stripe/pace-requests";
import type { ConnectionEntity } from "./connection.entity";
import { takeTurns } from "./paces.store";

/** What Stripe allows an account in a second. */
const REQUESTS_PER_SECOND: Record<Mode, number> = { LIVE: 100, TEST: 25 };

/** The rest is for people who wait for an answer. */
const BACKGROUND_SHARE = 0.6;

export type PaceOf = (connection: Pick<ConnectionEntity, "id" | "mode">) => Pace;

interface PaceDeps {
  db: Db;
  config: { stripe: Pick<Config["stripe"], "requestsPerSecond"> };
}

/** One pace for each connection, which is one account in one mode. All replicas share it, by the database. */
export function openPaces({ db, config: { stripe } }: PaceDeps): PaceOf {
  const paces = new Map<string, Pace>();
  return ({ id, mode }) => {
    const known = paces.get(id);
    if (known) return known;
    const perSecond = (stripe.requestsPerSecond ?? REQUESTS_PER_SECOND[mode]) * BACKGROUND_SHARE;
    const opened = openPace(perSecond, (turns) => takeTurns(db, id, { turns, spacingMs: SECOND / perSecond }));
    paces.set(id, opened);
    return opened;
  };
}
