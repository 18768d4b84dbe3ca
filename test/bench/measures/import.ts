import { type GreatImportReport, runGreatImport } from "../../kit/great-import";
import { memoryOf } from "../cpu";
import type { Lab } from "../lab";
import { freePort } from "../processes";
import type { Row } from "../table";

const KILLS = 5;
/** What Stripe allows in live mode. */
const PER_SECOND = 100;
const SPECIAL = 100;
const KEY = "lk_test_Q8zT1vYk3Lw0PsXc5Rb7Nm2Hd9Jf4Ga6";

/** A great shop is imported below Stripe's limit, by a server that is killed five times on the way. */
export async function measureImport(lab: Lab): Promise<Row[]> {
  const { customers } = lab;
  const shop = await lab.emptyShop();
  const port = String(await freePort());
  const url = `http://127.0.0.1:${port}`;
  const report = await runGreatImport({
    customers,
    subscriptions: customers * 1.5,
    special: Math.min(SPECIAL, Math.ceil(customers / 100)),
    kills: KILLS,
    perSecond: PER_SECOND,
    databaseUrl: shop.databaseUrl,
    key: KEY,
    start: async (env) => ({
      url,
      ...(await shop.product({ ...env, PORT: port, LATCHKEY_PUBLIC_URL: url, LATCHKEY_BOOTSTRAP_KEY: KEY })),
    }),
    memoryOf: (pid) => memoryOf(pid)?.now ?? NaN,
    say: lab.say,
  });
  return rowsOf(report);
}

function rowsOf(report: GreatImportReport): Row[] {
  const { seconds, rows, requests, busiest, refused, refusedLater, killedAt } = report;
  const perSecond = (count: number) => `${(count / seconds).toFixed(1)} a second`;
  const line = (name: string, goal: string, seen: string): Row => ({ name, against: "a simulated Stripe", goal, seen });
  const { counts, truth, differences, problems } = report;
  return [
    line("imported", "", `${rows} purchases in ${seconds.toFixed(0)} s, ${perSecond(rows)}`),
    line("requests", `below ${PER_SECOND} a second`, `${requests}, ${perSecond(requests)}, ${busiest} in the busiest`),
    line("429", "0 after the first minute", `${refused}, ${refusedLater} after the first minute`),
    line("memory of the server", "flat", describeMemory(report.memory)),
    line("people who waited meanwhile", "p95 < 2 s", describeWaits(report.waits)),
    line("killed", "", `${killedAt.length} times, at ${killedAt.join(", ")}`),
    line("counts", JSON.stringify(truth), JSON.stringify(counts)),
    line("problems", "0", problems.length === 0 ? "0" : problems.join("; ")),
    line(
      "differences",
      "0",
      `${differences.length}${differences
        .slice(0, 5)
        .map((each) => `; ${each}`)
        .join("")}`,
    ),
  ];
}

function describeWaits(waits: readonly number[]): string {
  const sorted = [...waits].sort((a, b) => a - b);
  const at = (share: number) => (sorted[Math.floor((sorted.length - 1) * share)] ?? NaN).toFixed(0);
  return `${sorted.length} times: p50 ${at(0.5)} ms, p95 ${at(0.95)} ms, at most ${at(1)} ms`;
}

/** At each tenth of the way, in megabytes. */
function describeMemory(samples: readonly number[]): string {
  const known = samples.filter(Number.isFinite);
  const tenths = Array.from({ length: 11 }, (_, tenth) => known[Math.floor(((known.length - 1) * tenth) / 10)] ?? NaN);
  const megabytes = (bytes: number) => (bytes / 1_000_000).toFixed(0);
  return `${tenths.map(megabytes).join(" ")} MB, at most ${megabytes(Math.max(...known))}`;
}
