import { SECOND } from "../base/durations";
import type { Logger } from "../base/log";

export interface Loop {
  /** There may be work: look now. */
  wake(): void;
  /** Lets the running step finish and begins no other. */
  stop(): Promise<void>;
}

export interface LoopOptions {
  /** For the log. */
  name: string;
  log: Logger;
  /** One step of the work; true if there may be more right away. */
  step(): Promise<boolean>;
  /** How long to wait when there was nothing to do. A notice may be missed, so this is never very long. */
  idleMs?: number;
}

const IDLE_MS = SECOND;
const TROUBLE_MS_MAX = 15 * SECOND;

/** Does a step again and again: at once while there is work, when it is woken, and now and then by itself. */
export function runLoop({ name, log, step, idleMs = IDLE_MS }: LoopOptions): Loop {
  const phase = { stopping: false };
  let woken = false;
  let wakeUp: (() => void) | null = null;

  const pause = (ms: number) =>
    new Promise<void>((done) => {
      if (woken || phase.stopping) return done();
      const timer = setTimeout(done, ms);
      timer.unref();
      wakeUp = () => {
        clearTimeout(timer);
        done();
      };
    });

  async function run(): Promise<void> {
    let troubleMs = 0;
    while (!phase.stopping) {
      woken = false;
      try {
        const isMore = await step();
        troubleMs = 0;
        if (!isMore) await pause(idleMs);
      } catch (err) {
        log.error({ err, loop: name }, "a step of background work failed");
        troubleMs = Math.min(Math.max(troubleMs * 2, 100), TROUBLE_MS_MAX);
        woken = false;
        await pause(troubleMs);
      }
      wakeUp = null;
    }
  }

  const running = run();
  return {
    wake: () => {
      woken = true;
      wakeUp?.();
    },
    stop: async () => {
      phase.stopping = true;
      wakeUp?.();
      await running;
    },
  };
}
