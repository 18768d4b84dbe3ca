import type { Tx } from "./db";

/** Does it, and undoes it again: whoever only asks what would be hears what would be. Nothing of it is seen by others. */
export async function rehearse<Result>(tx: Tx, work: () => Promise<Result>): Promise<Result> {
  await tx.rows("/* rehearsal.begin */ savepoint rehearsal");
  try {
    return await work();
  } finally {
    await tx.rows("/* rehearsal.undo */ rollback to savepoint rehearsal");
    await tx.rows("/* rehearsal.end */ release savepoint rehearsal");
  }
}
