import { type Batch, applyFactsIn, takingTurns } from "../access/apply-facts";
import type { Clock } from "../base/clock";
import type { Db } from "../database/db";
import type { EventRef } from "../stripe/inbox.store";
import { finishEvents } from "../stripe/inbox.store";
import type { Sighting } from "./look-at";

export interface Seen extends Pick<Sighting, "facts" | "customers"> {
  /** Done with this. */
  events: readonly EventRef[];
}

export interface Applier {
  /** Resolves when the facts are in force and the events are done. */
  apply(seen: Seen): Promise<void>;
}

interface Waiting {
  seen: Seen;
  done: () => void;
  failed: (error: unknown) => void;
}

const FACTS_MAX = 200;

/** What is ready at the same time is applied together: one transaction for many subjects. */
export function openApplier(deps: { db: Db; clock: Clock }): Applier {
  let waiting: Waiting[] = [];
  let isRunning = false;

  async function carryOut(batch: readonly Waiting[]): Promise<void> {
    try {
      await applyTogether(
        deps,
        batch.map(({ seen }) => seen),
      );
      for (const { done } of batch) done();
    } catch (error) {
      const [first, ...others] = batch;
      if (others.length === 0) return first?.failed(error);
      // One of them is at fault, and the others are not to wait for it.
      for (const each of batch) await carryOut([each]);
    }
  }

  async function run(): Promise<void> {
    isRunning = true;
    while (waiting.length > 0) {
      const batch = takeBatch(waiting);
      waiting = waiting.slice(batch.length);
      await carryOut(batch);
    }
    isRunning = false;
  }

  return {
    apply: (seen) =>
      new Promise((done, failed) => {
        waiting.push({ seen, done, failed });
        if (!isRunning) void run();
      }),
  };
}

function takeBatch(waiting: readonly Waiting[]): Waiting[] {
  let facts = 0;
  const tooMany = waiting.findIndex(({ seen }) => (facts += seen.facts.length) > FACTS_MAX);
  return waiting.slice(0, tooMany < 0 ? waiting.length : Math.max(tooMany, 1));
}

/** That the events are done stands in the transaction that makes it true: one commit for both. */
async function applyTogether({ db, clock }: { db: Db; clock: Clock }, all: readonly Seen[]): Promise<void> {
  const batch: Batch = {
    origin: "WEBHOOK",
    facts: all.flatMap(({ facts }) => facts),
    customers: all.flatMap(({ customers }) => customers),
  };
  const events = all.flatMap((each) => each.events);
  const isNothing = batch.facts.length === 0 && batch.customers?.length === 0;
  if (isNothing) return finishEvents(db, events);
  await takingTurns(() =>
    db.transaction(async (tx) => {
      await applyFactsIn(tx, batch, clock.now());
      await finishEvents(tx, events);
    }),
  );
}
