import { isIP } from "node:net";
import { z } from "zod";

// What one setting may look like. Messages say what is wrong and what would be right, and never repeat the value:
// sooner or later somebody pastes a secret into the wrong line.

export function readWhole(bounds: { min: number; max: number }) {
  const expected = `It must be a whole number from ${bounds.min} to ${bounds.max}.`;
  return z
    .string()
    .regex(/^\d{1,15}$/, expected)
    .transform(Number)
    .refine((value) => value >= bounds.min && value <= bounds.max, expected);
}

export const readHost = z
  .string()
  .refine(
    (text) => isIP(text) !== 0 || /^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$/i.test(text),
    "It must be an IP address such as 0.0.0.0, or a host name, without scheme and port.",
  );

export const readSwitch = z.enum(["true", "false"], "It must be true or false.").transform((text) => text === "true");

export const readLogLevel = z.enum(
  ["fatal", "error", "warn", "info", "debug", "trace", "silent"],
  "It must be one of fatal, error, warn, info, debug, trace, silent.",
);

export const readPoolerMode = z.enum(["none", "transaction"], "It must be none or transaction.");

export const readDatabaseUrl = z
  .string()
  .refine(
    (text) => /^postgres(ql)?:\/\//.test(text) && URL.canParse(text),
    "It must be an address such as postgres://user:password@host:5432/database; special characters in the password are written as %40 and the like.",
  );

/** @param plain whether http is fine anywhere; it always is on this machine itself. */
export function readWebUrl(options: { plain: boolean }) {
  const allowed = options.plain ? "http or https" : "https (http only for this machine itself)";
  return z.string().transform((text, context) => {
    const url = parseWebUrl(text, options.plain);
    if (url) return text;
    context.addIssue(`It must be an address that starts with ${allowed} and holds no user name, password or "#".`);
    return z.NEVER;
  });
}

/** An origin: scheme, host and port. What we serve, we serve from the root. */
export function readOrigin(options: { plain: boolean }) {
  return z.string().transform((text, context) => {
    const url = parseWebUrl(text, options.plain);
    if (url?.pathname === "/" && !url.search) return url.origin;
    const example = options.plain ? "http://localhost:4000" : "https://access.shop.example";
    context.addIssue(
      `It must be an origin such as ${example}: ${options.plain ? "http or https" : "https unless it is this machine itself"}, without path, query, user name or password.`,
    );
    return z.NEVER;
  });
}

export function parseWebUrl(text: string, plain: boolean): URL | null {
  if (!URL.canParse(text)) return null;
  const url = new URL(text);
  if (url.username || url.password || url.hash || text.includes("*")) return null;
  if (url.protocol === "https:") return url;
  return url.protocol === "http:" && (plain || isLoopback(url.hostname)) ? url : null;
}

export function isLoopback(hostname: string): boolean {
  return /^(localhost|[\w.-]+\.localhost|127(\.\d{1,3}){3}|\[::1\])$/i.test(hostname);
}

export const readStripeKey = z
  .string()
  .regex(/^(sk|rk)_(test|live)_\w{3,}$/, "It must be a secret or restricted key of Stripe: sk_test_…, rk_live_….");

export const readWebhookSecret = z
  .string()
  .regex(/^whsec_[\w+/=-]{3,}$/, "It must be a signing secret of a Stripe webhook endpoint: whsec_….");

export const readBootstrapKey = z
  .string()
  .regex(
    /^lk_(test|live)_[A-Za-z0-9]{32,200}$/,
    "It must be lk_test_ or lk_live_ and then 32 to 200 letters and digits.",
  );
