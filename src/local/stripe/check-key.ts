import { StripeRefusal } from "./refuse";

/** The secret key of a request, from `Authorization: Bearer` or the user name of `Basic`. */
export function readKey(authorization: string | undefined): string {
  const [scheme, credential = ""] = (authorization ?? "").split(" ");
  const key = scheme === "Basic" ? Buffer.from(credential, "base64").toString("utf8").split(":")[0] : credential;
  if (!key) {
    throw unauthorized(
      "You did not provide an API key. You need to provide your API key in the Authorization header, " +
        "using Bearer auth (e.g. 'Authorization: Bearer YOUR_SECRET_KEY').",
    );
  }
  if (/^[sr]k_live_/.test(key)) {
    throw unauthorized(`The simulated Stripe refuses live keys: ${masked(key)} belongs to the real one.`);
  }
  if (!/^[sr]k_test_\w+$/.test(key)) throw unauthorized(`Invalid API Key provided: ${masked(key)}`);
  return key;
}

/** Restricted keys (`rk_test_`) lack the permissions that the control room took from them: `customer_write`, `*`. */
export function checkPermission(
  key: string,
  wanted: { table: string; write: boolean; account: string },
  missing: ReadonlyMap<string, readonly string[]>,
): void {
  if (!key.startsWith("rk_")) return;
  const permission = `${wanted.table.replaceAll(".", "_")}_${wanted.write ? "write" : "read"}`;
  const lacks = missing.get(key) ?? [];
  if (!lacks.includes(permission) && !lacks.includes("*")) return;
  const message =
    `The provided key '${masked(key)}' does not have the required permissions for this endpoint on account ` +
    `'${wanted.account}'. Having the 'rak_${permission}' permission would allow this request to continue.`;
  throw new StripeRefusal(403, { type: "invalid_request_error", message });
}

function unauthorized(message: string): StripeRefusal {
  return new StripeRefusal(401, { type: "invalid_request_error", message });
}

function masked(key: string): string {
  return `${key.slice(0, 8)}${"*".repeat(8)}${key.slice(-4)}`;
}
