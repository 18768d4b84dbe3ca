import type { Tx } from "../database/db";
import { requeueFailed } from "../stripe/inbox.store";
import { atPace } from "../stripe/pace-requests";
import { loadJobConnection } from "../work/load-job-connection";
import { type ReplayPage, replayPage } from "./replay-page";
import type { JobPage, JobRunner } from "../work/run-jobs";

export interface ReplayInput {
  since: string;
}

interface ReplayCursor {
  after: string;
}

/**
 * Page by page from the latest event to the oldest: what the inbox does not have is put there, and what it gave up on is
 * tried again, also what Stripe lists no more. What was done stays done.
 */
export const replayConnection: JobRunner = async (deps, job) => {
  const connection = await loadJobConnection(deps.db, job.subject);
  const since = Math.floor(Date.parse((job.input as ReplayInput).since) / 1000);
  const after = (job.cursor as ReplayCursor | null)?.after ?? null;
  const page = await atPace(deps.paceOf(connection), () => replayPage(deps, connection, { since, after }));
  return (tx) => write(tx, connection.id, page);
};

async function write(tx: Tx, connectionId: string, page: ReplayPage): Promise<JobPage> {
  const found = page.eventIds.length;
  const created = await page.write(tx);
  const again = await requeueFailed(tx, connectionId, page.eventIds);
  const rest = page.next === null ? await requeueFailed(tx, connectionId) : 0;
  const skipped = found - created - again;
  return {
    cursor: page.next === null ? null : { after: page.next },
    counts: { done: found + rest, created, updated: again + rest, skipped, failed: 0 },
    problems: [],
  };
}
