import { SECOND } from "../base/durations";
import { Refusal } from "../base/refusal";

export interface SlotBounds {
  runningMax: number;
  waitingMax: number;
}

/** Work of many callers, each of whom has a few slots. */
export interface Slots {
  /** Waits for a free slot of the caller and returns what frees it; refuses when too much of theirs waits already. */
  take(caller: string, bounds: SlotBounds): Promise<() => void>;
}

interface Caller {
  running: number;
  waiting: (() => void)[];
}

export function openSlots(): Slots {
  const callers = new Map<string, Caller>();

  function release(name: string, caller: Caller): void {
    const next = caller.waiting.shift();
    if (next) return next();
    caller.running--;
    if (caller.running === 0) callers.delete(name);
  }

  return {
    async take(name, { runningMax, waitingMax }) {
      const caller = callers.get(name) ?? { running: 0, waiting: [] };
      callers.set(name, caller);
      if (caller.running < runningMax) caller.running++;
      else if (caller.waiting.length >= waitingMax) throw tooMany();
      // Whoever ends hands their slot over, so the count of those who run stays the same.
      else await new Promise<void>((start) => caller.waiting.push(start));
      return () => release(name, caller);
    },
  };
}

function tooMany(): Refusal {
  return new Refusal("RATE_LIMITED", {
    say: "Too many requests of this caller wait for one another. Wait before trying again.",
    details: { retryAfterMs: SECOND },
  });
}
