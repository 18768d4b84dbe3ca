import { openSimulatedStripe, type SimulatedStripe } from "../../../src/local/stripe/simulated-stripe";
import { openClient } from "../../contract/simulator-kit";
import { type FileClock, openFileClock } from "../../kit/server-process";
import { openChance } from "./chance";
import { findDifferences, findDuplicates, findEarlyStarts } from "./compare";
import { stockGoods } from "./goods";
import { judge } from "./oracle";
import { castPeople, emptyBooks, registerUsers } from "./people";
import { readStripe } from "./read-stripe";
import { openServer, type ServerInStory } from "./server-in-story";
import { nowOf, type Stage } from "./stage";
import { openShop, tellStory, type Told } from "./tell-story";

export interface StoryOptions {
  seed: number;
  actions?: number;
  kills?: number;
  /** Fewer acts of the same story, to find the one that matters. */
  until?: number;
}

export interface StoryReport {
  told: Told;
  kills: number;
  events: number;
  /** Empty when all is well; a line for each thing that is not. */
  faults: string[];
}

export const BEGIN = new Date("2026-11-02T10:00:00.000Z");
export const RETRY_S = 600;

/**
 * A whole story: a shop in the simulated Stripe, Latchkey as a process that is killed again and again, and webhooks that
 * come late, twice, in another order and (with odd seeds) never. When none is lost, nothing is reconciled by itself, and
 * access must be right by the webhooks alone; after a reconciliation it must be right always.
 */
export async function tellWholeStory(options: StoryOptions): Promise<StoryReport> {
  const clock = openFileClock(BEGIN);
  const simulator = followed(
    await openSimulatedStripe({
      clock: { now: () => BEGIN },
      log: console.error,
      delivery: { parallel: 6, clock, retryAfterS: Array.from({ length: 12 }, () => RETRY_S) },
    }),
    clock,
  );
  try {
    const server = await openServer(clock, simulator.url, { onlyWebhooks: !losesEvents(options) });
    try {
      return await tell(options, simulator, server);
    } finally {
      await server.close();
    }
  } finally {
    await simulator.close();
    clock.remove();
  }
}

/** With odd seeds. */
function losesEvents({ seed }: Pick<StoryOptions, "seed">): boolean {
  return seed % 2 === 1;
}

async function tell(
  { seed, actions = 320, kills = 10, until = actions }: StoryOptions,
  simulator: SimulatedStripe,
  server: ServerInStory,
): Promise<StoryReport> {
  const isLossy = losesEvents({ seed });
  const stage = await openStage(seed, simulator, server, () => bringUpToDate(simulator, server, isLossy));
  const told: Told = { lines: [], counts: new Map() };
  const faults: string[] = [];
  const acknowledged: Acknowledged = { seen: new Set(), checked: new Set() };
  const deaths = killingPlan(stage.seed, actions, kills);
  try {
    await openShop(stage);
    simulator.deliveries.planDeliveries({
      seed,
      delay: 40,
      repeat: 0.2,
      reorder: 5,
      hold: 0.1,
      ...(isLossy && { drop: 0.12 }),
    });
    const before = async (turn: number): Promise<void> => {
      noteAcknowledged(simulator, acknowledged);
      if (turn % 20 === 0) await findLost(server, acknowledged, faults);
      if (deaths.delete(turn)) await server.kill();
      // Some acts of Stripe happen while nobody listens.
      else if (turn % 3 === 0) await server.ensure();
    };
    await tellStory(stage, told, { actions, until, before });
    await judgeAll(stage, server, isLossy, faults);
    noteAcknowledged(simulator, acknowledged);
    await findLost(server, acknowledged, faults);
  } catch (error) {
    const said = error instanceof Error ? (error.stack ?? error.message) : String(error);
    faults.push(`the story broke off: ${said}`);
  }
  return { told, kills: server.kills, events: acknowledged.seen.size, faults };
}

/** Latchkey with its products and users beside a Stripe with its goods, before anything has happened. */
export async function openStage(
  seed: number,
  simulator: SimulatedStripe,
  server: ServerInStory,
  bringUpToDate: Stage["bringUpToDate"],
): Promise<Stage> {
  const stripe = openClient(simulator);
  const people = castPeople();
  const stage: Stage = {
    seed,
    chance: openChance(seed),
    simulator,
    stripe,
    goods: await stockGoods(stripe),
    books: emptyBooks(people),
    people,
    customers: new Map(),
    addresses: new Set(),
    latchkey: server,
    isHurrying: false,
    bringUpToDate,
  };
  await server.ask(CONNECT, { input: { secretKey: "sk_test_kit" } });
  for (const { key, includes } of stage.books.products) {
    await server.ask(CREATE_PRODUCT, { input: { key, name: key, status: "LIVE", includes } });
  }
  await registerUsers(stage, people);
  if (seed % 4 === 2) {
    stage.books.policy.autoCreateUsers = "NEVER";
    await server.ask(UPDATE_POLICY, { input: { autoCreateUsers: "NEVER" } });
  }
  return stage;
}

