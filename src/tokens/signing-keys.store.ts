import { IsNull } from "typeorm";
import type { Reader, Tx } from "../database/db";
import { SigningKeyEntity } from "./signing-key.entity";

/** Retired ones too: tokens that they signed may still be good. */
export function findSigningKeys(db: Reader): Promise<SigningKeyEntity[]> {
  return db.repository(SigningKeyEntity).find({ order: { createdAt: "DESC" } });
}

export function findCurrentSigningKey(db: Reader): Promise<SigningKeyEntity | null> {
  return db.repository(SigningKeyEntity).findOne({ where: { retiredAt: IsNull() }, order: { createdAt: "DESC" } });
}

/** Replaces a sealed text, unless somebody else has done so. */
export async function replaceSealed(db: Reader, id: string, before: string, after: string): Promise<void> {
  await db.repository(SigningKeyEntity).update({ id, privateSealed: before }, { privateSealed: after });
}

/** Replicas that start together make one pair, not several. */
export async function lockSigningKeys(tx: Tx): Promise<void> {
  await tx.rows(`/* signingKeys.lock */ lock table signing_keys in share row exclusive mode`);
}

export async function insertSigningKey(tx: Tx, key: SigningKeyEntity): Promise<void> {
  await tx.repository(SigningKeyEntity).insert(key);
}
