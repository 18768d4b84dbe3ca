import { createHmac, timingSafeEqual } from "node:crypto";
import { MINUTE } from "../base/durations";

/** WRONG_SIGNATURE: the header has Stripe's form and a time that is now, and was made with another secret. */
export type Verdict = "GOOD" | "NO_SIGNATURE" | "WRONG_SIGNATURE" | "WRONG_TIME";

export interface Signed {
  /** The bytes as they came: not even a space may have been touched. */
  body: Buffer;
  /** `t=1700000000,v1=…,v1=…`; one `v1` for each secret that is valid at the sender's. */
  header: string | undefined;
  secrets: readonly string[];
  now: Date;
}

const TOLERANCE_MS = 5 * MINUTE;
const SHA256_HEX = /^[0-9a-f]{64}$/i;
const SECONDS = /^\d{1,12}$/;

/** Pure. The official client lets a time in the future pass for ever; here both directions have the same tolerance. */
export function verifyEvent({ body, header, secrets, now }: Signed): Verdict {
  const { time, signatures } = readHeader(header ?? "");
  if (time === null || signatures.length === 0) return "NO_SIGNATURE";
  const isOurs = secrets.some((secret) => {
    const wanted = createHmac("sha256", secret).update(`${time}.`).update(body).digest();
    return signatures.some((signature) => timingSafeEqual(signature, wanted));
  });
  const isFresh = Math.abs(now.getTime() - Number(time) * 1000) <= TOLERANCE_MS;
  if (!isFresh) return "WRONG_TIME";
  return isOurs ? "GOOD" : "WRONG_SIGNATURE";
}

/** Other schemes (`v0`) are signatures of nothing that counts. */
function readHeader(header: string): { time: string | null; signatures: Buffer[] } {
  let time: string | null = null;
  const signatures: Buffer[] = [];
  for (const part of header.split(",")) {
    const [name, value] = splitOnce(part.trim());
    if (name === "t" && SECONDS.test(value)) time = value;
    if (name === "v1" && SHA256_HEX.test(value)) signatures.push(Buffer.from(value, "hex"));
  }
  return { time, signatures };
}

function splitOnce(part: string): [string, string] {
  const at = part.indexOf("=");
  return at === -1 ? [part, ""] : [part.slice(0, at), part.slice(at + 1)];
}
