import type { Clock } from "../base/clock";
import type { Mode } from "../base/mode";
import type { Config } from "../config/config";
import { findConnected } from "../connections/connections.store";
import { readWebhookState } from "../connections/read-webhook-state";
import type { Reader } from "../database/db";
import { countInbox } from "../stripe/inbox.store";
import { findWebhookCounts } from "../stripe/webhook-counts.store";
import { type SetupStep, decideReady, decideSetupSteps } from "./decide-setup-steps";
import { findShopFacts } from "./setup-status.store";

/** How far the set-up is, from what we hold: Stripe is not asked. `testStripeConnection` brings it up to date. */
export async function setupStatus(
  deps: { db: Reader; clock: Clock; config: Pick<Config, "allowedUrls"> },
  mode: Mode,
): Promise<{ ready: boolean; steps: SetupStep[] }> {
  const connections = await findConnected(deps.db, mode);
  const ids = connections.map(({ id }) => id);
  const [counts, inbox, shop] = await Promise.all([
    findWebhookCounts(deps.db, ids),
    countInbox(deps.db, ids),
    findShopFacts(deps.db, mode),
  ]);
  const steps = decideSetupSteps({
    connections: connections.map((connection) => {
      const counted = counts.find(({ connectionId }) => connectionId === connection.id);
      const waiting = inbox.find(({ connectionId }) => connectionId === connection.id);
      return {
        ...readWebhookState(connection),
        connection,
        lastEventAt: counted?.lastEventAt ?? null,
        lastRejectedAt: counted?.lastRejectedAt ?? null,
        failed: waiting?.failed ?? 0,
        oldestPendingAt: waiting?.oldestPendingAt ?? null,
        isSelling: shop.sellingConnections.includes(connection.id),
      };
    }),
    hasProduct: shop.hasProduct,
    hasLink: shop.hasLink,
    hasAllowedUrls: deps.config.allowedUrls.length > 0,
    now: deps.clock.now(),
  });
  return { ready: decideReady(steps), steps };
}
