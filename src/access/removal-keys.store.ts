import type { DataSource } from "typeorm";
import type { Db, Reader, Tx } from "../database/db";
import { UserEntity } from "../users/user.entity";

export interface SealedRemovalKey {
  id: string;
  sealed: string;
}

export async function findRemovalKey(db: Reader): Promise<SealedRemovalKey | null> {
  const [key] = await db.rows<SealedRemovalKey>(
    `/* removalKeys.find */ select id, key_sealed as sealed from removal_keys`,
  );
  return key ?? null;
}

/** Returns false if there is a key already: replicas that start together keep the first. */
export async function insertRemovalKey(tx: Tx, { id, sealed }: SealedRemovalKey, now: Date): Promise<boolean> {
  const rows = await tx.rows(
    `/* removalKeys.insert */ with inserted as (
       insert into removal_keys (id, key_sealed, created_at) values ($1, $2, $3) on conflict do nothing returning id)
     select id from inserted`,
    [id, sealed, now],
  );
  return rows.length > 0;
}

/** Replaces the sealed text, unless another process has done so. */
export async function replaceRemovalKey(db: Db, before: SealedRemovalKey, sealed: string): Promise<void> {
  await db.rows(`/* removalKeys.replace */ update removal_keys set key_sealed = $3 where id = $1 and key_sealed = $2`, [
    before.id,
    before.sealed,
    sealed,
  ]);
}

/** The database behind a reader or a transaction. */
export function databaseOf(db: Reader): DataSource {
  return db.repository(UserEntity).manager.connection;
}
