import type { Reader, Tx } from "../database/db";
import type { ActivityEntity } from "./activity.entity";

/** Leaves out lines whose fact is recorded already. Answers the ids of the others. */
export async function insertActivities(tx: Tx, rows: readonly ActivityEntity[]): Promise<string[]> {
  if (rows.length >= MANY && rows.every((row) => isLike(row, rows[0]))) return insertAlike(tx, rows);
  const written = await tx.rows<{ id: string }>(
    `/* activities.insert */ insert into activities
       (id, mode, type, custom_type, at, recorded_at, user_id, product_id, actor, actor_ref, origin, stripe_object,
        message, data, once_key)
     select id, mode, type, custom_type, at, recorded_at, user_id, product_id, actor, actor_ref, origin, stripe_object,
        message, data, once_key
     from json_populate_recordset(null::activities, $1) on conflict do nothing returning id`,
    [JSON.stringify(rows.map(toColumns))],
  );
  return written.map((row) => row.id);
}

const MANY = 100;

const alike = [
  "mode",
  "type",
  "customType",
  "at",
  "recordedAt",
  "actor",
  "actorRef",
  "origin",
  "stripeObject",
  "message",
] as const;

function isLike(row: ActivityEntity, first: ActivityEntity | undefined): boolean {
  return row.onceKey === null && alike.every((name) => row[name] === first?.[name]);
}

/** What a list brings: thousands of lines that say the same of different people. What they share is sent once. */
async function insertAlike(tx: Tx, rows: readonly ActivityEntity[]): Promise<string[]> {
  const ids = rows.map(({ id }) => id);
  await tx.rows(
    `/* activities.insertAlike */ insert into activities
       (id, mode, type, custom_type, at, recorded_at, user_id, product_id, actor, actor_ref, origin, stripe_object,
        message, data)
     select id, $5, $6, $7, $8, $9, user_id, product_id, $10, $11, $12, $13, $14, data
     from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::jsonb[]) as n (id, user_id, product_id, data)`,
    [
      ids,
      rows.map(({ userId }) => userId),
      rows.map(({ productId }) => productId),
      rows.map(({ data }) => JSON.stringify(data)),
      ...alike.map((name) => rows[0]?.[name]),
    ],
  );
  return ids;
}

function toColumns(row: ActivityEntity): Record<string, unknown> {
  return {
    id: row.id,
    mode: row.mode,
    type: row.type,
    custom_type: row.customType,
    at: row.at,
    recorded_at: row.recordedAt,
    user_id: row.userId,
    product_id: row.productId,
    actor: row.actor,
    actor_ref: row.actorRef,
    origin: row.origin,
    stripe_object: row.stripeObject,
    message: row.message,
    data: row.data,
    once_key: row.onceKey,
  };
}

/** Those of the names that lines have already. */
export async function findOnceKeys(db: Reader, names: readonly string[]): Promise<string[]> {
  if (names.length === 0) return [];
  const found = await db.rows<{ name: string }>(
    `/* activities.onceKeys */ select once_key as name from activities where once_key = any($1::text[])`,
    [names],
  );
  return found.map(({ name }) => name);
}

/** Takes out of the journal what was written about people who are removed; the lines themselves stay. */
export async function blankActivities(tx: Tx, userIds: readonly string[]): Promise<void> {
  await tx.rows(`/* activities.blank */ select blank_activities_of(person) from unnest($1::uuid[]) as gone (person)`, [
    [...userIds],
  ]);
}
