import { randomBytes } from "node:crypto";
import type { DataSource } from "typeorm";
import type { Clock } from "../base/clock";
import { newUuid } from "../base/ids";
import { Bug, Unavailable } from "../base/refusal";
import { UnsealFailure, reseal, seal, unseal } from "../base/seal";
import type { SealingKey } from "../base/sealing-key";
import type { Db, Reader, Tx } from "../database/db";
import { hasRemovalMarkers } from "./removal-markers.store";
import {
  type SealedRemovalKey,
  databaseOf,
  findRemovalKey,
  insertRemovalKey,
  replaceRemovalKey,
} from "./removal-keys.store";

interface Deps {
  db: Db;
  clock: Clock;
  config: { sealingKeys: readonly SealingKey[] };
}

/** The opened key of each database, for code that has a transaction and no configuration. */
const opened = new WeakMap<DataSource, Buffer>();

/** Creates the key of the removal markers, unless there is one. Returns the key that this call has created. */
export async function createRemovalKey(
  tx: Tx,
  { clock, config }: Pick<Deps, "clock" | "config">,
): Promise<Buffer | null> {
  const [sealingKey] = config.sealingKeys;
  if (!sealingKey) throw new Bug("the key of the removal markers cannot be sealed without a sealing key");
  const id = newUuid(clock.now());
  const key = randomBytes(32);
  const sealed = seal(sealingKey, placeOf(id), key.toString("base64url"));
  return (await insertRemovalKey(tx, { id, sealed }, clock.now())) ? key : null;
}

/**
 * Opens the key for everything that uses this database. A command without LATCHKEY_ENCRYPTION_KEY, or with another one,
 * goes on without it, and is stopped only where it would need it.
 */
export async function openRemovalKey({ db, config }: Pick<Deps, "db" | "config">): Promise<void> {
  const key = await findRemovalKey(db);
  const text = key && tryUnseal(config.sealingKeys, key);
  if (text) opened.set(db.source, Buffer.from(text, "base64url"));
}

/** Null: it was sealed with another key. The server says so at its start, for its other secrets were too. */
function tryUnseal(keys: readonly SealingKey[], { id, sealed }: SealedRemovalKey): string | null {
  try {
    return unseal(keys, placeOf(id), sealed);
  } catch (error) {
    if (error instanceof UnsealFailure) return null;
    throw error;
  }
}

/**
 * The opened key; null when nobody was removed and the key is closed. With markers and without their key a process must not
 * decide about purchases: it would create removed users again.
 */
export async function removalKeyOf(db: Reader): Promise<Buffer | null> {
  const key = opened.get(databaseOf(db));
  if (key) return key;
  if (!(await hasRemovalMarkers(db))) return null;
  throw new Unavailable({
    say: "The key of the removal markers is not open. LATCHKEY_ENCRYPTION_KEY must be the one that the server has.",
  });
}

/** Seals the key with the first sealing key. Returns how many keys were sealed with another: none or one. */
export async function resealRemovalKey({ db, config }: Pick<Deps, "db" | "config">): Promise<number> {
  const key = await findRemovalKey(db);
  const next = key && reseal(config.sealingKeys, placeOf(key.id), key.sealed);
  if (!key || !next) return 0;
  await replaceRemovalKey(db, key, next);
  return 1;
}

/** What the key is bound to when it is sealed. */
export function placeOf(id: SealedRemovalKey["id"]): string {
  return `removal_keys/${id}/key`;
}