const CONNECT = "mutation ($input: ConnectStripeInput!) { connectStripe(input: $input) { id status } }";
const CREATE_PRODUCT = "mutation ($input: CreateProductInput!) { createProduct(input: $input) { id } }";
const UPDATE_POLICY = "mutation ($input: UpdatePolicyInput!) { updatePolicy(input: $input) { autoCreateUsers } }";

/** Everything that was not lost arrives, and everything that arrived is worked. What was lost is reconciled. */
async function bringUpToDate(simulator: SimulatedStripe, server: ServerInStory, isLossy: boolean): Promise<boolean> {
  await server.ensure();
  await deliverAll(simulator);
  await server.idle();
  if (isLossy) await reconcile(server);
  return true;
}

/** What waits for a retry comes with time, which brings more events with it. */
export async function deliverAll(simulator: SimulatedStripe): Promise<void> {
  for (;;) {
    await simulator.deliveries.release({ seed: 1 });
    await simulator.deliveries.settled();
    const waiting = simulator.world.shelves.delivery.inOrder.filter(
      ({ row }) => row.status === "held" || (row.status === "waiting" && row.next_at !== null),
    );
    if (waiting.length === 0) return;
    simulator.control.moveBy(RETRY_S);
  }
}

const RECONCILE = "mutation { reconcile(input: {}) { id } }";
const JOB = "query ($id: ID!) { job(id: $id) { status error done failed } }";

async function reconcile(server: ServerInStory): Promise<void> {
  const { reconcile: job } = await server.ask<{ reconcile: { id: string } }>(RECONCILE, {});
  await server.idle();
  const answer = await server.ask<{ job: { status: string; failed: number; error: string | null } }>(JOB, job);
  if (answer.job.status !== "SUCCEEDED" || answer.job.failed > 0) {
    throw new Error(`the reconciliation did not succeed: ${JSON.stringify(answer)}`);
  }
}

async function judgeAll(stage: Stage, server: ServerInStory, isLossy: boolean, faults: string[]): Promise<void> {
  const { simulator, books } = stage;
  simulator.deliveries.planDeliveries(null);
  await server.ensure();
  await deliverAll(simulator);
  await server.idle();
  const verdicts = judge(await readStripe(stage.stripe, nowOf(stage)), books);
  const products = books.products.map(({ key }) => key);
  if (!isLossy) {
    const differences = await findDifferences(server, verdicts, products);
    faults.push(...differences.map((difference) => `before it was reconciled: ${difference}`));
  }
  await reconcile(server);
  const differences = await findDifferences(server, verdicts, products);
  faults.push(...differences.map((difference) => `after it was reconciled: ${difference}`));
  faults.push(...(await findDuplicates(server)).map((row) => `it is there twice: ${row}`));
  faults.push(...(await findEarlyStarts(server, books.switches)).map((row) => `it begins too early: ${row}`));
  const failed = await server.rows<object>("select type, subject, error from stripe_inbox where state = 'FAILED'");
  faults.push(...failed.map((row) => `an event was given up: ${JSON.stringify(row)}`));
}

/** The events to which Latchkey has said 200. */
interface Acknowledged {
  seen: Set<string>;
  /** Those that were found in the inbox once: what is done is not kept for ever. */
  checked: Set<string>;
}

/** Old deliveries are forgotten by the simulator, so it is asked again and again. */
function noteAcknowledged({ world }: SimulatedStripe, { seen }: Acknowledged): void {
  for (const { row } of world.shelves.delivery.inOrder) {
    const isTaken = row.attempts.some(({ status }) => status !== null && status >= 200 && status < 300);
    if (isTaken) seen.add(row.event);
  }
}

async function findLost(server: ServerInStory, { seen, checked }: Acknowledged, faults: string[]): Promise<void> {
  const asked = [...seen].filter((id) => !checked.has(id));
  const rows = await server.rows<{ event_id: string }>("select event_id from stripe_inbox where event_id = any($1)", [
    asked,
  ]);
  const kept = new Set(rows.map(({ event_id: id }) => id));
  for (const id of asked) {
    checked.add(id);
    if (!kept.has(id)) faults.push(`acknowledged, and lost: ${id}`);
  }
}

function killingPlan(seed: number, actions: number, kills: number): Set<number> {
  const chance = openChance(seed * 1_000 + 1);
  const turns = Array.from({ length: actions }, (_, turn) => turn);
  return new Set(chance.some(turns, kills));
}

/** The clock of the processes goes with that of the simulated world. */
export function followed(simulator: SimulatedStripe, clock: FileClock): SimulatedStripe {
  const { control } = simulator;
  const moveTo = (seconds: number): void => {
    control.moveTo(seconds);
    clock.moveTo(new Date(seconds * 1_000));
  };
  const moveBy = (seconds: number): void => moveTo(control.now() + seconds);
  return { ...simulator, control: { ...control, moveTo, moveBy } };
}
