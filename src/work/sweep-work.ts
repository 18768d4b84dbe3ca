import type { Clock } from "../base/clock";
import type { Db } from "../database/db";
import { deleteOldFiles, lockAbandonedUploads } from "./files.store";
import { cancelJobs } from "./jobs.store";
import { deleteOldNotes } from "./notes.store";

// A file may be large, and goes in one statement with all of its pieces.
const FILES_AT_ONCE = 5;
const NOTES_AT_ONCE = 5_000;
const UPLOADS_AT_ONCE = 100;

/**
 * Throws away what names people and serves nobody any more: exports after a day, uploads whose job is over or that nobody
 * went on with, and notes. True if there may be more. Any number of replicas may do it at once.
 */
export async function sweepWork({ db, clock }: { db: Db; clock: Clock }): Promise<boolean> {
  const now = clock.now();
  const abandoned = await db.transaction(async (tx) => {
    const jobIds = await lockAbandonedUploads(tx, now, UPLOADS_AT_ONCE);
    await cancelJobs(tx, jobIds, "The file was begun, and nobody went on with it for a day.", now);
    return jobIds.length;
  });
  const files = await deleteOldFiles(db, now, FILES_AT_ONCE);
  const notes = await deleteOldNotes(db, NOTES_AT_ONCE);
  return abandoned === UPLOADS_AT_ONCE || files === FILES_AT_ONCE || notes === NOTES_AT_ONCE;
}
