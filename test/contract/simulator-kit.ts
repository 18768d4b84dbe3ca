import Stripe from "stripe";
import { type Simulator, type SimulatorOptions, startSimulator } from "../../src/local/stripe/start-simulator";

const running: Simulator[] = [];
const stillClock = { now: () => new Date("2026-11-02T10:00:00.000Z") };

/** A simulator of one test, on a free port, with a clock that stands still until it is moved. */
export async function openSimulator(options: SimulatorOptions = {}): Promise<{ simulator: Simulator; stripe: Stripe }> {
  const simulator = await startSimulator({ clock: stillClock, log: console.error, ...options });
  running.push(simulator);
  return { simulator, stripe: openClient(simulator) };
}

/** The official client, pointed at the simulator; everything else is as in production. */
export function openClient({ host, port }: Simulator, config: Stripe.StripeConfig = {}, key = "sk_test_kit"): Stripe {
  return new Stripe(key, { host, port, protocol: "http", maxNetworkRetries: 0, telemetry: false, ...config });
}

export async function closeSimulators(): Promise<void> {
  await Promise.all(running.splice(0).map((simulator) => simulator.close()));
}

/** A request without the client, to see what is on the wire. */
export async function ask(
  { url }: Simulator,
  method: string,
  path: string,
  more: { form?: string; headers?: Record<string, string>; key?: string } = {},
): Promise<{ status: number; headers: Headers; body: Wire }> {
  const response = await fetch(`${url}${path}`, {
    method,
    headers: {
      Authorization: `Bearer ${more.key ?? "sk_test_kit"}`,
      "Content-Type": "application/x-www-form-urlencoded",
      ...more.headers,
    },
    ...(more.form === undefined ? {} : { body: more.form }),
  });
  const body: Wire = JSON.parse(await response.text());
  return { status: response.status, headers: response.headers, body };
}

/** JSON as it came; tests look into it by path. */
export interface Wire {
  id?: string;
  object?: string;
  error?: { type: string; code?: string; param?: string; message: string };
  data?: Wire[];
  [field: string]: unknown;
}
