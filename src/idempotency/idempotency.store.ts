import type { Mode } from "../base/mode";
import type { Db, Tx } from "../database/db";

/** Names a key: whose it is, for which operation, and its hash. */
export interface KeyName {
  mode: Mode;
  /** The hash of who sent it. */
  scope: string;
  operation: string;
  key: string;
}

export interface Claim extends KeyName {
  inputHash: string;
  objectId: string;
  now: Date;
  /** A key of that moment or before means nothing any more. */
  expiredAt: Date;
}

/** True for the first caller; a parallel twin waits here until the first one commits. */
export async function claimKey(tx: Tx, claim: Claim): Promise<boolean> {
  const [mine] = await tx.rows(
    `/* idempotency.claim */ with claimed as (
       insert into idempotency_keys (mode, scope, operation, key, input_hash, object_id, created_at)
       values ($1, $2, $3, $4, $5, $6, $7)
       on conflict (mode, scope, operation, key) do update
         set input_hash = excluded.input_hash, object_id = excluded.object_id, created_at = excluded.created_at
         where idempotency_keys.created_at <= $8
       returning key)
     select key from claimed`,
    [...nameOf(claim), claim.inputHash, claim.objectId, claim.now, claim.expiredAt],
  );
  return mine !== undefined;
}

export async function findClaim(tx: Tx, name: KeyName): Promise<{ inputHash: string; objectId: string } | undefined> {
  const [row] = await tx.rows<{ inputHash: string; objectId: string }>(
    `/* idempotency.find */ select input_hash as "inputHash", object_id as "objectId" from idempotency_keys
     where mode = $1 and scope = $2 and operation = $3 and key = $4`,
    nameOf(name),
  );
  return row;
}

/** The key stands for another object from now on. */
export async function moveKey(tx: Tx, name: KeyName, objectId: string): Promise<void> {
  await tx.rows(
    `/* idempotency.move */ update idempotency_keys set object_id = $5
     where mode = $1 and scope = $2 and operation = $3 and key = $4`,
    [...nameOf(name), objectId],
  );
}

/** Deletes some keys of that moment or before; returns how many. */
export async function deleteOldKeys(db: Db, expiredAt: Date, limit: number): Promise<number> {
  const rows = await db.rows(
    `/* idempotency.sweep */ with deleted as (
       delete from idempotency_keys where ctid = any(array(
         select ctid from idempotency_keys where created_at <= $1 limit $2 for update skip locked))
       returning key)
     select key from deleted`,
    [expiredAt, limit],
  );
  return rows.length;
}

function nameOf({ mode, scope, operation, key }: KeyName): string[] {
  return [mode, scope, operation, key];
}
