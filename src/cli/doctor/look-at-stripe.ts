import type { Mode } from "../../base/mode";
import { Failure } from "../../base/refusal";
import type { ConnectionEntity } from "../../connections/connection.entity";
import { findConnected } from "../../connections/connections.store";
import { lookForTrouble } from "../../connections/find-trouble";
import { askStripeClock } from "../../connections/ask-stripe-clock";
import type { Clock } from "../../base/clock";
import type { Config } from "../../config/config";
import type { Db } from "../../database/db";

type Deps = { db: Db; clock: Clock; config: Config };

export interface StripeSeen {
  account: string;
  mode: Mode;
  /** Why Stripe did not answer; null: it did. */
  trouble: string | null;
  aheadMs: number | null;
  /** What Stripe says now of the connection. */
  now: Partial<ConnectionEntity>;
}

/** What Stripe says of every connection at this moment, by its id. Nothing is made there, and nothing is written here. */
export async function lookAtStripe(deps: Deps): Promise<Map<string, StripeSeen>> {
  const connections = await findConnected(deps.db);
  const seen = await Promise.all(connections.map((connection) => lookAtOne(deps, connection)));
  return new Map(connections.map(({ id }, index) => [id, seen[index] as StripeSeen]));
}

async function lookAtOne(deps: Deps, connection: ConnectionEntity): Promise<StripeSeen> {
  const { account, mode } = connection;
  try {
    const now = await lookForTrouble(deps, connection);
    const aheadMs = now.keyTrouble ? null : await askStripeClock(deps, connection);
    return { account, mode, trouble: null, aheadMs, now };
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return { account, mode, trouble: error.message, aheadMs: null, now: {} };
  }
}
