import type { Db } from "../database/db";

/** Windows that are over mean nothing any more. */
export async function deleteWindowsBefore(db: Db, startsAt: Date): Promise<void> {
  await db.rows(`/* rates.sweep */ delete from rate_windows where starts_at < $1`, [startsAt]);
}

/** Adds what was used here, and answers what all replicas have used. */
export function addUses(
  db: Db,
  startsAt: Date,
  uses: ReadonlyMap<string, number>,
): Promise<{ subject: string; used: number }[]> {
  return db.rows(
    `/* rates.share */ insert into rate_windows (subject, starts_at, used)
     select subject, $1, used from unnest($2::text[], $3::int[]) as own (subject, used) order by subject
     on conflict (subject, starts_at) do update set used = rate_windows.used + excluded.used
     returning subject, used`,
    [startsAt, [...uses.keys()], [...uses.values()]],
  );
}
