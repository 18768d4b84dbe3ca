import type { Reader, Tx } from "../database/db";
import type { ActivityEntity } from "./activity.entity";

/** Leaves out lines whose fact is recorded already. Answers the ids of the others. */
export async function insertActivities(tx: Tx, rows: readonly ActivityEntity[]): Promise<string[]> {
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
