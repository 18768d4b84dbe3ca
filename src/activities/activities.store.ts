import type { Tx } from "../database/db";
import { ActivityEntity } from "./activity.entity";

/** Leaves out lines whose fact is recorded already. Answers the ids of the others. */
export async function insertActivities(tx: Tx, rows: ActivityEntity[]): Promise<string[]> {
  const insert = tx.repository(ActivityEntity).createQueryBuilder().insert().values(rows);
  const result = await insert.orIgnore().returning("id").execute();
  return (result.raw as { id: string }[]).map((row) => row.id);
}

/** Takes out of the journal what was written about a person who is removed; the lines themselves stay. */
export async function blankActivities(tx: Tx, userId: string): Promise<void> {
  await tx.rows(`/* activities.blank */ select blank_activities_of($1)`, [userId]);
}
