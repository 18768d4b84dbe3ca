import { replanMarked } from "../access/replan";
import { sweepReminders } from "../clock/sweep-reminders";
import { sweepTurns } from "../clock/sweep-turns";
import { HOUR, MINUTE, SECOND } from "../base/durations";
import type { Deps } from "../graphql/context";
import { openPaces } from "../connections/open-paces";
import { sweepKeys } from "../idempotency/sweep-keys";
import { sweepWork } from "../work/sweep-work";
import { JOB_WAITS } from "../work/jobs.store";
import { type JobRunners, runJobs } from "../work/run-jobs";
import { type Loop, runLoop } from "../jobs/run-loop";
import { askAboutEnds } from "../projection/ask-about-ends";
import { projectEvents } from "../projection/project-events";
import { sweepNotices } from "../outbox/old-notices.store";
import { pushCustomers } from "../customers/push-customers";
import { pushNames } from "../imports/push-names";
import { startDueReconciliations } from "../reconciliation/start-due-reconciliations";
import { INBOX_FILLED } from "../stripe/inbox.store";
import { sweepInbox } from "../stripe/old-events.store";
import { jobRunners } from "./job-runners";

export interface BackgroundOptions {
  /** For tests: how long a failed event waits before it is tried again, the first time, the second time and so on. */
  retryPausesMs?: readonly number[];
  /** For tests: how often it is looked what the clock has brought. */
  clockEveryMs?: number;
  /** For tests: false where only what is asked for may be compared with Stripe. */
  reconcilesByItself?: boolean;
  /** For tests: who does long work; nobody, where a test does it itself. */
  runners?: JobRunners;
}

export interface Background {
  /** Events were received here. */
  received(): void;
  /** Lets what is under way finish. */
  stop(): Promise<void>;
}

const CLOCK_EVERY_MS = 5 * SECOND;

/** What every server does beside answering. Any number of them share the work. */
export function startBackground(
  parts: Deps,
  {
    retryPausesMs,
    clockEveryMs = CLOCK_EVERY_MS,
    reconcilesByItself = true,
    runners = jobRunners,
  }: BackgroundOptions = {},
): Background {
  const { log, signals } = parts;
  const paceOf = openPaces(parts);
  const projecting = { deps: parts, pauses: retryPausesMs, paceOf };
  const projection = projectEvents({ ...projecting, which: "WAITED" });
  const replayed = projectEvents({ ...projecting, which: "PACED" });
  const replan = runLoop({
    name: "replan",
    log,
    step: async () => (await replanMarked(parts)).planned > 0,
  });
  const due = runLoop({
    name: "reconciliations-due",
    log,
    idleMs: MINUTE,
    step: () =>
      (reconcilesByItself ? startDueReconciliations({ ...parts, paceOf }) : Promise.resolve()).then(() => false),
  });
  const jobs = runLoop({ name: "jobs", log, step: () => runJobs({ ...parts, paceOf }, runners) });
  const pushes = [
    runLoop({ name: "push-customers", log, step: () => pushCustomers(parts) }),
    runLoop({ name: "push-names", log, step: () => pushNames(parts) }),
  ];
  const byClock = [
    { name: "clock-turns", step: () => sweepTurns(parts) },
    { name: "clock-reminders", step: () => sweepReminders(parts) },
    { name: "clock-ends", step: () => askAboutEnds(parts) },
  ].map((sweep) => runLoop({ ...sweep, log, idleMs: clockEveryMs }));
  const sweepFiles = runLoop({ name: "sweep-work", log, idleMs: HOUR, step: () => sweepWork(parts) });
  const sweep = runLoop({ name: "sweep-inbox", log, idleMs: HOUR, step: () => sweepInbox(parts.db) });
  const sweepOldKeys = runLoop({ name: "sweep-idempotency", log, idleMs: HOUR, step: () => sweepKeys(parts) });
  const sweepTold = runLoop({ name: "sweep-notices", log, idleMs: HOUR, step: () => sweepNotices(parts.db) });
  const sweeps = [sweep, sweepFiles, sweepOldKeys, sweepTold];
  const loops: Loop[] = [projection, replayed, replan, due, jobs, ...pushes, ...sweeps, ...byClock];
  signals.on(INBOX_FILLED, () => projection.wake());
  signals.on(JOB_WAITS, () => jobs.wake());
  const forgetOutages = parts.db.outages.onEnd(() => loops.forEach((loop) => loop.wake()));
  return {
    received: () => projection.wake(),
    stop: async () => {
      forgetOutages();
      await Promise.all(loops.map((loop) => loop.stop()));
    },
  };
}
