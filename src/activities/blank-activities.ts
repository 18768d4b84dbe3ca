import type { Tx } from "../database/db";

/** Takes out of the journal what was written about a person who is removed; the lines themselves stay. */
export async function blankActivities(tx: Tx, userId: string): Promise<void> {
  await tx.rows(`/* activities.blank */ select blank_activities_of($1)`, [userId]);
}
