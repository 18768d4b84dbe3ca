import { openConnectionMemory } from "../connections/open-connection-memory";
import type { Deps } from "../graphql/context";
import type { Route } from "../http/route";
import { stripeWebhookRoute } from "../http/stripe-webhook";
import { openInbox } from "../stripe/open-inbox";
import { openWebhookCounter } from "../stripe/open-webhook-counter";
import { receiveEvent } from "../stripe/receive-event";

/** The door for Stripe's webhooks. `stored` is told after each commit. */
export function openReceipt(parts: Deps, stored?: () => void): { route: Route; close(): Promise<void> } {
  const memory = openConnectionMemory(parts);
  const counter = openWebhookCounter(parts);
  const inbox = openInbox({ db: parts.db, ...(stored && { stored }) });
  const deps = { inbox, counter, clock: parts.clock, log: parts.log };
  const route = stripeWebhookRoute({
    find: (publicId) => memory.find(publicId),
    receive: (connection, arrival) => receiveEvent(deps, connection, arrival),
  });
  return { route, close: () => counter.close() };
}
