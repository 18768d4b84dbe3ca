import { createHmac } from "node:crypto";

export type SignatureFault = "wrong" | "missing" | "old";

const OLD_S = 3_600;

/** The header of Stripe: one `v1` per secret that is valid, over the exact bytes that are sent. */
export function signBody(
  body: string,
  secrets: readonly string[],
  at: number,
  fault?: SignatureFault,
): string | undefined {
  if (fault === "missing") return undefined;
  const time = fault === "old" ? at - OLD_S : at;
  const keys = fault === "wrong" ? ["whsec_of_somebody_else"] : secrets;
  const signatures = keys.map((key) => `v1=${createHmac("sha256", key).update(`${time}.${body}`).digest("hex")}`);
  return [`t=${time}`, ...signatures].join(",");
}
