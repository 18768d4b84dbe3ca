import type Stripe from "stripe";
import type { Mode } from "../base/mode";
import type { Config } from "../config/config";
import { findWebhookCounts } from "../stripe/webhook-counts.store";
import type { ConnectionEntity } from "./connection.entity";
import { type EnsuredEndpoint, ensureWebhookEndpoint, removeEndpoints, webhookUrlOf } from "./ensure-webhook-endpoint";
import { findEndpointAt, listEndpoints } from "./find-endpoint-at";
import { getConnection } from "./find-connection";
import { findTrouble } from "./find-trouble";
import { rotateWebhookSecret } from "./rotate-webhook-secret";
import { stripeOf } from "./stripe-of";
import { withFound } from "./test-stripe-connection";
import { type WriteDeps, refuseDisconnected, writeConnection } from "./write-connection";

type Deps = WriteDeps & { config: Pick<Config, "sealingKeys" | "stripe" | "publicUrl"> };

/**
 * Fixes what can be changed, and replaces an endpoint of ours where it cannot: deleted, of another version, of another
 * secret. An endpoint that the owner created is never replaced.
 */
export async function repairWebhookEndpoint(deps: Deps, mode: Mode, named: string): Promise<ConnectionEntity> {
  const connection = await getConnection(deps, mode, named);
  refuseDisconnected(connection);
  const stripe = stripeOf(deps, connection);
  const url = webhookUrlOf(deps.config, connection.id);
  const endpoint = await ensureWebhookEndpoint(stripe, {
    url,
    publicUrl: deps.config.publicUrl,
    known: await findKnown(stripe, connection, url),
    renew: await hasMismatch(deps, connection.id),
    isOwners: connection.webhookEndpoint === null,
    keepsOthers: true,
  });
  const mended = await write(deps, stripe, connection, endpoint);
  await removeEndpoints(stripe, endpoint.obsolete);
  const found = await findTrouble(deps, mended);
  return writeConnection(deps, mended.id, (held) => withFound(held, found));
}

/** The endpoint whose secret we hold: ours, or the one at our address that the owner created. */
async function findKnown(
  stripe: Stripe,
  { webhookEndpoint, webhookSecretSealed }: ConnectionEntity,
  url: string,
): Promise<string | null> {
  if (webhookSecretSealed === null) return null;
  return webhookEndpoint ?? findEndpointAt(await listEndpoints(stripe), url)?.id ?? null;
}

/** One refused event of Stripe's is enough where somebody asks for a repair: a new secret does no harm. */
async function hasMismatch(deps: Deps, connectionId: string): Promise<boolean> {
  const [counts] = await findWebhookCounts(deps.db, [connectionId]);
  return counts !== undefined && counts.mismatches > 0;
}

async function write(
  deps: Deps,
  stripe: Stripe,
  { id }: ConnectionEntity,
  { id: endpoint, secret, apiVersion, eventTypes }: EnsuredEndpoint,
): Promise<ConnectionEntity> {
  try {
    return await writeConnection(deps, id, (held, _, now) => ({
      ...(secret && rotateWebhookSecret(deps, held, { next: secret }, now)),
      // The owner keeps an endpoint that they created.
      webhookEndpoint: secret ? endpoint : held.webhookEndpoint,
      webhookApiVersion: apiVersion,
      webhookEventTypes: eventTypes,
      webhookCheckedAt: now,
    }));
  } catch (error) {
    await removeEndpoints(stripe, secret ? [endpoint] : []);
    throw error;
  }
}
