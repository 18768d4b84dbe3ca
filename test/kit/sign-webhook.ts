import { createHmac } from "node:crypto";

/** The header `Stripe-Signature` over these bytes: one `v1` for each secret. */
export function signatureOf(body: string | Buffer, at: Date, ...secrets: string[]): string {
  const time = Math.floor(at.getTime() / 1000);
  const sign = (secret: string) => createHmac("sha256", secret).update(`${time}.`).update(body).digest("hex");
  return [`t=${time}`, ...secrets.map((secret) => `v1=${sign(secret)}`)].join(",");
}
