import { createHmac, timingSafeEqual } from "node:crypto";
import type { SealingKey } from "../base/sealing-key";

/** The route that serves these addresses; the last segment is the ticket. */
export const HAND_BACK_PATH = "/return";

/** Stripe puts the session's id in its place, and knows it only when it is written exactly so. */
export const SESSION_PLACEHOLDER = "{CHECKOUT_SESSION_ID}";

// Printable letters of ASCII, without quotes, angles and backslashes: whatever else belongs there is written with %.
const APP_ADDRESS = /^([a-z][a-z0-9+.-]*):\/\/[!#-;=?-[\]-_a-~]*$/i;
const TICKET = /^([\w-]{1,8000})\.([\w-]{43})$/;
const SESSION = /^cs_[A-Za-z0-9_]{1,250}$/;

/** The scheme of an app's address, as the allow-list writes it: `shopapp://`. Null: it is no such address. */
export function readAppScheme(address: string): string | null {
  const scheme = APP_ADDRESS.exec(address)?.[1]?.toLowerCase();
  return scheme === undefined || scheme === "http" || scheme === "https" ? null : `${scheme}://`;
}

/**
 * Pure: a web address of ours that leads to an address in an app, for Stripe takes no other. The app's address travels
 * whole and signed, so that no text of a stranger's making is forwarded to. The place of the session's id stands beside
 * it, where Stripe finds it.
 */
export function toHandBackUrl(
  config: { publicUrl: string; sealingKeys: readonly SealingKey[] },
  appAddress: string,
): string {
  const [key] = config.sealingKeys;
  if (!key) throw new TypeError("there is no sealing key");
  const body = Buffer.from(appAddress, "utf8").toString("base64url");
  const search = appAddress.includes(SESSION_PLACEHOLDER) ? `?session=${SESSION_PLACEHOLDER}` : "";
  return `${config.publicUrl}${HAND_BACK_PATH}/${body}.${sign(key.signing, body)}${search}`;
}

/** Pure: the app's address, to the byte, with the session in its place. Null: it is not ours, or no longer allowed. */
export function readHandBack(
  config: { allowedUrls: readonly string[]; sealingKeys: readonly SealingKey[] },
  ticket: string,
  session: string | null,
): string | null {
  const [, body, signature] = TICKET.exec(ticket) ?? [];
  if (body === undefined || signature === undefined) return null;
  const given = Buffer.from(signature);
  // The first key signed it, or did so before another came to stand in front of it.
  if (!config.sealingKeys.some((key) => isSigned(key, body, given))) return null;
  const address = Buffer.from(body, "base64url").toString("utf8");
  const scheme = readAppScheme(address);
  if (scheme === null || !config.allowedUrls.includes(scheme)) return null;
  return session !== null && SESSION.test(session) ? address.replaceAll(SESSION_PLACEHOLDER, session) : address;
}

function isSigned(key: SealingKey, body: string, given: Buffer): boolean {
  // Addresses that were given out before keys were derived as they are now go on being good.
  return [key.signing, key.older.bytes].some((bytes) => timingSafeEqual(Buffer.from(sign(bytes, body)), given));
}

function sign(bytes: Buffer, body: string): string {
  return createHmac("sha256", bytes).update(`latchkey hand-back\n${body}`).digest("base64url");
}
