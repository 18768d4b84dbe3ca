import type { Config } from "./config";
import { isLoopback } from "./read-value";

/** What is allowed but perhaps not meant. Written to the log once, at start. */
export function readNotes(config: Config): string[] {
  const notes: string[] = [];
  if (config.localMode) return notes;
  const publicUrl = new URL(config.publicUrl);
  if (isLoopback(publicUrl.hostname)) {
    notes.push("LATCHKEY_PUBLIC_URL is this machine itself: links that we give out open nowhere else.");
  } else if (config.trustedProxies === 0) {
    notes.push("LATCHKEY_TRUSTED_PROXIES is 0: behind a proxy, all callers share its address and its limits.");
  }
  if (config.allowedUrls.length === 0) {
    notes.push("LATCHKEY_ALLOWED_URLS is empty: requests that say where to send people back to are refused.");
  }
  if (config.stripe.secretKey && !config.stripe.webhookSecret && isLoopback(publicUrl.hostname)) {
    notes.push("STRIPE_WEBHOOK_SECRET is empty and Stripe cannot reach this address: no webhook will arrive.");
  }
  return notes;
}
