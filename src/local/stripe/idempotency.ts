import { createHash } from "node:crypto";
import type { Outcome } from "./answer";
import { invalid, StripeRefusal } from "./refuse";
import type { KeptReply, World } from "./world";

const KEPT_S = 86_400;

export interface Keyed {
  key: string;
  fingerprint: string;
}

/** A key is the caller's; what it stands for is this request and no other. */
export function keyed(key: string | undefined, secretKey: string, method: string, target: string): Keyed | null {
  if (!key || method !== "POST") return null;
  if (key.length > 255) throw invalid("Idempotency keys may be at most 255 characters long.");
  const fingerprint = createHash("sha256").update(`${secretKey}\n${method}\n${target}`).digest("hex");
  return { key, fingerprint };
}

/** The answer that was given before, or null for a new key. */
export function findReply(world: World, { key, fingerprint }: Keyed, now: number): KeptReply | null {
  const kept = world.replies.get(key);
  if (!kept || kept.at <= now - KEPT_S) return null;
  if (kept.fingerprint === fingerprint) return kept;
  throw new StripeRefusal(400, {
    type: "idempotency_error",
    message:
      `Keys for idempotent requests can only be used with the same parameters they were first used with. ` +
      `Try using a key other than '${key}' if you meant to execute a different request.`,
  });
}

export function keyInUse(key: string): StripeRefusal {
  const message = `There is currently another in-progress request using this idempotent key (${key}). Please try again later.`;
  return new StripeRefusal(409, { type: "idempotency_error", code: "idempotency_key_in_use", message });
}

/** What failed validation did not begin, so the key stays free. A declined card is a result, and so is whatever a fault makes of one. */
export function isResult({ status, body }: Pick<Outcome, "status" | "body">): boolean {
  return status === 200 || isCardError(body);
}

function isCardError(body: Outcome["body"]): boolean {
  const { error } = body;
  return typeof error === "object" && error !== null && "type" in error && error.type === "card_error";
}
