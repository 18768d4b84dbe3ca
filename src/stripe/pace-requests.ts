import { AsyncLocalStorage } from "node:async_hooks";
import Stripe from "stripe";
import { SECOND } from "../base/durations";

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

/**
 * Evenly spaced turns. There is no burst: what was not used is gone, so no second has more than it should. It holds for
 * this process.
 */
export function openPace(perSecond: number): Pace {
  const spacing = SECOND / perSecond;
  let next = 0;
  return {
    takeTurn: async () => {
      const now = performance.now();
      const turn = Math.max(now, next);
      next = turn + spacing;
      if (turn > now) await new Promise((come) => setTimeout(come, turn - now));
    },
  };
}

/** The client's own transport; a request that is made at a pace waits first, and so does each of its retries. */
export function pacedTransport(): Stripe.HttpClient {
  const transport = Stripe.createNodeHttpClient();
  const ask = transport.makeRequest.bind(transport);
  transport.makeRequest = async (...request) => {
    await current.getStore()?.takeTurn();
    return ask(...request);
  };
  return transport;
}
