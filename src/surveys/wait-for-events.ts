import { Unavailable } from "../base/refusal";
import type { Reader } from "../database/db";
import type { JobEntity } from "../work/job.entity";
import { hasEarlierEvents } from "./earlier-events.store";

/** Pauses of 1, 2 and then 5 seconds: about a minute and a half. What still waits then has its own trouble. */
const WAITS_MAX = 19;

/** Lets a job wait until events that came in before it are worked on: what they say is no difference. */
export async function waitForEvents(db: Reader, job: JobEntity, connectionId: string): Promise<void> {
  if (job.waits >= WAITS_MAX || !(await hasEarlierEvents(db, connectionId, job.createdAt))) return;
  throw new Unavailable({ say: "Events that came in before it are worked on first." });
}
