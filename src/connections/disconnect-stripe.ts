import type Stripe from "stripe";
import { type ActivityLine, recordActivities } from "../activities/record-activities";
import type { Logger } from "../base/log";
import type { Mode } from "../base/mode";
import type { Config } from "../config/config";
import type { ConnectionEntity } from "./connection.entity";
import { removeEndpoints } from "./ensure-webhook-endpoint";
import { getConnection } from "./find-connection";
import { stripeOf } from "./stripe-of";
import { type WriteDeps, writeConnection } from "./write-connection";

type Deps = WriteDeps & { config: Pick<Config, "sealingKeys" | "stripe">; log: Logger };

/** Forgets the account's secrets. Its links, grants and history stay, and connecting it again revives them. */
export async function disconnectStripe(
  deps: Deps,
  mode: Mode,
  named: string,
  by: Pick<ActivityLine, "actor" | "actorRef" | "origin">,
): Promise<ConnectionEntity> {
  const connection = await getConnection(deps, mode, named);
  if (connection.status === "DISCONNECTED") return connection;
  const stripe = stripeOf(deps, connection);
  const { account, webhookEndpoint } = connection;
  const written = await writeConnection(deps, connection.id, async (_, tx, now) => {
    const message = `Stripe account ${account} was disconnected.`;
    const line = { ...by, mode, type: "STRIPE_DISCONNECTED", at: now, stripeObject: account, message } as const;
    await recordActivities(tx, now, [line]);
    return { ...forgotten, status: "DISCONNECTED", disconnectedAt: now };
  });
  await removeOurs(deps, stripe, webhookEndpoint);
  return written;
}

const forgotten = {
  lastError: null,
  keyTrouble: null,
  missingPermissions: [],
  secretKeySealed: null,
  webhookEndpoint: null,
  webhookSecretSealed: null,
  previousWebhookSecretSealed: null,
  previousWebhookSecretUntil: null,
  webhookApiVersion: null,
  webhookEventTypes: [],
  webhookCheckedAt: null,
  fromEnvironment: false,
} satisfies Partial<ConnectionEntity>;

/** The key may be revoked already, which is no reason to stay connected. */
async function removeOurs(deps: Deps, stripe: Stripe, endpoint: string | null): Promise<void> {
  if (endpoint === null) return;
  const failures = await removeEndpoints(stripe, [endpoint]);
  if (failures.length > 0) deps.log.warn({ err: failures[0], endpoint }, "a webhook endpoint could not be removed");
}
