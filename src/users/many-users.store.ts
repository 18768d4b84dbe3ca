import { Refusal } from "../base/refusal";
import type { Reader, Tx } from "../database/db";
import { entityReader } from "../database/read-entity";
import { UserEntity } from "./user.entity";

/** Those who are named by our ids or by external ids, in one statement however many they are. */
export async function findUsersByIds(
  db: Reader,
  { ids, externalIds }: { ids: readonly string[]; externalIds: readonly string[] },
): Promise<UserEntity[]> {
  if (ids.length + externalIds.length === 0) return [];
  const raw = await db.rows<Record<string, unknown>>(
    `/* users.byManyIds */ select * from users
     where (id = any($1::uuid[]) or external_id = any($2::text[])) and deleted_at is null order by id`,
    [[...ids], [...externalIds]],
  );
  return raw.map(entityReader(db, UserEntity));
}

/**
 * All of them or none, always in one order, so that two lists with the same people do not wait for one another. When
 * somebody else has made one of them meanwhile it is refused, and whoever looks again finds them.
 */
export async function insertManyUsers(tx: Tx, users: readonly UserEntity[]): Promise<void> {
  if (users.length === 0) return;
  const [row] = await tx.rows<{ made: number }>(
    `/* users.insertMany */ with made as (
       insert into users (id, external_id, email, email_key, email_verified_live, email_verified_test, name,
         metadata, created_at, updated_at)
       select * from unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::boolean[], $6::boolean[], $7::text[],
         $8::jsonb[], $9::timestamptz[], $10::timestamptz[])
       on conflict do nothing returning 1)
     select count(*)::int as made from made`,
    valuesOf(inOneOrder(users)),
  );
  if (row?.made !== users.length) throw changedMeanwhile();
}

/**
 * Whoever calls has locked them. One may take a name that another of them had: all names that change are given up first.
 * A name that somebody else took meanwhile is refused as above.
 */
export async function updateManyUsers(tx: Tx, users: readonly UserEntity[]): Promise<void> {
  if (users.length === 0) return;
  const names = [
    users.map(({ id }) => id),
    users.map(({ externalId }) => externalId),
    users.map(({ emailKey }) => emailKey),
  ];
  const [row] = await tx.rows<{ taken: number }>(
    `/* users.giveUpNames */ with n as materialized (
       select * from unnest($1::uuid[], $2::text[], $3::text[]) as n (id, external_id, email_key)
     ), given_up as (
       update users u set external_id = null, email_key = null from n where u.id = n.id
         and (u.external_id, u.email_key) is distinct from (n.external_id, n.email_key)
     )
     select count(*)::int as taken from n join users u on (u.external_id = n.external_id or u.email_key = n.email_key)
       and u.id <> all($1::uuid[])`,
    names,
  );
  if (row?.taken !== 0) throw changedMeanwhile();
  await tx.rows(
    `/* users.updateMany */ update users u set external_id = n.external_id, email = n.email, email_key = n.email_key,
       email_verified_live = n.email_verified_live, email_verified_test = n.email_verified_test, name = n.name,
       metadata = n.metadata, updated_at = n.updated_at
     from unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::boolean[], $6::boolean[], $7::text[],
         $8::jsonb[], $9::timestamptz[], $10::timestamptz[])
       as n (id, external_id, email, email_key, email_verified_live, email_verified_test, name, metadata, created_at,
         updated_at)
     where u.id = n.id`,
    valuesOf(inOneOrder(users)),
  );
}

function inOneOrder(users: readonly UserEntity[]): UserEntity[] {
  const nameOf = ({ emailKey, externalId }: UserEntity) => emailKey ?? externalId ?? "";
  return [...users].sort((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1));
}

function valuesOf(users: readonly UserEntity[]): unknown[] {
  return [
    users.map((user) => user.id),
    users.map((user) => user.externalId),
    users.map((user) => user.email),
    users.map((user) => user.emailKey),
    users.map((user) => user.emailVerifiedLive),
    users.map((user) => user.emailVerifiedTest),
    users.map((user) => user.name),
    users.map((user) => JSON.stringify(user.metadata)),
    users.map((user) => user.createdAt),
    users.map((user) => user.updatedAt),
  ];
}

function changedMeanwhile(): Refusal {
  return new Refusal("EMAIL_TAKEN", { say: "Somebody else makes or changes the same people at this moment." });
}
