import { setTimeout as delay } from "node:timers/promises";
import { SECOND } from "../base/durations";
import { type Logger, withoutSecrets } from "../base/log";
import { Outage } from "../base/refusal";

const RETRY_EVERY_MS = SECOND / 4;

/**
 * Runs work that opens the database. While the database does not answer, as during its own restart, it runs the work
 * again, for `waitMs` at the most. Any other failure, such as a wrong password, is thrown at once. The work must be safe
 * to repeat.
 */
export async function retryOutages<Result>(
  { waitMs, log }: { waitMs: number; log: Logger },
  work: () => Promise<Result>,
): Promise<Result> {
  const deadline = performance.now() + waitMs;
  for (let attempt = 1; ; attempt++) {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof Outage) || performance.now() >= deadline) throw error;
      const reason = withoutSecrets(error.cause instanceof Error ? error.cause.message : error.message);
      if (attempt === 1) log.warn({ reason, seconds: waitMs / SECOND }, "waiting for the database to answer");
      await delay(RETRY_EVERY_MS);
    }
  }
}
