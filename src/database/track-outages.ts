import type { Logger } from "../base/log";
import { withoutSecrets } from "../base/log";
import { SECOND } from "../base/durations";
import { Outage } from "../base/refusal";

/** What one process knows about outages of its database. An outage has one log line when it begins and one at its end. */
export interface Outages {
  /** Records a failure, and returns the error that callers get. */
  failed(cause: unknown): Outage;
  /** Adds a condition without which no outage is over. */
  addProbe(isBack: () => Promise<boolean>): void;
  /** Calls the listener at the end of each outage. Returns a function that removes the listener. */
  onEnd(listener: () => void): () => void;
  /** Stops probing: the pool is about to close. */
  close(): void;
}

const PROBE_EVERY_MS = 250;
/** Failures that follow one another this closely belong to one outage. */
const QUIET_MS = SECOND;

export function trackOutages(log?: Logger): Outages {
  const probes: (() => Promise<boolean>)[] = [];
  const listeners = new Set<() => void>();
  const phase = { isClosed: false };
  let current: { begunAt: number; lastFailedAt: number; failures: number } | null = null;

  function probeLater(): void {
    setTimeout(() => void probe(), PROBE_EVERY_MS).unref();
  }

  async function probe(): Promise<void> {
    if (phase.isClosed || !current) return;
    const isQuiet = performance.now() - current.lastFailedAt >= QUIET_MS;
    if (isQuiet && (await areAllBack())) end();
    else probeLater();
  }

  async function areAllBack(): Promise<boolean> {
    const failuresBefore = current?.failures;
    const answers = await Promise.all(probes.map((isBack) => isBack().catch(() => false)));
    return answers.every(Boolean) && current?.failures === failuresBefore;
  }

  function end(): void {
    if (!current || phase.isClosed) return;
    const seconds = Math.round((performance.now() - current.begunAt) / 100) / 10;
    log?.warn({ seconds, failures: current.failures }, "the database answers again");
    current = null;
    for (const listener of listeners) listener();
  }

  return {
    failed: (cause) => {
      const now = performance.now();
      if (current) {
        current.failures++;
        current.lastFailedAt = now;
      } else if (!phase.isClosed) {
        current = { begunAt: now, lastFailedAt: now, failures: 1 };
        const reason = withoutSecrets(cause instanceof Error ? cause.message : String(cause));
        log?.error({ reason }, "the database does not answer; requests that need it get UNAVAILABLE until it does");
        probeLater();
      }
      return new Outage({ say: "The database does not answer at the moment.", cause });
    },
    addProbe: (isBack) => void probes.push(isBack),
    onEnd: (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    close: () => {
      phase.isClosed = true;
    },
  };
}
