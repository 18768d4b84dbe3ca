import type Stripe from "stripe";
import type { Clock } from "../base/clock";
import { Failure } from "../base/refusal";
import type { Config } from "../config/config";
import { askStripe } from "../stripe/ask-stripe";
import { isGone } from "../stripe/read-error";
import type { ConnectionEntity } from "./connection.entity";
import { ensurePortal, findPortal, portalChanges } from "./ensure-portal";
import { webhookUrlOf } from "./ensure-webhook-endpoint";
import { findEndpointAt, isMadeByUs, listEndpoints, readEndpointState } from "./find-endpoint-at";
import { findAccount } from "./find-account";
import { adviceOn, findMissingPermissions } from "./find-missing-permissions";
import { missingEventsOf } from "./needed-events";
import { isRestricted } from "./read-secret-key";
import { stripeOf } from "./stripe-of";
import { unsealOf } from "./seal-connection";

type Deps = { clock: Clock; config: Pick<Config, "sealingKeys" | "stripe" | "publicUrl"> };

/**
 * What was found, as what is to be written about the connection: how it stands, and what is wrong in sentences. Of the
 * portal only what Stripe knows of; whether it is on is ours.
 */
export function findTrouble(deps: Deps, connection: ConnectionEntity): Promise<Partial<ConnectionEntity>> {
  return look(deps, connection, ensurePortal);
}

/** The same, and nothing is made in Stripe: for those who only look. */
export function lookForTrouble(deps: Deps, connection: ConnectionEntity): Promise<Partial<ConnectionEntity>> {
  return look(deps, connection, findPortal);
}

async function look(
  deps: Deps,
  connection: ConnectionEntity,
  portalOf: typeof ensurePortal,
): Promise<Partial<ConnectionEntity>> {
  const stripe = stripeOf(deps, connection);
  const { trouble: keyTrouble, ...key } = await findKeyTrouble(deps, stripe, connection);
  if (keyTrouble !== null) return { status: "ERROR", lastError: keyTrouble, keyTrouble };
  const { missingPermissions } = key;
  if (missingPermissions.length > 0) {
    return { status: "ERROR", lastError: adviceOn(missingPermissions), keyTrouble, missingPermissions };
  }
  const held = { configuration: connection.portalConfiguration, choices: connection.portal };
  const [webhook, portal] = await Promise.all([findWebhookTrouble(deps, stripe, connection), portalOf(stripe, held)]);
  const { trouble, ...known } = webhook;
  return {
    // Without a portal everything but the portal works.
    status: trouble === null ? "CONNECTED" : "ERROR",
    lastError: [trouble, portal.trouble].filter(Boolean).join(" ") || null,
    keyTrouble,
    ...key,
    ...portalChanges(portal, connection, deps.clock.now()),
    portal: portal.choices ?? {},
    ...known,
  };
}

async function findKeyTrouble(
  deps: Deps,
  stripe: Stripe,
  { id, secretKeySealed, accountName: known }: ConnectionEntity,
): Promise<{ trouble: string | null } & Pick<ConnectionEntity, "accountName" | "missingPermissions">> {
  try {
    const { name: accountName } = await findAccount(stripe);
    const text = secretKeySealed === null ? "" : unsealOf(deps, id, "secret_key", secretKeySealed);
    const missingPermissions = isRestricted(text) ? await findMissingPermissions(stripe) : [];
    return { trouble: null, accountName, missingPermissions };
  } catch (error) {
    if (!(error instanceof Failure) || error.retryable) throw error;
    return { trouble: error.message, accountName: known, missingPermissions: [] };
  }
}

type WebhookKnown = Pick<
  ConnectionEntity,
  "webhookEndpoint" | "webhookApiVersion" | "webhookEventTypes" | "webhookCheckedAt"
>;

async function findWebhookTrouble(
  deps: Deps,
  stripe: Stripe,
  connection: ConnectionEntity,
): Promise<{ trouble: string | null } & Partial<WebhookKnown>> {
  const { id, webhookEndpoint, webhookSecretSealed } = connection;
  if (webhookSecretSealed === null)
    return { trouble: "There is no webhook endpoint. `repairWebhookEndpoint` makes one." };
  const now = deps.clock.now();
  const url = webhookUrlOf(deps.config, id);
  const ours = webhookEndpoint === null ? null : await retrieve(stripe, webhookEndpoint);
  // The owner may have put an endpoint of their own, with its secret, in the place of ours.
  const theirs = ours ? null : await findTheirs(stripe, { url, isReplaced: webhookEndpoint !== null });
  const endpoint = ours ?? theirs;
  const troubles = endpoint ? troublesOf(endpoint, url) : [missingText(webhookEndpoint, url)];
  return {
    trouble: troubles.length > 0 ? `${troubles.join(" ")} \`repairWebhookEndpoint\` mends it.` : null,
    ...(theirs && { webhookEndpoint: null }),
    ...readEndpointState(endpoint, url, now),
  };
}

/** The endpoint at our address that the owner created. Beside one of ours that was deleted, others of ours are leftovers. */
async function findTheirs(
  stripe: Stripe,
  { url, isReplaced }: { url: string; isReplaced: boolean },
): Promise<Stripe.WebhookEndpoint | null> {
  const endpoints = await listEndpoints(stripe);
  const candidates = isReplaced ? endpoints.filter((each) => !isMadeByUs(each)) : endpoints;
  return findEndpointAt(candidates, url);
}

function missingText(webhookEndpoint: string | null, url: string): string {
  if (webhookEndpoint !== null) return "The webhook endpoint was deleted in Stripe.";
  return `No webhook endpoint of the account has our address, ${url}.`;
}

async function retrieve(stripe: Stripe, id: string): Promise<Stripe.WebhookEndpoint | null> {
  return askStripe(() =>
    stripe.webhookEndpoints.retrieve(id).catch((error: unknown) => {
      if (isGone(error, id)) return null;
      throw error;
    }),
  );
}

// Another version is no trouble: its events are read for their ids, and count. `setupStatus` advises to renew the endpoint.
function troublesOf(endpoint: Stripe.WebhookEndpoint, url: string): string[] {
  const troubles: string[] = [];
  const missing = missingEventsOf(endpoint.enabled_events);
  if (endpoint.status !== "enabled") troubles.push("The webhook endpoint is disabled.");
  if (endpoint.url !== url) troubles.push("The webhook endpoint has another address than ours.");
  if (missing.length > 0) troubles.push(`The webhook endpoint is not subscribed to ${missing.join(", ")}.`);
  return troubles;
}
