import Stripe from "stripe";
import { SECOND } from "../base/durations";
import { pacedTransport } from "./pace-requests";

export interface StripeAccess {
  secretKey: string;
  /** Another address than Stripe's own: the simulated Stripe. */
  apiBase: string | null;
  timeoutMs?: number;
}

// Tried twice, with a pause between: somebody who waits for the answer knows after ten seconds.
const TIMEOUT_MS = 4.5 * SECOND;

/** The official client, at the API version that its package pins. Retries are left to those who know what may wait. */
export function openStripe({ secretKey, apiBase, timeoutMs = TIMEOUT_MS }: StripeAccess): Stripe {
  return new Stripe(secretKey, {
    timeout: timeoutMs,
    maxNetworkRetries: 1,
    telemetry: false,
    httpClient: pacedTransport(),
    ...(apiBase === null ? {} : addressOf(apiBase)),
  });
}

function addressOf(apiBase: string): { host: string; port: number; protocol: "http" | "https" } {
  const { hostname, port, protocol } = new URL(apiBase);
  const isPlain = protocol === "http:";
  return { host: hostname, port: Number(port) || (isPlain ? 80 : 443), protocol: isPlain ? "http" : "https" };
}
