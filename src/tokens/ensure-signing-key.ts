import { calculateJwkThumbprint, exportJWK, generateKeyPair } from "jose";
import type { Clock } from "../base/clock";
import { UnsealFailure, seal, unseal } from "../base/seal";
import type { SealingKey } from "../base/sealing-key";
import { Bug, Unavailable } from "../base/refusal";
import type { Db, Reader } from "../database/db";
import { SigningKeyEntity } from "./signing-key.entity";
import { findCurrentSigningKey, insertSigningKey, lockSigningKeys } from "./signing-keys.store";

export const SIGNING_ALGORITHM = "ES256";

interface Deps {
  db: Db;
  clock: Clock;
  config: { sealingKeys: readonly SealingKey[] };
}

const OTHER_KEY =
  "The secrets in this database were sealed with another LATCHKEY_ENCRYPTION_KEY. " +
  "Set that one again, behind the new one and separated by a comma if it was replaced on purpose.";
const DAMAGED =
  "LATCHKEY_ENCRYPTION_KEY is the right one, but the sealed signing key in this database was changed since. " +
  "Restore the row of the table signing_keys from a backup.";

/** Makes the first pair of keys when there is none, and checks that the present one opens with the secret we have. */
export async function ensureSigningKey(deps: Deps): Promise<void> {
  if (!(await findCurrentSigningKey(deps.db))) await makeSigningKey(deps);
  try {
    await openSigningKey(deps.db, deps.config.sealingKeys);
  } catch (error) {
    // Trouble of the database says nothing about the key.
    if (!(error instanceof UnsealFailure)) throw error;
    throw new Unavailable({ say: error.isKeyMissing ? OTHER_KEY : DAMAGED, cause: error });
  }
}

async function makeSigningKey({ db, clock, config }: Deps): Promise<void> {
  const [sealingKey] = config.sealingKeys;
  if (!sealingKey) throw new Bug("a configuration without a sealing key got past its checks");
  const pair = await generateKeyPair(SIGNING_ALGORITHM, { extractable: true });
  const publicJwk = await exportJWK(pair.publicKey);
  const id = await calculateJwkThumbprint(publicJwk);
  const privateText = JSON.stringify(await exportJWK(pair.privateKey));
  const key = Object.assign(new SigningKeyEntity(), {
    id,
    publicJwk: { ...publicJwk, kid: id, alg: SIGNING_ALGORITHM, use: "sig" },
    privateSealed: seal(sealingKey, placeOf(id), privateText),
    createdAt: clock.now(),
    retiredAt: null,
  });
  await db.transaction(async (tx) => {
    await lockSigningKeys(tx);
    if (!(await findCurrentSigningKey(tx))) await insertSigningKey(tx, key);
  });
}

/** The present pair: its id and the private half. */
export async function openSigningKey(
  db: Reader,
  sealingKeys: readonly SealingKey[],
): Promise<{ id: string; privateJwk: Record<string, unknown> }> {
  const key = await findCurrentSigningKey(db);
  if (!key) throw new Bug("there is no signing key; the start makes one");
  const text = unseal(sealingKeys, placeOf(key.id), key.privateSealed);
  return { id: key.id, privateJwk: JSON.parse(text) as Record<string, unknown> };
}

/** What the private half is bound to when it is sealed. */
export function placeOf(id: string): string {
  return `signing_keys/${id}/private`;
}
