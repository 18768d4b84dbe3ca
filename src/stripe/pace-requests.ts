import { AsyncLocalStorage } from "node:async_hooks";
import Stripe from "stripe";
import { SECOND } from "../base/durations";
import { countRequest } from "./count-requests";

/** How often background work may ask Stripe. */
export interface Pace {
  /** Comes back when it is this request's turn. */
  takeTurn(): Promise<void>;
}

const current = new AsyncLocalStorage<Pace>();

/** Whatever the work asks of Stripe waits for its turn. Whoever asks outside of it, for somebody who waits, does not. */
export function atPace<Result>(pace: Pace, work: () => Promise<Result>): Promise<Result> {
  return current.run(pace, work);
}

interface Waiting {
  come(): void;
  fail(error: unknown): void;
}

/** Reserves so many turns in a row, and answers when the first of them comes. */
export type TakeTurns = (turns: number) => Promise<{ firstAfterMs: number }>;

/** The time of this process, in milliseconds since any moment. Tests bring their own. */
interface Time {
  now(): number;
  pause(ms: number): Promise<void>;
}

const realTime: Time = {
  now: () => performance.now(),
  pause: (ms) => new Promise((passed) => setTimeout(passed, ms)),
};

/** So much is reserved at once: whoever dies loses no more than that, and others wait no longer for it. */
const RESERVED_MS = SECOND / 4;

/**
 * Evenly spaced turns. There is no burst: what was not used is gone, so no second has more than it should. Who waits at the
 * same moment is reserved for together. If nothing can be reserved, nobody's turn comes.
 */
export function openPace(perSecond: number, takeTurns: TakeTurns, time: Time = realTime): Pace {
  const spacingMs = SECOND / perSecond;
  const together = Math.max(1, Math.floor(RESERVED_MS / spacingMs));
  const waiting: Waiting[] = [];
  let isRunning = false;

  async function run(): Promise<void> {
    isRunning = true;
    while (waiting.length > 0) {
      const batch = waiting.splice(0, together);
      try {
        const { firstAfterMs } = await takeTurns(batch.length);
        await callUp(batch, firstAfterMs);
      } catch (error) {
        for (const { fail } of batch) fail(error);
      }
    }
    isRunning = false;
  }

  async function callUp(batch: readonly Waiting[], firstAfterMs: number): Promise<void> {
    const from = time.now();
    for (const [place, { come }] of batch.entries()) {
      const ms = firstAfterMs + place * spacingMs - (time.now() - from);
      if (ms > 0) await time.pause(ms);
      come();
    }
  }

  return {
    takeTurn: () =>
      new Promise((come, fail) => {
        waiting.push({ come, fail });
        // Those who ask in this very moment go together.
        if (!isRunning) {
          isRunning = true;
          queueMicrotask(() => void run());
        }
      }),
  };
}

/** The client's own transport; a request that is made at a pace waits first, and so does each of its retries. */
export function pacedTransport(): Stripe.HttpClient {
  const transport = Stripe.createNodeHttpClient();
  const ask = transport.makeRequest.bind(transport);
  transport.makeRequest = async (...request) => {
    await current.getStore()?.takeTurn();
    try {
      const answer = await ask(...request);
      countRequest(String(answer.getStatusCode()));
      return answer;
    } catch (error) {
      countRequest("none");
      throw error;
    }
  };
  return transport;
}
