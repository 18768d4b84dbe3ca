import { SECOND } from "../base/durations";
import type { Signals } from "../database/open-signals";

export interface Watched<State> {
  signals: Pick<Signals, "on">;
  /** Where changes are told of, by hints that can be missed. */
  channel: string;
  isAbout(payload: string): boolean;
  /** How it stands now; null: it is gone. */
  look(): Promise<State | null>;
  /** States that read alike are told once. */
  textOf(state: State): string;
  /** Nothing comes after it. */
  isLast(state: State): boolean;
}

/** Changes are told a few times a second at the most, whatever happens in between. */
const LOOKS_APART = 250;
/** And looked for that often without any hint. */
const LOOKED_EVERY = 5 * SECOND;

/**
 * How something stands, and how it stands after each change: what a subscription goes through. It looks when its reader
 * asks for more, and not before, so a slow reader meets the latest state, and nothing waits in memory for it.
 */
export function watchState<State>(watched: Watched<State>): AsyncIterableIterator<State> {
  const phase = { isOver: false, isStale: true };
  let told: string | null = null;
  let lookedAt = -Infinity;
  let wake: () => void = () => undefined;
  const forget = watched.signals.on(watched.channel, (payload) => {
    if (payload !== null && !watched.isAbout(payload)) return;
    phase.isStale = true;
    wake();
  });

  const over = (): IteratorResult<State> => {
    phase.isOver = true;
    forget();
    wake();
    return { done: true, value: undefined };
  };

  const msToWait = () => lookedAt + (phase.isStale ? LOOKS_APART : LOOKED_EVERY) - performance.now();
  const pause = (ms: number) =>
    new Promise<void>((done) => {
      const timer = setTimeout(done, ms);
      wake = () => {
        clearTimeout(timer);
        done();
      };
    });

  async function find(): Promise<IteratorResult<State>> {
    for (;;) {
      for (let ms = msToWait(); ms > 0 && !phase.isOver; ms = msToWait()) await pause(ms);
      if (phase.isOver) return over();
      phase.isStale = false;
      lookedAt = performance.now();
      const state = await watched.look();
      if (phase.isOver || state === null) return over();
      const text = watched.textOf(state);
      if (text === told) continue;
      told = text;
      if (watched.isLast(state)) over();
      return { done: false, value: state };
    }
  }

  return {
    [Symbol.asyncIterator]() {
      return this;
    },
    next: () =>
      find().catch((error: unknown) => {
        over();
        throw error;
      }),
    return: () => Promise.resolve(over()),
  };
}
