import Stripe from "stripe";
import { startSimulator } from "../../../src/local/stripe/start-simulator";
import type { Lab } from "../lab";
import type { Row } from "../table";

const BEST_OF = 5;

/** The simulated Stripe with many customers: how long it takes to make them, and to list a page from any place. */
export async function measureSimulator({ short }: Lab): Promise<Row[]> {
  const clock = { now: () => new Date("2026-11-02T10:00:00.000Z") };
  const simulator = await startSimulator({ clock, log: console.error });
  try {
    const { host, port } = simulator;
    const stripe = new Stripe("sk_test_bench", { host, port, protocol: "http", telemetry: false });
    const customers = short ? 10_000 : 100_000;
    const subscriptions = customers * 1.5;
    const begun = performance.now();
    simulator.control.seed({ customers, subscriptions });
    const made = performance.now() - begun;
    const middle = simulator.world.shelves.subscription.inOrder[subscriptions / 2]?.row;
    const pages: Record<string, Stripe.SubscriptionListParams> = {
      newest: { limit: 100 },
      middle: { limit: 100, starting_after: middle?.id ?? "" },
      "of a price": { limit: 100, price: middle?.ours.prices[0] ?? "", status: "all" },
      "with a rare status": { limit: 100, status: "paused" },
    };
    const rows: Row[] = [
      {
        name: `simulator, ${customers} customers made`,
        against: "",
        goal: "1 min",
        seen: `${(made / 1_000).toFixed(1)} s`,
      },
    ];
    for (const [name, params] of Object.entries(pages)) {
      const ms = await bestMs(() => stripe.subscriptions.list(params));
      rows.push({ name: `simulator, a page of subscriptions, ${name}`, against: "", goal: "50 ms", seen: `${ms} ms` });
    }
    return rows;
  } finally {
    await simulator.close();
  }
}

async function bestMs(work: () => Promise<unknown>): Promise<number> {
  let best = Infinity;
  for (let turn = 0; turn < BEST_OF; turn++) {
    const begun = performance.now();
    await work();
    best = Math.min(best, performance.now() - begun);
  }
  return Math.round(best);
}
