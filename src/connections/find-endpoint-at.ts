import type Stripe from "stripe";
import { askStripe } from "../stripe/ask-stripe";
import type { ConnectionEntity } from "./connection.entity";

export const MADE_BY_US = { made_by: "latchkey" };

type EndpointState = Pick<ConnectionEntity, "webhookApiVersion" | "webhookEventTypes" | "webhookCheckedAt">;

/** Every webhook endpoint of the account, the newest first. */
export function listEndpoints(stripe: Stripe): Promise<Stripe.WebhookEndpoint[]> {
  return askStripe(() => stripe.webhookEndpoints.list({ limit: 100 }).autoPagingToArray({ limit: 1_000 }));
}

/** Pure: the endpoint at an address, an enabled one before a disabled one. The newest one, where there are several. */
export function findEndpointAt(
  endpoints: readonly Stripe.WebhookEndpoint[],
  url: string,
): Stripe.WebhookEndpoint | null {
  const here = endpoints.filter((each) => each.url === url);
  return here.find(({ status }) => status === "enabled") ?? here[0] ?? null;
}

export function isMadeByUs({ metadata }: Stripe.WebhookEndpoint): boolean {
  return metadata["made_by"] === MADE_BY_US.made_by;
}

/** Pure: what is kept of an endpoint. One that is disabled or has another address sends nothing. */
export function readEndpointState(endpoint: Stripe.WebhookEndpoint | null, url: string, at: Date): EndpointState {
  const sends = endpoint?.url === url && endpoint.status === "enabled";
  return {
    webhookApiVersion: endpoint?.api_version ?? null,
    webhookEventTypes: sends ? [...endpoint.enabled_events].sort() : [],
    webhookCheckedAt: at,
  };
}
