import { SECOND } from "../base/durations";
import type { Logger } from "../base/log";
import { withoutSecrets } from "../base/log";
import type { ConnectionEntity } from "../connections/connection.entity";
import type { WriteDeps } from "../connections/write-connection";
import { findConnected } from "../connections/connections.store";
import type { PaceOf } from "../connections/open-paces";
import { type Loop, runLoop } from "../jobs/run-loop";
import {
  type ClaimedSubject,
  type EventRef,
  type InboxEvent,
  claimSubjects,
  extendClaims,
  failEvents,
  releaseEvents,
} from "../stripe/inbox.store";
import { type Trouble, decideRetry, troubleOf } from "./decide-retry";
import type { LookDeps } from "./look-at";
import { openApplier } from "./open-applier";
import { drawObservation } from "../links/observations.store";
import { atPace } from "../stripe/pace-requests";
import { openPatience } from "./open-patience";
import { wakeWaiting } from "./waiting.store";
import { apart, applySnapshots, asksStripe, seeSubject } from "./project-subject";

export interface Projecting {
  deps: LookDeps & WriteDeps & { log: Logger };
  /** For tests: how long to wait before trying again. */
  pauses?: readonly number[] | undefined;
  /** Only what came from this connection; the others are left to others. */
  only?: string;
  /** Only what somebody may wait for, or only what nobody waits for; otherwise all of it. */
  which?: "WAITED" | "PACED";
  /** In whose turns that is looked at for which nobody waits. */
  paceOf?: PaceOf;
}

/** Of which Stripe is asked at the same time. */
const LOOKS_AT_ONCE = 16;
/** With those that wait for their look, or are seen: what comes together is claimed and written together. */
const SUBJECTS_AT_ONCE = 80;
/** Claiming a few at once is cheaper than one by one, and nobody should notice the wait. */
const GATHER_MS = 10;
const EXTEND_EVERY_MS = 5 * SECOND;
const WAKE_WITHIN_MS = 10 * SECOND;
const STOP_WITHIN_MS = 5 * SECOND;

/** Of what nobody waits for. They wait for their turns, and a subject that waits keeps its newer events waiting. */
const PACED_AT_ONCE = 8;

/** Instead of a failure: its turn came when nobody was to be asked any more. */
const NOT_NOW = Symbol("not now");

interface Place {
  connection: ConnectionEntity;
  observation: bigint;
}

