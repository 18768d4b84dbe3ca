import { setTimeout as delay } from "node:timers/promises";
import { Client } from "pg";
import { type GreatWorld, type WorldSize, openGreatWorld } from "./great-world";
import { readTruth } from "./great-oracle";
import { openToll } from "./open-toll";

/** A server as a process of its own, which may be killed at any moment. */
export interface Killable {
  pid: number;
  url: string;
  kill(): Promise<void>;
  stop(): Promise<void>;
}

export interface GreatImport extends WorldSize {
  /** How often the server is killed on the way. */
  kills: number;
  /** Nobody waits until the claim of whoever was killed runs out: that takes seconds each time. */
  isHurried?: boolean;
  /** What Stripe allows in a second. */
  perSecond: number;
  databaseUrl: string;
  /** An administrator's key of test mode. */
  key: string;
  start(env: Record<string, string>): Promise<Killable>;
  memoryOf(pid: number): number;
  say(text: string): void;
}

export interface GreatImportReport {
  seconds: number;
  rows: number;
  requests: number;
  /** Of those that the busiest second saw. */
  busiest: number;
  refused: number;
  refusedLater: number;
  /** Bytes of the server, one for each second. */
  memory: number[];
  /** How long people waited meanwhile for a new user, or for Stripe's products, in milliseconds. */
  waits: number[];
  killedAt: number[];
  counts: Counts;
  truth: Counts;
  problems: string[];
  /** What differs between what we hold and what Stripe's memory says. */
  differences: string[];
}

interface Counts {
  total: number;
  created: number;
  updated: number;
  skipped: number;
  failed: number;
}

const WATCH_MS = 250;

/** Links everything that a great shop sells, kills the server on the way, and compares what came of it. */
export async function runGreatImport(options: GreatImport): Promise<GreatImportReport> {
  const { databaseUrl, perSecond, say } = options;
  const world = await openGreatWorld(options);
  const toll = await openToll();
  toll.leadTo(world.simulator.url);
  const client = new Client({ connectionString: databaseUrl });
  await client.connect();
  const env = { STRIPE_API_BASE: toll.url, LATCHKEY_STRIPE_REQUESTS_PER_SECOND: String(perSecond) };
  let server = await options.start(env);
  let people: People | null = null;
  try {
    const ask = askerOf(server.url, options.key);
    await ask("mutation ($i: ConnectStripeInput!) { connectStripe(input: $i) { id } }", {
      i: { secretKey: "sk_test_great" },
    });
    world.simulator.control.limitRates({ read: perSecond, write: perSecond });
    const begun = performance.now();
    const before = toll.seen.length;
    await linkAll(ask, world.products());
    const truth = readTruth(world.simulator);
    people = comeAndGo(ask);
    const { waits, pause, resume } = people;
    const watched = await watch(client, {
      ...options,
      expected: truth.total,
      server: () => server,
      restart: async () => {
        await pause();
        await server.kill();
        if (options.isHurried) await client.query("update jobs set claimed_until = now() where claim is not null");
        server = await options.start(env);
        resume();
      },
    });
    await pause();
    const ended = performance.now();
    await settle(client, say);
    const later = toll.refusedAt.filter((at) => at > begun + 60_000);
    const { total, skipped } = truth;
    return {
      seconds: (ended - begun) / 1_000,
      rows: total,
      requests: toll.seen.length - before,
      busiest: busiestSecond(toll.cameAt.slice(before)),
      refused: toll.refusedAt.length,
      refusedLater: later.length,
      ...watched,
      waits,
      counts: await countsOf(client),
      truth: { total, created: total - skipped, updated: 0, skipped, failed: 0 },
      problems: await problemsOf(client),
      differences: await compare(client, world),
    };
  } finally {
    await people?.pause().catch(() => undefined);
    await server.stop();
    await client.end();
    await toll.close();
    await world.close();
  }
}

type Ask = (query: string, variables: object) => Promise<Record<string, unknown>>;

function askerOf(url: string, key: string): Ask {
  return async (query, variables) => {
    const headers = { "content-type": "application/json", authorization: `Bearer ${key}` };
    const answer = await fetch(`${url}/graphql`, {
      method: "POST",
      headers,
      body: JSON.stringify({ query, variables }),
    });
    const { data, errors } = (await answer.json()) as { data: Record<string, unknown>; errors?: unknown };
    if (errors !== undefined) throw new Error(JSON.stringify(errors));
    return data;
  };
}

const PEOPLE_MS = 500;
const NEW_USER = "mutation ($i: CreateUserInput!) { createUser(input: $i) { id } }";
const IN_STRIPE = "{ stripeProducts(first: 5) { nodes { id } } }";

interface People {
  waits: number[];
  pause(): Promise<void>;
  resume(): void;
}

/** While the import goes on, somebody wants something again and again, every fourth time of Stripe. */
function comeAndGo(ask: Ask): People {
  const waits: number[] = [];
  const now = { isAway: false };
  let came = 0;
  const come = async (): Promise<void> => {
    while (!now.isAway) {
      const begun = performance.now();
      await (came++ % 4 === 0 ? ask(IN_STRIPE, {}) : ask(NEW_USER, { i: { externalId: `visitor-${came}` } }));
      waits.push(performance.now() - begun);
      await delay(PEOPLE_MS);
    }
  };
  let coming = come();
  return {
    waits,
    pause: () => {
      now.isAway = true;
      return coming;
    },
    resume: () => {
      now.isAway = false;
      coming = come();
    },
  };
}

