import type { ConnectionEntity } from "./connection.entity";
import { missingEventsOf } from "./needed-events";
import { PINNED_VERSION } from "./pinned-version";

export interface WebhookState {
  configured: boolean;
  missingEventTypes: string[];
  /** Null when the owner looks after the endpoint and none was found at our address. */
  apiVersionMatches: boolean | null;
}

/** Pure: what is known of a connection's endpoint without asking Stripe. */
export function readWebhookState(row: ConnectionEntity): WebhookState {
  const { status, webhookEndpoint, webhookSecretSealed, webhookEventTypes, webhookApiVersion } = row;
  const configured = webhookSecretSealed !== null && status !== "DISCONNECTED";
  const isUnknown = webhookEndpoint === null && webhookEventTypes.length === 0;
  if (!configured || isUnknown) return { configured, missingEventTypes: [], apiVersionMatches: null };
  return {
    configured,
    missingEventTypes: missingEventsOf(webhookEventTypes),
    apiVersionMatches: webhookApiVersion === PINNED_VERSION,
  };
}