/** From the inbox to access, until it is stopped. Subjects are worked on side by side, and each by one worker only. */
export function projectEvents({ deps, pauses, only, which, paceOf }: Projecting): Loop {
  const applier = openApplier(deps);
  const patience = openPatience();
  const working = new Map<ClaimedSubject, Promise<void>>();
  const subjectsMax = which === "PACED" ? PACED_AT_ONCE : SUBJECTS_AT_ONCE;
  const places = openPlaces(Math.min(LOOKS_AT_ONCE, subjectsMax));
  let isStopping = false;

  async function step(): Promise<boolean> {
    const free = subjectsMax - working.size;
    // Whoever finishes wakes us.
    if (free <= 0) return false;
    const connections = (await findConnected(deps.db)).filter(({ id }) => (only ?? id) === id && patience.mayAsk(id));
    if (connections.length === 0) return false;
    const claimed = await claimSubjects(deps.db, {
      limit: free,
      connectionIds: connections.map(({ id }) => id),
      ...(which === undefined ? {} : { paced: which === "PACED" }),
    });
    if (claimed.length === 0) return false;
    // One number for all of them: it is drawn before Stripe is asked about any, and that is what counts.
    const observation = await drawObservation(deps.db);
    for (const subject of claimed) {
      const connection = connections.find(({ id }) => id === subject.connectionId);
      if (connection) begin({ connection, observation }, subject);
    }
    return claimed.length === free;
  }

  function begin(at: Place, subject: ClaimedSubject): void {
    const done = work(at, subject).finally(() => {
      working.delete(subject);
      // What came in meanwhile about the same was left alone.
      wakeSoon();
    });
    working.set(subject, done);
  }

  let isWaking = false;
  function wakeSoon(): void {
    if (isWaking) return;
    isWaking = true;
    const wake = () => {
      isWaking = false;
      loop.wake();
    };
    setTimeout(wake, GATHER_MS).unref();
  }

  async function work(at: Place, subject: ClaimedSubject): Promise<void> {
    const { connection } = at;
    try {
      const failure = await tryAll(at, subject.subject, subject.events);
      if (failure === null) {
        // An event that needs no answer of the account says nothing of its state.
        if (!asksStripe(subject.events)) return;
        const wakeAfterMs = patience.wentWell(connection.id, subject.subject);
        if (wakeAfterMs !== null) await wakeWaiting(deps.db, connection.id, wakeAfterMs);
        return;
      }
      if (failure === NOT_NOW) return await releaseEvents(deps.db, refsOf(at, subject.events));
      const groups = troubleOf(failure) === "ITS_OWN" ? apart(subject.events) : [];
      if (groups.length < 2) return await park(connection, subject, subject.events, failure);
      for (const events of groups) {
        const own = await tryAll(at, subject.subject, events);
        if (own === NOT_NOW) await releaseEvents(deps.db, refsOf(at, events));
        else if (own !== null) await park(connection, subject, events, own);
      }
    } catch (err) {
      // The lease runs out, and somebody tries again.
      deps.log.error({ err, connectionId: connection.id, subject: subject.subject }, "events could not be worked on");
    }
  }

  /** A short pause is not made longer by our own idleness. */
  function wakeAfter(ms: number): void {
    if (ms < WAKE_WITHIN_MS) setTimeout(() => loop.wake(), ms + 1).unref();
  }

  /** What went wrong; null: nothing. Or NOT_NOW. */
  async function tryAll(at: Place, subject: string, events: readonly InboxEvent[]): Promise<unknown> {
    try {
      const seen = await places.take(async () => {
        // The account may be in trouble since it was claimed.
        const mayAsk = !isStopping && patience.mayAsk(at.connection.id);
        return mayAsk ? inTurns(at, events, () => seeSubject(deps, at, { subject, events })) : null;
      });
      if (!seen) return NOT_NOW;
      const { facts, customers, isUnfinished } = seen;
      await applier.apply({ facts, customers, events: isUnfinished ? [] : refsOf(at, events) });
      return isUnfinished ? new Error("Stripe is not done with it yet; it is looked at again.") : null;
    } catch (error) {
      return error ?? new Error("nothing was said");
    }
  }

  /** Unless somebody may wait for one of them. */
  function inTurns<Seen>(
    { connection }: Place,
    events: readonly InboxEvent[],
    see: () => Promise<Seen>,
  ): Promise<Seen> {
    return paceOf && events.every(({ paced }) => paced) ? atPace(paceOf(connection), see) : see();
  }

  async function park(
    connection: ConnectionEntity,
    { subject }: ClaimedSubject,
    events: readonly InboxEvent[],
    error: unknown,
  ): Promise<void> {
    const trouble = troubleOf(error);
    if (trouble !== "ITS_OWN") await useSnapshots(connection, events);
    const failed = patience.failed(connection.id, subject, trouble);
    const text = withoutSecrets(error instanceof Error ? error.message : String(error));
    const chance = Math.random();
    const tries = events.map((event) => {
      const failures = trouble === "ITS_OWN" ? event.attempts : failed;
      const retry = decideRetry({ trouble, failures, chance, ...(pauses && { pauses }) });
      return { connectionId: connection.id, eventId: event.eventId, error: text, ...retry };
    });
    await failEvents(deps.db, tries);
    wakeAfter(Math.max(...tries.map(({ pauseMs }) => pauseMs)));
    tellTrouble(connection.id, subject, { trouble, error, isFinal: tries.some(({ final }) => final) });
  }

  /** The best that can be done now. If even that cannot be done, the events wait all the same. */
  async function useSnapshots(connection: ConnectionEntity, events: readonly InboxEvent[]): Promise<void> {
    try {
      await applySnapshots(deps, connection, events);
    } catch (err) {
      deps.log.warn({ err, connectionId: connection.id }, "what events show could not be used");
    }
  }

  function tellTrouble(
    connectionId: string,
    subject: string,
    { trouble, error, isFinal }: { trouble: Trouble; error: unknown; isFinal: boolean },
  ): void {
    const about = { err: error, connectionId, subject, trouble };
    if (isFinal) deps.log.error(about, "events were given up; replay them when the reason is gone");
    else deps.log.warn(about, "events wait to be tried again");
  }

  const loop = runLoop({ name: "projection", log: deps.log, step });
  const extending = setInterval(() => {
    extendClaims(deps.db, [...working.keys()]).catch((err: unknown) => {
      deps.log.warn({ err }, "leases could not be extended");
    });
  }, EXTEND_EVERY_MS);
  extending.unref();

  return {
    wake: () => loop.wake(),
    stop: async () => {
      isStopping = true;
      await loop.stop();
      // Whoever still waits for Stripe then is left to the lease: doing it twice is harmless.
      await Promise.race([Promise.all(working.values()), pause(STOP_WITHIN_MS)]);
      clearInterval(extending);
    },
  };
}

function refsOf({ connection }: Place, events: readonly InboxEvent[]): EventRef[] {
  return events.map(({ eventId }) => ({ connectionId: connection.id, eventId }));
}

/** So many at the same time; the others wait, and whoever came first goes first. */
function openPlaces(count: number) {
  const waiting: (() => void)[] = [];
  let free = count;
  return {
    async take<Result>(work: () => Promise<Result>): Promise<Result> {
      if (free > 0) free--;
      else await new Promise<void>((turn) => waiting.push(turn));
      try {
        return await work();
      } finally {
        const next = waiting.shift();
        if (next) next();
        else free++;
      }
    },
  };
}

function pause(ms: number): Promise<void> {
  return new Promise((done) => setTimeout(done, ms).unref());
}
