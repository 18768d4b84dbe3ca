import type { Tx } from "../database/db";
import { retryEvents } from "../stripe/retry-events.store";
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
 * Page by page from the latest event to the oldest. An event that the inbox does not have is put there (created). One that
 * waits, or that was given up, is tried again at once (updated), also if Stripe does not list it any more. One that is done
 * stays done (skipped).
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
  // Before the new ones are there: they wait as well, and count once.
  const again = await retryEvents(tx, connectionId, page.eventIds);
  const rest = page.next === null ? await retryEvents(tx, connectionId) : 0;
  const created = await page.write(tx);
  return {
    cursor: page.next === null ? null : { after: page.next },
    counts: { done: found + rest, created, updated: again + rest, skipped: found - created - again, failed: 0 },
    problems: [],
  };
}
