import type { Mode } from "../base/mode";
import { Failure, Refusal } from "../base/refusal";
import type { Config } from "../config/config";
import { openStripe } from "../stripe/open-stripe";
import type { ConnectionEntity } from "./connection.entity";
import { webhookUrlOf } from "./ensure-webhook-endpoint";
import { blameKey } from "./blame-key";
import { findAccount } from "./find-account";
import { getConnection } from "./find-connection";
import { findEndpointAt, isMadeByUs, listEndpoints, readEndpointState } from "./find-endpoint-at";
import { findMissingPermissions, refuseMissingPermissions } from "./find-missing-permissions";
import { readSecretKey, readWebhookSecretText } from "./read-secret-key";
import { rotateWebhookSecret } from "./rotate-webhook-secret";
import { sealOf } from "./seal-connection";
import { stripeOf } from "./stripe-of";
import { type WriteDeps, refuseDisconnected, writeConnection } from "./write-connection";

type Deps = WriteDeps & { config: Pick<Config, "sealingKeys" | "stripe" | "publicUrl"> };

export interface ConnectionChange {
  connection: string;
  secretKey?: string | null;
  webhookSecret?: string | null;
  previousWebhookSecret?: string | null;
  allowPromotionCodes?: boolean | null;
  exposePurchaseOptions?: boolean | null;
}

/** Another key of the same account, another secret of its endpoint, or other choices; what is not said stays. */
export async function updateStripeConnection(
  deps: Deps,
  mode: Mode,
  input: ConnectionChange,
): Promise<ConnectionEntity> {
  const connection = await getConnection(deps, mode, input.connection, "input.connection");
  refuseDisconnected(connection);
  const { allowPromotionCodes, exposePurchaseOptions } = input;
  const key = input.secretKey ? await readNewKey(deps, connection, input.secretKey) : null;
  const next = readSecret(input.webhookSecret, "input.webhookSecret");
  const previous = readSecret(input.previousWebhookSecret, "input.previousWebhookSecret");
  const endpoint = next === null ? {} : await findEndpointOfSecret(deps, connection, key);
  return writeConnection(deps, connection.id, (held, _, now) => ({
    ...endpoint,
    ...(key && keyChanges(sealOf(deps, held.id, "secret_key", key))),
    ...turnSecret(deps, held, { next, previous }, now),
    ...(typeof allowPromotionCodes === "boolean" && { allowPromotionCodes }),
    ...(typeof exposePurchaseOptions === "boolean" && { exposePurchaseOptions }),
  }));
}

/** Finds the endpoint that a new secret belongs to: the owner's endpoint at our address, else our own one. */
async function findEndpointOfSecret(
  deps: Deps,
  connection: ConnectionEntity,
  newKey: string | null,
): Promise<Partial<ConnectionEntity>> {
  const { apiBase } = deps.config.stripe;
  const stripe = newKey === null ? stripeOf(deps, connection) : openStripe({ secretKey: newKey, apiBase });
  const url = webhookUrlOf(deps.config, connection.id);
  try {
    const endpoints = await listEndpoints(stripe);
    const others = endpoints.filter((each) => !isMadeByUs(each));
    const ours = endpoints.find(({ id }) => id === connection.webhookEndpoint) ?? null;
    const theirs = findEndpointAt(others, url) ?? (ours ? null : findEndpointAt(endpoints, url));
    const webhookEndpoint = theirs ? null : (ours?.id ?? null);
    return { webhookEndpoint, ...readEndpointState(theirs ?? ours, url, deps.clock.now()) };
  } catch (error) {
    // The secret counts in any case. `testStripeConnection` looks again.
    if (error instanceof Failure) return {};
    throw error;
  }
}

function keyChanges(secretKeySealed: string): Partial<ConnectionEntity> {
  return { secretKeySealed, status: "CONNECTED", lastError: null, keyTrouble: null, missingPermissions: [] };
}

function turnSecret(
  deps: Deps,
  held: ConnectionEntity,
  { next, previous }: { next: string | null; previous: string | null },
  now: Date,
): Partial<ConnectionEntity> {
  if (next !== null) return rotateWebhookSecret(deps, held, { next, previous }, now);
  if (previous === null) return {};
  const { webhookSecretSealed: _, ...changes } = rotateWebhookSecret(deps, held, { next: previous, previous }, now);
  return changes;
}

async function readNewKey(deps: Deps, { account, mode }: ConnectionEntity, given: string): Promise<string> {
  const field = "input.secretKey";
  const { text, restricted } = readSecretKey(given, mode, field);
  const stripe = openStripe({ secretKey: text, apiBase: deps.config.stripe.apiBase });
  const found = await blameKey(field, () => findAccount(stripe));
  if (found.id !== account) {
    throw new Refusal("CONFLICT", {
      say: `That is a key of another account (${found.id}). \`connectStripe\` connects that account beside this one.`,
      field,
      details: { account: found.id },
    });
  }
  if (restricted) refuseMissingPermissions(await blameKey(field, () => findMissingPermissions(stripe)), field);
  return text;
}

function readSecret(given: string | null | undefined, field: string): string | null {
  return given ? readWebhookSecretText(given, field) : null;
}
