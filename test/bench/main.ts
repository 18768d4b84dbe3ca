import "reflect-metadata";
import { Command } from "commander";
import { type Lab, openLab } from "./lab";
import {
  measureCheck,
  measureGrowth,
  measureList,
  measureMany,
  measureProcesses,
  measureRegistered,
} from "./measures/checks";
import { measureCsv } from "./measures/csv";
import { measureImport } from "./measures/import";
import { measureLatency } from "./measures/latency";
import { measureProjection } from "./measures/projection";
import { measureReceipt } from "./measures/receipt";
import { measureSimulator } from "./measures/simulator";
import { measureStart } from "./measures/start";
import type { Pace } from "./rounds";
import { type Row, printTable } from "./table";

interface Measure {
  meaning: string;
  run(lab: Lab): Promise<Row[]>;
  /** Takes so long that it is only run when it is named. */
  onlyWhenNamed?: true;
}

const measures: Record<string, Measure> = {
  check: { meaning: "P1, one check", run: measureCheck },
  registered: { meaning: "P2, one check by registered document", run: measureRegistered },
  many: { meaning: "a hundred checks in one request", run: measureMany },
  list: { meaning: "P3, 200 products with the viewer's access", run: measureList },
  receipt: { meaning: "P4, receipt of webhooks", run: measureReceipt },
  projection: { meaning: "P5, from the inbox to grants", run: measureProjection },
  latency: { meaning: "P6, from a webhook to the decision", run: measureLatency },
  growth: { meaning: "P7, a million users against ten thousand", run: measureGrowth, onlyWhenNamed: true },
  csv: { meaning: "P8, a million rows of CSV", run: measureCsv, onlyWhenNamed: true },
  import: {
    meaning: "customers and their subscriptions, imported by a server that is killed",
    run: measureImport,
    onlyWhenNamed: true,
  },
  start: { meaning: "P9, start and memory", run: measureStart },
  simulator: { meaning: "the simulated Stripe with 100,000 customers", run: measureSimulator },
  processes: { meaning: "P10, two processes against one", run: measureProcesses },
};

const WHOLE: Pace = { rounds: 5, roundMs: 5_000, warmUpMs: 4_000, connections: 32 };
const SHORT: Pace = { rounds: 1, roundMs: 1_000, warmUpMs: 1_000, connections: 32 };

interface Options {
  short: boolean;
  rounds?: string;
  customers: string;
}

const program = new Command("bench")
  .description("How fast, as ratios against baselines in the same run. It reports, and fails nothing on speed.")
  .argument("[measures...]", `which ones: ${describe()}; all but the longest by default`)
  .option("--short", "a minute or two in total: proves that it still runs", false)
  .option("--customers <count>", "of the import; half as many again are subscriptions", "100000")
  .option("--rounds <count>", "how many rounds of five seconds")
  .action(run);

void program.parseAsync();

function describe(): string {
  return Object.entries(measures)
    .map(([name, { meaning }]) => `${name} (${meaning})`)
    .join(", ");
}

async function run(names: string[], { short, rounds, customers }: Options): Promise<void> {
  const unknown = names.find((name) => !measures[name]);
  if (unknown !== undefined) return program.error(`There is no measure ${unknown}. There are: ${describe()}.`);
  const chosen = Object.entries(measures).filter(([name, { onlyWhenNamed }]) =>
    names.length > 0 ? names.includes(name) : !onlyWhenNamed,
  );
  const pace = { ...(short ? SHORT : WHOLE), ...(rounds === undefined ? {} : { rounds: Number(rounds) }) };
  const lab = await openLab({
    pace,
    short,
    customers: Number(customers),
    say: (text) => void process.stderr.write(`${text}\n`),
  });
  try {
    const rows: Row[] = [];
    for (const [name, measure] of chosen) {
      lab.say(`${name} …`);
      rows.push(...(await measure.run(lab)));
    }
    process.stdout.write(`${printTable(rows)}\n`);
  } finally {
    await lab.close();
  }
}
