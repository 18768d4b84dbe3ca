import type { Draft } from "./draft";
import { blankCustomer } from "./objects/customer";
import type { Simulation } from "./simulation";

const BATCH = 1_000;
const APART_S = 10;

export interface WorldSize {
  customers: number;
  subscriptions?: number;
}

/**
 * Fills a world for imports and benchmarks, without events: as if all of it had happened before anyone listened. Rows
 * are made from old to new, so that each is simply the newest.
 */
export function seedWorld(simulation: Simulation, { customers }: WorldSize): void {
  const begin = simulation.now() - customers * APART_S;
  for (let made = 0; made < customers; made += BATCH) {
    simulation.act((draft) => {
      for (let n = made; n < Math.min(made + BATCH, customers); n++) seedCustomer(draft, n, begin + n * APART_S);
    });
  }
}

function seedCustomer(draft: Draft, n: number, created: number): void {
  draft.put({ ...blankCustomer(draft, created), name: `Customer ${n}`, email: `customer-${n}@example.com` });
}
