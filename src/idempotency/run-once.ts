import { createHash } from "node:crypto";
import type { Mode } from "../base/mode";
import { Refusal } from "../base/refusal";
import type { Tx } from "../database/db";
import { claimKey, findClaim } from "./idempotency.store";

export interface OnceKey {
  mode: Mode;
  operation: string;
  /** The caller's own key. None: the work is done each time. */
  key: string | null | undefined;
  /** What the key stands for. The same key with other input is refused. */
  input: unknown;
}

const KEY = /^[^\p{Cc}\p{Cs}]{1,255}$/u;

/**
 * Does the work under a caller's idempotency key at most once, and answers the id of what it made. The row with the key
 * is written in the same transaction as the work: a crash leaves both or neither, and a parallel twin waits here.
 */
export async function runOnce(
  tx: Tx,
  once: OnceKey,
  made: { id: string; now: Date },
  work: () => Promise<void>,
): Promise<string> {
  if (once.key === null || once.key === undefined) {
    await work();
    return made.id;
  }
  const earlier = await claim(tx, once, once.key, made);
  if (earlier) return earlier;
  await work();
  return made.id;
}

async function claim(tx: Tx, once: OnceKey, key: string, made: { id: string; now: Date }): Promise<string | null> {
  if (!KEY.test(key)) {
    throw new Refusal("INVALID_INPUT", {
      say: "An idempotency key has 1 to 255 characters, and no control characters.",
      field: "input.idempotencyKey",
    });
  }
  const { mode, operation } = once;
  const inputHash = hashOf(once.input);
  // Callers make keys of anything, addresses of people included: the text itself is not kept.
  const keyHash = hashOf(key);
  if (await claimKey(tx, { mode, operation, key: keyHash, inputHash, objectId: made.id, now: made.now })) return null;
  const earlier = await findClaim(tx, { mode, operation, key: keyHash });
  if (earlier?.inputHash !== inputHash) {
    throw new Refusal("IDEMPOTENCY_MISMATCH", {
      say: "This idempotency key was used before with other input.",
      field: "input.idempotencyKey",
    });
  }
  return earlier.objectId;
}

/** Two inputs are the same when they say the same, in whatever order their fields come. */
function hashOf(input: unknown): string {
  const canonical = JSON.stringify(input, (_, value: unknown) =>
    typeof value === "object" && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
      : value,
  );
  return createHash("sha256").update(canonical).digest("hex");
}
