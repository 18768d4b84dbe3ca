import type { Mode } from "../base/mode";
import { Refusal } from "../base/refusal";

export interface SecretKey {
  text: string;
  mode: Mode;
  /** May do only what it was allowed to. */
  restricted: boolean;
}

const SHAPE = /^(sk|rk)_(test|live)_\w{3,500}$/;

/** Pure. The text is never repeated: it may be anything that was in somebody's clipboard. */
export function readSecretKey(given: string, mode: Mode, field: string): SecretKey {
  const text = given.trim();
  const match = SHAPE.exec(text);
  if (!match) throw new Refusal("STRIPE_KEY_INVALID", { say: adviceOn(text), field });
  const key: SecretKey = { text, mode: match[2] === "live" ? "LIVE" : "TEST", restricted: match[1] === "rk" };
  if (key.mode === mode) return key;
  const [theirs, ours] = [key.mode.toLowerCase(), mode.toLowerCase()];
  throw new Refusal("STRIPE_MODE_MISMATCH", {
    say:
      `That is a ${theirs} key of Stripe, and you are asking with a ${ours} key of ours. ` +
      `Use Stripe's ${ours} key, or ask with an API key of ${theirs} mode (lk_${theirs}_…).`,
    field,
  });
}

export function isRestricted(secretKey: string): boolean {
  return secretKey.startsWith("rk_");
}

function adviceOn(text: string): string {
  const where = "It starts with sk_test_, sk_live_, rk_test_ or rk_live_ and stands in the Dashboard under API keys.";
  if (text.startsWith("pk_"))
    return `That is a publishable key, which may not do anything here. A secret key is wanted. ${where}`;
  if (text.startsWith("whsec_"))
    return `That is the signing secret of a webhook endpoint. A secret key is wanted. ${where}`;
  if (text.startsWith("lk_")) return `That is a key of ours. A secret key of Stripe is wanted. ${where}`;
  return `That is no secret key of Stripe. ${where}`;
}

const WEBHOOK_SECRET = /^whsec_[\w+/=-]{3,500}$/;

/** Pure. */
export function readWebhookSecretText(given: string, field: string): string {
  const text = given.trim();
  if (WEBHOOK_SECRET.test(text)) return text;
  throw new Refusal("INVALID_INPUT", {
    say: "A signing secret of a webhook endpoint starts with whsec_; the Dashboard shows it with the endpoint.",
    field,
  });
}
