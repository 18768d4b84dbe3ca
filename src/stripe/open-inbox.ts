import type { Db } from "../database/db";
import { type NewEvent, insertEvents } from "./inbox.store";

/** Where events are put before anybody is told that we have them. */
export interface Inbox {
  /** Resolves when the event is safely in the database, whether it was new or not. */
  put(event: NewEvent): Promise<void>;
}

interface Waiting {
  event: NewEvent;
  done: () => void;
  failed: (error: unknown) => void;
}

const STATEMENTS_MAX = 2;
const ROWS_MAX = 500;

/** Events that come while a statement runs wait for it and go together in the next: a flood costs few commits. */
export function openInbox(deps: { db: Db; stored?: () => void }): Inbox {
  const waiting: Waiting[] = [];
  let running = 0;

  async function write(batch: readonly Waiting[]): Promise<void> {
    try {
      await insertEvents(
        deps.db,
        batch.map(({ event }) => event),
      );
      for (const { done } of batch) done();
      deps.stored?.();
    } catch (error) {
      for (const { failed } of batch) failed(error);
    }
  }

  /** Takes turns until nothing waits. */
  async function run(): Promise<void> {
    running++;
    while (waiting.length > 0) await write(waiting.splice(0, ROWS_MAX));
    running--;
  }

  return {
    put: (event) =>
      new Promise((done, failed) => {
        waiting.push({ event, done, failed });
        if (running < STATEMENTS_MAX) void run();
      }),
  };
}
