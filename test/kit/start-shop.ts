import Stripe from "stripe";
import type { BackgroundOptions } from "../../src/app/background";
import type { Environment } from "../../src/config/environment";
import {
  openSimulatedStripe,
  type SimulatedStripe,
  type SimulatedStripeOptions,
} from "../../src/local/stripe/simulated-stripe";
import { freePort } from "./free-port";
import { type Latchkey, startLatchkeyOn } from "./start-latchkey";
import { type TestClock, testClock } from "./test-clock";
import { createTestDatabase } from "./test-database";
import { until } from "./until";

/** Latchkey and a simulated Stripe that know one another, with one clock for both. */
export interface Shop {
  simulator: SimulatedStripe;
  /** The official client, as the shop's own. */
  stripe: Stripe;
  latchkey: Latchkey;
  /** Other servers on the same database; webhooks are sent to `latchkey`. */
  replicas: readonly Latchkey[];
  /** The id of the connection (con_…); empty when none was wanted. */
  connection: string;
  /** The time of both. It goes forward only, and what comes due in Stripe on the way happens. */
  clock: TestClock;
  /** A command of the simulated Stripe's control room. */
  control<Answer = Record<string, unknown>>(name: string, body?: object): Promise<Answer>;
  /** Everything was delivered, and nothing is left that could be worked on now. */
  settled(): Promise<void>;
  stop(): Promise<void>;
}

export interface ShopOptions {
  connect?: boolean;
  env?: Environment;
  /** How many servers beside the first. */
  replicas?: number;
  stripe?: SimulatedStripeOptions;
  background?: BackgroundOptions;
  /** The address under which the servers reach the database; its own without it. */
  databaseUrlOf?: (url: string) => string;
  /** When it is at the beginning; the spring of 2026 without it. Where processes take part, theirs is the real time. */
  from?: Date;
}

export const SHOP_KEY = "sk_test_shopofthetests";

export async function startShop(options: ShopOptions = {}): Promise<Shop> {
  const opened: (() => Promise<void>)[] = [];
  const stop = async () => {
    while (opened.length > 0) await opened.pop()?.();
  };
  try {
    return await open(options, opened, stop);
  } catch (error) {
    await stop();
    throw error;
  }
}

async function open(options: ShopOptions, opened: (() => Promise<void>)[], stop: () => Promise<void>): Promise<Shop> {
  const base = testClock(options.from);
  let simulator: SimulatedStripe | null = null;
  const clock = sharedClock(base, () => simulator);
  const failures: unknown[] = [];
  simulator = await openSimulatedStripe({
    clock: base,
    log: (error) => failures.push(error),
    ...options.stripe,
    delivery: { clock, ...options.stripe?.delivery },
  });
  const { url, host, port } = simulator;
  opened.push(() => simulator?.close() ?? Promise.resolve());

  const database = await createTestDatabase();
  opened.push(() => database.drop());
  // The address has to be known before the server listens: it is told to Stripe.
  const own = await freePort();
  const env = {
    PORT: String(own),
    LATCHKEY_PUBLIC_URL: `http://127.0.0.1:${own}`,
    STRIPE_API_BASE: url,
    // The simulated Stripe takes whatever comes, unless a test limits it.
    LATCHKEY_STRIPE_REQUESTS_PER_SECOND: "50000",
    ...(options.databaseUrlOf && {
      DATABASE_URL: options.databaseUrlOf(database.url),
      LATCHKEY_DATABASE_LISTEN_URL: database.url,
    }),
    ...options.env,
  };
  const background = options.background ? { background: options.background } : {};
  const replica = () => startLatchkeyOn(database, { env: { ...env, PORT: "0" }, clock, ...background });
  const first = await startLatchkeyOn(database, { env, clock, ...background });
  const latchkey = { ...first, replica };
  opened.push(() => latchkey.stop());
  const replicas: Latchkey[] = [];
  for (let index = 0; index < (options.replicas ?? 0); index++) {
    const replica = await latchkey.replica();
    opened.push(() => replica.stop());
    replicas.push(replica);
  }

  const shop: Shop = {
    simulator,
    stripe: new Stripe(SHOP_KEY, { host, port, protocol: "http", maxNetworkRetries: 0, telemetry: false }),
    latchkey,
    replicas,
    connection: options.connect === false ? "" : await connect(latchkey),
    clock,
    control: (name, body) => controlOf(url, name, body),
    settled: () => settled(shop),
    stop: async () => {
      await stop();
      if (failures.length > 0) throw failures[0];
    },
  };
  return shop;
}

/** What both believe is the time. Moving it moves the world of the simulated Stripe, with all that comes due. */
function sharedClock(base: TestClock, simulatorOf: () => SimulatedStripe | null): TestClock {
  const now = () => new Date(base.now().getTime() + (simulatorOf()?.world.aheadMs ?? 0));
  const moveTo = (moment: Date) => {
    const seconds = Math.floor(new Date(moment).getTime() / 1000);
    if (seconds > now().getTime() / 1000) simulatorOf()?.control.moveTo(seconds);
    const restMs = new Date(moment).getTime() - now().getTime();
    if (restMs < 0) throw new Error("the clock of a shop goes forward only");
    base.moveBy(restMs);
  };
  return { now, moveTo, moveBy: (ms) => moveTo(new Date(now().getTime() + ms)) };
}

async function connect(latchkey: Latchkey): Promise<string> {
  const query = "mutation ($input: ConnectStripeInput!) { connectStripe(input: $input) { id } }";
  const input = { secretKey: SHOP_KEY };
  return (await latchkey.get<{ connectStripe: { id: string } }>(query, { input })).connectStripe.id;
}

async function settled({ simulator, latchkey }: Shop): Promise<void> {
  const read = async () => {
    await simulator.deliveries.settled();
    return latchkey.server.deps.db.rows<{ type: string; error: string | null; attempts: number }>(DUE);
  };
  const due = await until(read, (rows) => rows.length === 0);
  if (due.length > 0) throw new Error(`the inbox does not settle: ${JSON.stringify(due)}`);
}

const DUE = `/* test.due */ select type, error, attempts
  from stripe_inbox join stripe_connections on stripe_connections.id = connection_id and status <> 'DISCONNECTED'
  where state = 'PENDING' and (next_try_at <= now() or claimed_until > now()) limit 5`;

async function controlOf<Answer>(url: string, name: string, body: object = {}): Promise<Answer> {
  const headers = { "Content-Type": "application/json" };
  const response = await fetch(`${url}/_control/${name}`, { method: "POST", headers, body: JSON.stringify(body) });
  const text = await response.text();
  if (!response.ok) throw new Error(text);
  return JSON.parse(text) as Answer;
}
