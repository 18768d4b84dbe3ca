import type Stripe from "stripe";
import {
  openSimulatedStripe,
  type SimulatedStripe,
  type SimulatedStripeOptions,
} from "../../src/local/stripe/simulated-stripe";
import { openReceiver, type Receiver } from "./receiver";
import { openClient } from "./simulator-kit";

const closing: (() => Promise<void>)[] = [];
const stillClock = { now: () => new Date("2026-11-02T10:00:00.000Z") };

export interface Whole {
  simulator: SimulatedStripe;
  stripe: Stripe;
}

/** The whole simulated Stripe, with pages and deliveries; the clock stands still until it is moved. */
export async function openWhole(options: SimulatedStripeOptions = {}): Promise<Whole> {
  const simulator = await openSimulatedStripe({ clock: stillClock, log: console.error, ...options });
  closing.push(() => simulator.close());
  return { simulator, stripe: openClient(simulator) };
}

/** A receiver that is registered for everything. */
export async function listen(
  { stripe }: Pick<Whole, "stripe">,
  more: Partial<Stripe.WebhookEndpointCreateParams> = {},
): Promise<{ receiver: Receiver; endpoint: Stripe.WebhookEndpoint; secret: string }> {
  const receiver = await openReceiver();
  closing.push(() => receiver.close());
  const endpoint = await stripe.webhookEndpoints.create({ url: receiver.url, enabled_events: ["*"], ...more });
  return { receiver, endpoint, secret: endpoint.secret ?? "" };
}

/** A receiver of an older version; the client's types know only the newer ones. */
export async function listenAt({ simulator }: Whole, version: string): Promise<{ receiver: Receiver; secret: string }> {
  const receiver = await openReceiver();
  closing.push(() => receiver.close());
  const endpoint = { url: receiver.url, api_version: version };
  const { secret } = await control<{ secret: string }>(simulator, "add-endpoint", endpoint);
  return { receiver, secret };
}

export async function closeWhole(): Promise<void> {
  await Promise.all(closing.splice(0).map((close) => close()));
}

/** The control room, as a program uses it. */
export async function control<T = Record<string, unknown>>(
  { url }: { url: string },
  name: string,
  body: object = {},
): Promise<T> {
  const headers = { "Content-Type": "application/json" };
  const response = await fetch(`${url}/_control/${name}`, { method: "POST", headers, body: JSON.stringify(body) });
  const answer: T = JSON.parse(await response.text());
  if (!response.ok) throw new Error(JSON.stringify(answer));
  return answer;
}
