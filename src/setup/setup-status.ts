import { countUnclaimed } from "../access/unclaimed.store";
import type { Clock } from "../base/clock";
import type { Mode } from "../base/mode";
import type { Config } from "../config/config";
import { ConnectionEntity } from "../connections/connection.entity";
import { findConnected } from "../connections/connections.store";
import { readWebhookState } from "../connections/read-webhook-state";
import type { Reader } from "../database/db";
import { countInbox } from "../stripe/inbox.store";
import { isSecretWrong } from "../stripe/decide-secret-wrong";
import { findWebhookCounts } from "../stripe/webhook-counts.store";
import { type Setup, type SetupStep, decideReady, decideSetupSteps } from "./decide-setup-steps";
import { findShopFacts } from "./setup-status.store";

type Deps = { db: Reader; clock: Clock; config: Pick<Config, "allowedUrls" | "localMode"> };

/** How far the set-up is, from what we hold: Stripe is not asked. `testStripeConnection` brings it up to date. */
export async function setupStatus(deps: Deps, mode: Mode): Promise<{ ready: boolean; steps: SetupStep[] }> {
  const steps = decideSetupSteps(await readSetup(deps, mode));
  return { ready: decideReady(steps), steps };
}

/** @param seen what Stripe has just said of connections, by their ids, which then counts instead of what we hold. */
export async function readSetup(
  deps: Deps,
  mode: Mode,
  seen: ReadonlyMap<string, Partial<ConnectionEntity>> = new Map(),
): Promise<Setup> {
  const held = await findConnected(deps.db, mode);
  const connections = held.map((row) => Object.assign(new ConnectionEntity(), row, seen.get(row.id)));
  const ids = connections.map(({ id }) => id);
  const now = deps.clock.now();
  const [counts, inbox, shop, unclaimed] = await Promise.all([
    findWebhookCounts(deps.db, ids),
    countInbox(deps.db, ids),
    findShopFacts(deps.db, mode),
    countUnclaimed(deps.db, { mode, at: now }),
  ]);
  return {
    connections: connections.map((connection) => {
      const counted = counts.find(({ connectionId }) => connectionId === connection.id);
      const waiting = inbox.find(({ connectionId }) => connectionId === connection.id);
      return {
        ...readWebhookState(connection),
        connection,
        lastEventAt: counted?.lastEventAt ?? null,
        secretDoubtedAt: counted && isSecretWrong(counted) ? counted.lastMismatchAt : null,
        pending: waiting?.pending ?? 0,
        failed: waiting?.failed ?? 0,
        oldestPendingAt: waiting?.oldestPendingAt ?? null,
        isSelling: shop.sellingConnections.includes(connection.id),
      };
    }),
    hasProduct: shop.hasProduct,
    hasLink: shop.hasLink,
    inactiveLinks: shop.inactiveLinks,
    hasAllowedUrls: deps.config.localMode || deps.config.allowedUrls.length > 0,
    unclaimed,
    now,
  };
}
