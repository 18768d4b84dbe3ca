import type { Config } from "./config";
import type { SettingName } from "./settings";
import { isLoopback } from "./read-value";

/** What is allowed but perhaps not meant. Written to the log once, at start. */
export function readNotes(config: Config, unused: readonly SettingName[]): string[] {
  if (config.localMode) return unused.length > 0 ? [ofUnused(config, unused)] : [];
  const notes: string[] = [];
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

function ofUnused({ database }: Config, unused: readonly SettingName[]): string {
  const used = "LATCHKEY_LOCAL_DATABASE_URL";
  const advice = database.url === null ? `Set ${used} to a database that it may write to.` : `It uses ${used}.`;
  const verb = unused.length > 1 ? "are" : "is";
  return `${unused.join(", ")} ${verb} set and not used: local mode leaves that database alone. ${advice}`;
}
