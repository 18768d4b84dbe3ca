import { Refusal } from "../base/refusal";
import type { Config } from "../config/config";
import { isLoopback } from "../config/read-value";
import { SESSION_PLACEHOLDER, readAppScheme, toHandBackUrl } from "./hand-back-url";

type ReturnConfig = Pick<Config, "allowedUrls" | "localMode" | "publicUrl" | "sealingKeys">;

export interface ReturnUrl {
  /** To the byte as the caller wrote it. */
  url: string;
  /** What Stripe is given: the same, or for an app the web address of ours that leads there. */
  stripeUrl: string;
}

const LENGTH_MAX = 2_000;
// What stands in an address without being written with %, as RFC 3986 has it. No spaces, quotes, angles or backslashes.
const PLAIN = /^[A-Za-z0-9\-._~:/?#[\]@!$&'()*+,;=%]+$/;
const BROKEN_ESCAPE = /%(?![0-9a-f]{2})/i;
const HIDDEN_CONTROL = /%(?:[01][0-9a-f]|7f)/i;
const WEB = /^(https?):\/\/([^/?#]+)([^?#]*)/i;
// Steps up, and slashes that some programs take for the beginning of a host, also when they are hidden.
const TWISTED_PATH = /^\/(?:\/|%2f)|%5c|(?:^|\/|%2f)(?:\.|%2e){1,2}(?:\/|%2f|$)/i;
const APP_USER = /^[^:]+:\/\/[^/?#]*@/;
// Stands in for the session while the address is looked at; it holds nothing that an address could not.
const SESSION = "cs_session";

/**
 * Where somebody may be sent back to, or URL_NOT_ALLOWED. The text itself is looked at, not only what a parser makes of
 * it: browsers and parsers disagree about what is odd, so whatever is odd is refused. What is sent is the caller's own text,
 * for Stripe knows its placeholder only when it is written exactly so.
 */
export function readReturnUrl(
  config: ReturnConfig,
  text: string,
  field: string,
  { mayHoldSession = false }: { mayHoldSession?: boolean } = {},
): ReturnUrl {
  const plain = mayHoldSession ? text.replaceAll(SESSION_PLACEHOLDER, SESSION) : text;
  if (text.length > LENGTH_MAX || !isPlain(plain)) {
    throw notAllowed(field, `That is not an address that people can be sent to.${hintOn(text)}`);
  }
  if (isAllowedPage(config, plain)) return { url: text, stripeUrl: text };
  if (isAllowedApp(config, plain)) return { url: text, stripeUrl: toHandBackUrl(config, text) };
  const how = "Allowed are the origins and app schemes in `LATCHKEY_ALLOWED_URLS`, without user names and detours.";
  throw notAllowed(field, `Nobody is sent to this address. ${how}`);
}

/** Pure: true for a web page to which people may be sent, as the caller wrote its address. */
export function isAllowedPage(
  { allowedUrls, localMode }: Pick<ReturnConfig, "allowedUrls" | "localMode">,
  text: string,
): boolean {
  if (!isPlain(text)) return false;
  const [, scheme, authority, path] = WEB.exec(text) ?? [];
  if (scheme === undefined || authority === undefined || path === undefined) return false;
  if (TWISTED_PATH.test(path) || !URL.canParse(text)) return false;
  const { origin, protocol, hostname } = new URL(text);
  // A page that is being built has any port, and nobody but its developer is led there.
  if (!allowedUrls.includes(origin) && !(localMode && isLoopback(hostname))) return false;
  // What the parser made of the host has to be what stands there: no user, no escapes, no other way of writing it.
  const usualPort = protocol === "https:" ? /:443$/ : /:80$/;
  return `${scheme}://${authority.replace(usualPort, "")}`.toLowerCase() === origin;
}

function isPlain(text: string): boolean {
  return PLAIN.test(text) && !BROKEN_ESCAPE.test(text) && !HIDDEN_CONTROL.test(text);
}

/** How an address is written that has letters outside ASCII. A placeholder stays as it is. */
function hintOn(text: string): string {
  if (!/[^\0-\x7f]/.test(text) || text.length > LENGTH_MAX) return "";
  const how = " Write characters outside ASCII percent-encoded, and hosts as xn--…";
  const plain = text.replaceAll(SESSION_PLACEHOLDER, SESSION);
  if (!URL.canParse(plain)) return `${how}.`;
  const { href } = new URL(plain);
  return isPlain(href) ? `${how}: ${href.replaceAll(SESSION, SESSION_PLACEHOLDER)}` : `${how}.`;
}

function isAllowedApp({ allowedUrls }: ReturnConfig, text: string): boolean {
  const scheme = readAppScheme(text);
  return scheme !== null && allowedUrls.includes(scheme) && !APP_USER.test(text) && !text.includes("#");
}

function notAllowed(field: string, say: string): Refusal {
  return new Refusal("URL_NOT_ALLOWED", { say, field });
}
