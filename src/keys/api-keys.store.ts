import { In } from "typeorm";
import type { Mode } from "../base/mode";
import type { Db, Reader, Tx } from "../database/db";
import { ApiKeyEntity } from "./api-key.entity";

/** Every replica listens here: a key that is revoked, or anything else that empties the memory of keys. */
export const KEYS_CHANGED = "latchkey_keys_changed";

/** Asked with each request. */
export async function findKeyByHash(db: Db, hash: Buffer): Promise<ApiKeyEntity | null> {
  const [row] = await db.urgent<ApiKeyEntity>("keys.byHash", keyByHashSql, [hash]);
  return row ? Object.assign(new ApiKeyEntity(), row) : null;
}

const keyByHashSql = `/* keys.byHash */
  select id, name, role, mode, prefix, hash, created_at as "createdAt", created_by as "createdBy",
         last_used_at as "lastUsedAt", expires_at as "expiresAt", revoked_at as "revokedAt"
  from api_keys where hash = $1`;

export function findKey(db: Reader, mode: Mode, id: string): Promise<ApiKeyEntity | null> {
  return db.repository(ApiKeyEntity).findOneBy({ id, mode });
}

export function findKeysById(db: Reader, mode: Mode, ids: readonly string[]): Promise<ApiKeyEntity[]> {
  return db.repository(ApiKeyEntity).findBy({ id: In([...ids]), mode });
}

export function findKeys(db: Reader, mode: Mode): Promise<ApiKeyEntity[]> {
  return db.repository(ApiKeyEntity).find({ where: { mode }, order: { id: "DESC" } });
}

/** False when a key with this hash is known already. */
export async function insertKey(db: Reader, key: ApiKeyEntity): Promise<boolean> {
  const insert = db.repository(ApiKeyEntity).createQueryBuilder().insert().values(key);
  const result = await insert.orIgnore().returning("id").execute();
  return (result.raw as unknown[]).length > 0;
}

/** The first revocation stands; the notice goes out with the commit. */
export async function markRevoked(tx: Tx, id: string, now: Date): Promise<void> {
  await tx.rows(`/* keys.revoke */ update api_keys set revoked_at = coalesce(revoked_at, $2) where id = $1`, [id, now]);
  await tx.rows(`/* keys.announce */ select pg_notify($1, $2)`, [KEYS_CHANGED, id]);
}

export async function markUsed(db: Db, uses: ReadonlyMap<string, Date>): Promise<void> {
  await db.rows(
    `/* keys.used */ update api_keys set last_used_at = greatest(last_used_at, used.at)
     from unnest($1::uuid[], $2::timestamptz[]) as used (id, at) where api_keys.id = used.id`,
    [[...uses.keys()], [...uses.values()]],
  );
}
