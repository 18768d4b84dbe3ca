import { openSimulatedStripe } from "../../../src/local/stripe/simulated-stripe";
import { openFileClock } from "../../kit/server-process";
import { findDifferences, findDuplicates } from "./compare";
import { type HeldRow, findDrift } from "./find-drift";
import { judge } from "./oracle";
import { readStripe } from "./read-stripe";
import { openServerHere } from "./server-here";
import type { ServerInStory } from "./server-in-story";
import { type Stage, nowOf } from "./stage";
import { openShop, tellStory, type Told } from "./tell-story";
import { BEGIN, RETRY_S, deliverAll, followed, openStage } from "./whole-story";

export interface LossyReport {
  told: Told;
  /** Webhooks that never arrived. */
  dropped: number;
  /** Decisions that were wrong before anything was compared with Stripe. */
  wrong: string[];
  /** What a dry run said would differ, and what the run after it said and changed. */
  listed: Difference[];
  mended: Difference[];
  changed: string[];
  /** What differs as the rows and Stripe's lists say, without a line of ours. */
  drift: string[];
  /** Empty when all is well; a line for each thing that is not. */
  faults: string[];
}

interface Difference {
  subject: string;
  code: string;
  message: string;
}

const DROPPED = 0.1;
/** Of the last acts nothing arrives: most of what was lost before was told again by something later. */
const LAST = 12;

/**
 * A story in which one of ten webhooks is dropped for ever, and all of the last ones, and nothing dies. Nothing is compared
 * with Stripe before the end: then once without mending, once in earnest, and once more.
 */
export async function tellLossyStory({ seed, actions }: { seed: number; actions: number }): Promise<LossyReport> {
  const clock = openFileClock(BEGIN);
  const delivery = { parallel: 6, clock, retryAfterS: Array.from({ length: 12 }, () => RETRY_S) };
  const opened = await openSimulatedStripe({ clock: { now: () => BEGIN }, log: console.error, delivery });
  const simulator = followed(opened, clock);
  try {
    const server = await openServerHere(clock, simulator.url);
    try {
      const stage = await openStage(seed, simulator, server, () => Promise.resolve(false));
      const told: Told = { lines: [], counts: new Map() };
      await openShop(stage);
      simulator.deliveries.planDeliveries({ seed, drop: DROPPED, repeat: 0.1, reorder: 3 });
      const before = (turn: number): Promise<void> => {
        if (turn === actions - LAST) simulator.deliveries.planDeliveries({ seed, drop: 1 });
        return Promise.resolve();
      };
      // An import would find what was lost.
      await tellStory(stage, told, { actions, without: ["linkAgain"], before });
      await endUnheard(stage);
      const dropped = simulator.world.shelves.delivery.inOrder.filter(({ row }) => row.status === "dropped").length;
      simulator.deliveries.planDeliveries(null);
      await deliverAll(simulator);
      await server.idle();
      return { told, dropped, ...(await reconcileAll(stage, server)) };
    } finally {
      await server.close();
    }
  } finally {
    await simulator.close();
    clock.remove();
  }
}

/** Ends every second subscription while nothing arrives, so that something is wrong whichever webhooks were dropped. */
async function endUnheard({ stripe }: Stage): Promise<void> {
  const { data } = await stripe.subscriptions.list({ status: "active", limit: 100 });
  for (const { id } of data.filter((_, place) => place % 2 === 0)) await stripe.subscriptions.cancel(id);
}

async function reconcileAll(stage: Stage, server: ServerInStory): Promise<Omit<LossyReport, "told" | "dropped">> {
  const { books } = stage;
  const products = books.products.map(({ key }) => key);
  const state = await readStripe(stage.stripe, nowOf(stage));
  const verdicts = judge(state, books);
  const wrong = await findDifferences(server, verdicts, products);
  const faults: string[] = [];

  const before = await readWorld(server);
  const rows = await readTables(server);
  const listed = await reconcile(server, true);
  const after = await readTables(server);
  for (const [table, sum] of rows) if (after.get(table) !== sum) faults.push(`a dry run wrote into ${table}`);

  const mended = await reconcile(server, false);
  const changed = changedIn(before, await readWorld(server));
  const differences = await findDifferences(server, verdicts, products);
  faults.push(...differences.map((difference) => `after it was reconciled: ${difference}`));
  faults.push(...(await findDuplicates(server)).map((row) => `it is there twice: ${row}`));
  const again = await reconcile(server, true);
  faults.push(...again.map(({ subject, message }) => `it still differs: ${subject} ${message}`));
  const drift = [...findDrift(before.facts, state, books)].sort();
  return { wrong, listed, mended, changed, drift, faults };
}

