import { createHash } from "node:crypto";
import { DAY } from "../base/durations";
import { Refusal } from "../base/refusal";
import type { Tx } from "../database/db";
import type { Identity } from "../graphql/context";
import { type KeyName, claimKey, findClaim, moveKey } from "./idempotency.store";
import { type Visitor, scopeOf } from "./scope-of";

export interface OnceKey {
  identity: Identity;
  /** Who is behind a publishable key. */
  visitor?: Visitor;
  operation: string;
  /** The caller's own key. None: the work is done each time. */
  key: string | null | undefined;
  /** What the key stands for. The same key with other input is refused. */
  input: unknown;
}

/** How long a key is remembered. */
export const KEY_LASTS_MS = DAY;

const KEY = /^[^\p{Cc}\p{Cs}]{1,255}$/u;

/**
 * Does the work under a caller's idempotency key at most once, and returns the id of what it made. The row with the key
 * is written in the same transaction as the work: a crash leaves both or neither, and a parallel twin waits here.
 */
export async function runOnce(
  tx: Tx,
  once: OnceKey,
  made: { id: string; now: Date },
  work: () => Promise<void>,
): Promise<string> {
  const earlier = await claim(tx, once, made);
  if (earlier) return earlier;
  await work();
  return made.id;
}

/** From now on the key stands for another object. */
export async function standFor(tx: Tx, once: OnceKey, id: string): Promise<void> {
  const name = readName(once);
  if (name) await moveKey(tx, name, id);
}

async function claim(tx: Tx, once: OnceKey, { id, now }: { id: string; now: Date }): Promise<string | null> {
  const name = readName(once);
  if (!name) return null;
  const inputHash = hashOf(once.input);
  const expiredAt = new Date(now.getTime() - KEY_LASTS_MS);
  if (await claimKey(tx, { ...name, inputHash, objectId: id, now, expiredAt })) return null;
  const earlier = await findClaim(tx, name);
  if (earlier?.inputHash !== inputHash) {
    throw new Refusal("IDEMPOTENCY_MISMATCH", {
      say: "This idempotency key was used before with other input.",
      field: "input.idempotencyKey",
    });
  }
  return earlier.objectId;
}

/** Null: the caller sent no key. */
function readName({ identity, visitor, operation, key }: OnceKey): KeyName | null {
  if (key === null || key === undefined) return null;
  if (!KEY.test(key)) {
    throw new Refusal("INVALID_INPUT", {
      say: "An idempotency key has 1 to 255 characters, and no control characters.",
      field: "input.idempotencyKey",
    });
  }
  // Callers make keys of anything, addresses of people included: the text itself is not kept.
  return { mode: identity.mode, scope: scopeOf(identity, visitor), operation, key: hashOf(key) };
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