/** The key of each product of ours is Stripe's id, in small letters as keys are. */
const keyOf = (product: string) => product.toLowerCase().replace("_", "-");

async function linkAll(ask: Ask, products: readonly string[]): Promise<void> {
  for (const product of products) {
    const key = keyOf(product);
    await ask("mutation ($i: CreateProductInput!) { createProduct(input: $i) { id } }", {
      i: { key, name: key, status: "LIVE" },
    });
    await ask("mutation ($i: LinkProductInput!) { linkProduct(input: $i) { job { id } } }", {
      i: { product: key, stripeProductId: product },
    });
  }
}

interface Watching extends GreatImport {
  expected: number;
  server(): Killable;
  restart(): Promise<void>;
}

/** Until every import is over. Kills the server each time that another part of the whole is done. */
async function watch(
  client: Client,
  { kills, expected, server, restart, memoryOf, say }: Watching,
): Promise<Pick<GreatImportReport, "memory" | "killedAt">> {
  const memory: number[] = [];
  const killedAt: number[] = [];
  let sampledAt = 0;
  for (;;) {
    const { rows } = await client.query<{ done: number; open: number; failed: string | null }>(
      `select coalesce(sum(done), 0)::int as done, count(*) filter (where status in ('QUEUED', 'RUNNING'))::int as open,
         max(error) filter (where status = 'FAILED') as failed from jobs where kind = 'LINK_IMPORT'`,
    );
    const [{ done, open, failed }] = rows as [(typeof rows)[0]];
    if (failed !== null) throw new Error(failed);
    if (performance.now() - sampledAt >= 1_000) {
      sampledAt = performance.now();
      memory.push(memoryOf(server().pid));
      if (memory.length % 10 === 0) say(`${done} of ${expected}, ${Math.round((memory.at(-1) ?? 0) / 1e6)} MB`);
    }
    if (open === 0) return { memory, killedAt };
    if (killedAt.length < kills && done > (expected * (killedAt.length + 1)) / (kills + 1)) {
      say(`killed at ${done}`);
      killedAt.push(done);
      await restart();
    }
    await delay(WATCH_MS);
  }
}

/** Events that came meanwhile, and plans that followed. */
async function settle(client: Client, say: (text: string) => void): Promise<void> {
  for (let turn = 0; ; turn++) {
    const { rows } = await client.query<{ waiting: number }>(
      `select ((select count(*) from stripe_inbox where state = 'PENDING' and next_try_at <= now())
        + (select count(*) from stripe_facts where needs_plan))::int as waiting`,
    );
    if (rows[0]?.waiting === 0) return;
    if (turn % 40 === 0) say(`${rows[0]?.waiting} events to be looked at`);
    await delay(WATCH_MS);
  }
}

async function countsOf(client: Client): Promise<Counts> {
  const { rows } = await client.query<Counts>(
    `select sum(total)::int as total, sum(created)::int as created, sum(updated)::int as updated,
       sum(skipped)::int as skipped, sum(failed)::int as failed from jobs where kind = 'LINK_IMPORT'`,
  );
  return rows[0] as Counts;
}

async function problemsOf(client: Client): Promise<string[]> {
  const { rows } = await client.query<{ said: string }>(
    "select code || ' ' || subject || ': ' || message as said from job_problems order by 1 limit 10",
  );
  return rows.map(({ said }) => said);
}

const OPENING = ["SUBSCRIPTION", "TRIAL", "PURCHASE", "GRACE_PERIOD"];

/** Who holds what, and whether it is open now: ours against Stripe's. */
async function compare(client: Client, { simulator }: GreatWorld): Promise<string[]> {
  const { rows } = await client.query<{ name: string; open: boolean }>(
    `select u.email || ' ' || p.key as name, bool_or(g.reason = any($1) and g.ended_at is null and g.starts_at <= now()
       and coalesce(g.closes_at, g.ends_at, 'infinity') > now()) as open
     from grants g join users u on u.id = g.user_id join products p on p.id = g.product_id
     where g.ended_at is null group by 1`,
    [OPENING],
  );
  const ours = new Map(rows.map(({ name, open }) => [name, open]));
  const theirs = new Map<string, boolean>();
  for (const [name, isOpen] of readTruth(simulator).held) {
    const [email = "", product = ""] = name.split(" ");
    theirs.set(`${email} ${keyOf(product)}`, isOpen);
  }
  const names = new Set([...ours.keys(), ...theirs.keys()]);
  return [...names]
    .filter((name) => ours.get(name) !== theirs.get(name))
    .map((name) => `${name}: ours ${ours.get(name)}, Stripe's ${theirs.get(name)}`);
}

function busiestSecond(cameAt: readonly number[]): number {
  let [from, most] = [0, 0];
  cameAt.forEach((at, index) => {
    while ((cameAt[from] ?? 0) <= at - 1_000) from++;
    most = Math.max(most, index - from + 1);
  });
  return most;
}