const RECONCILE = "mutation ($dryRun: Boolean!) { reconcile(input: { dryRun: $dryRun }) { id } }";
const JOB = `query ($id: ID!, $after: String) { job(id: $id) { status error done created updated skipped failed
  problems(first: 200, after: $after) { nodes { subject code message } pageInfo { hasNextPage endCursor } } } }`;

interface JobAnswer {
  job: {
    status: string;
    error: string | null;
    done: number;
    created: number;
    updated: number;
    skipped: number;
    failed: number;
    problems: { nodes: Difference[]; pageInfo: { hasNextPage: boolean; endCursor: string | null } };
  };
}

/** Compares everything with Stripe, and answers what the report says. */
async function reconcile(server: ServerInStory, dryRun: boolean): Promise<Difference[]> {
  const { reconcile: begun } = await server.ask<{ reconcile: { id: string } }>(RECONCILE, { dryRun });
  await server.idle();
  const found: Difference[] = [];
  for (let after: string | null = null; ;) {
    const answer: JobAnswer = await server.ask<JobAnswer>(JOB, { id: begun.id, after });
    const { job } = answer;
    const { status, error, done, created, updated, skipped, failed, problems } = job;
    if (status !== "SUCCEEDED" || failed > 0) throw new Error(`the reconciliation did not succeed: ${error}`);
    found.push(...problems.nodes);
    if (problems.pageInfo.hasNextPage) {
      after = problems.pageInfo.endCursor;
      continue;
    }
    if (done !== created + updated + skipped) throw new Error(`the counts do not add up: ${JSON.stringify(job)}`);
    if (found.length !== created + updated) throw new Error(`not every difference is told: ${JSON.stringify(job)}`);
    return found.sort((a, b) => (a.subject < b.subject ? -1 : 1));
  }
}

interface World {
  facts: HeldRow[];
  customers: { customer: string; said: string }[];
}

async function readWorld(server: ServerInStory): Promise<World> {
  return {
    facts: await server.rows<HeldRow>("select source, kind, customer, facts from stripe_facts"),
    customers: await server.rows("select customer, row(email, name, deleted)::text as said from stripe_customers"),
  };
}

/** The purchases that are held otherwise than before, and the customers that were known and are. */
function changedIn(before: World, after: World): string[] {
  const facts = new Map(before.facts.map((row) => [row.source, JSON.stringify(row)]));
  const customers = new Map(before.customers.map(({ customer, said }) => [customer, said]));
  return [
    ...after.facts.filter((row) => facts.get(row.source) !== JSON.stringify(row)).map(({ source }) => source),
    ...after.customers
      .filter(({ customer, said }) => customers.has(customer) && customers.get(customer) !== said)
      .map(({ customer }) => customer),
  ].sort();
}

// What a dry run may write: the job, what it noted and reported, and whose turn it is to ask Stripe. And what is
// counted on the way, whoever asks.
const ITS_OWN = ["jobs", "job_notes", "job_problems", "stripe_paces", "api_keys", "rate_windows", "webhook_counts"];

/** A sum over all rows of each table. */
async function readTables(server: ServerInStory): Promise<Map<string, string>> {
  const tables = await server.rows<{ name: string }>(
    "select relname as name from pg_class where relkind in ('r', 'p') and relnamespace = 'public'::regnamespace",
  );
  const sums = new Map<string, string>();
  for (const { name } of tables) {
    if (ITS_OWN.includes(name)) continue;
    const [row] = await server.rows<{ sum: string }>(
      `select count(*) || ' ' || coalesce(md5(string_agg(t::text, '|' order by t::text)), '') as sum from "${name}" t`,
    );
    sums.set(name, row?.sum ?? "");
  }
  return sums;
}
