import type Stripe from "stripe";
import { toPublicId } from "../base/ids";
import { askStripe } from "../stripe/ask-stripe";
import { isGone } from "../stripe/read-error";
import { isMadeByUs, listEndpoints, MADE_BY_US } from "./find-endpoint-at";
import { missingEventsOf, subscribedEvents } from "./needed-events";
import { PINNED_VERSION } from "./pinned-version";

/** What we know of the endpoint afterwards. */
export interface EnsuredEndpoint {
  id: string;
  /** Set when the endpoint is new: Stripe shows the secret this once. */
  secret: string | null;
  apiVersion: string | null;
  eventTypes: string[];
  /** Others at our address, whose secret nobody knows: they are to go once the new one is written down. */
  obsolete: string[];
}

export interface EndpointWish {
  url: string;
  /** The origin under which all our endpoints are. */
  publicUrl: string;
  /** The endpoint whose secret we hold. */
  known: string | null;
  /** A new one with a new secret, even when the known one is good. */
  renew?: boolean;
  /** The owner created the known one: it is never replaced, and keeps its version and secret. */
  isOwners?: boolean;
  /** Endpoints at our address that we did not create stay. */
  keepsOthers?: boolean;
}

const PATH = "/stripe/webhook/";

export function webhookUrlOf(config: { publicUrl: string }, connectionId: string): string {
  return `${config.publicUrl}${PATH}${toPublicId("connection", connectionId)}`;
}

/** An endpoint that is enabled, at our address, and subscribed to what we need. One of ours is at the pinned version. */
export async function ensureWebhookEndpoint(stripe: Stripe, wish: EndpointWish): Promise<EnsuredEndpoint> {
  const here = await findHere(stripe, wish);
  const held = here.find(({ id }) => id === wish.known);
  const leftovers = here.filter((each) => each === held || !wish.keepsOthers || isMadeByUs(each));
  const others = (kept: string) => leftovers.map(({ id }) => id).filter((id) => id !== kept);
  const known = wish.renew && !wish.isOwners ? undefined : held;
  // The version of an endpoint cannot be changed.
  if (known && (wish.isOwners || known.api_version === PINNED_VERSION)) {
    const mended = isAsWished(known, wish) ? known : await mend(stripe, known, wish);
    return { ...describe(mended), secret: null, obsolete: others(known.id) };
  }
  const made = await create(stripe, wish);
  return { ...describe(made), secret: made.secret ?? null, obsolete: others(made.id) };
}

/**
 * An account has one connection in a mode, so whatever else stands under our address is a leftover of ours. The known one
 * may stand under an address that we had before.
 */
async function findHere(stripe: Stripe, { publicUrl, known }: EndpointWish): Promise<Stripe.WebhookEndpoint[]> {
  const all = await listEndpoints(stripe);
  return all.filter(({ id, url }) => id === known || url.startsWith(`${publicUrl}${PATH}`));
}

export function isAsWished(endpoint: Stripe.WebhookEndpoint, { url }: Pick<EndpointWish, "url">): boolean {
  const { status, enabled_events: events } = endpoint;
  return endpoint.url === url && status === "enabled" && missingEventsOf(events).length === 0;
}

function mend(stripe: Stripe, { id }: Stripe.WebhookEndpoint, { url }: EndpointWish): Promise<Stripe.WebhookEndpoint> {
  const changes = { url, disabled: false, enabled_events: [...subscribedEvents] };
  return askStripe(() => stripe.webhookEndpoints.update(id, changes));
}

function create(stripe: Stripe, { url }: EndpointWish): Promise<Stripe.WebhookEndpoint> {
  const wanted: Stripe.WebhookEndpointCreateParams = {
    url,
    api_version: PINNED_VERSION,
    enabled_events: [...subscribedEvents],
    description: "Latchkey: access to products",
    metadata: MADE_BY_US,
  };
  return askStripe(() => stripe.webhookEndpoints.create(wanted));
}

function describe({ id, api_version: apiVersion, enabled_events: eventTypes }: Stripe.WebhookEndpoint) {
  return { id, apiVersion, eventTypes: [...eventTypes].sort() };
}

/** As far as it goes: one that stays is found and removed the next time. Answers what went wrong. */
export async function removeEndpoints(stripe: Stripe, ids: readonly string[]): Promise<unknown[]> {
  const done = await Promise.allSettled(ids.map((id) => stripe.webhookEndpoints.del(id)));
  const failures = done.map((one, at) => {
    const reason = one.status === "rejected" ? (one.reason as unknown) : null;
    return isGone(reason, ids[at] ?? "") ? null : reason;
  });
  return failures.filter((failure) => failure !== null);
}
