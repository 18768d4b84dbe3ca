import { type Server, createServer } from "node:http";
import { readPublicIdOf } from "../../src/base/ids";
import { Unavailable } from "../../src/base/refusal";
import { openPaces } from "../../src/connections/open-paces";
import type { Db } from "../../src/database/db";
import { openStripe } from "../../src/stripe/open-stripe";
import { atPace } from "../../src/stripe/pace-requests";
import { openStall } from "../kit/open-stall";
import { SHOP_KEY, type Shop, startShop } from "../kit/start-shop";

const CONNECT = "mutation ($input: ConnectStripeInput!) { connectStripe(input: $input) { id } }";

let shop: Shop;
let counter: Server;
let arrivals: number[];
let apiBase: string;
beforeEach(async () => {
  shop = await startShop({ replicas: 1 });
  arrivals = [];
  counter = createServer((_, response) => {
    arrivals.push(performance.now());
    response.setHeader("content-type", "application/json").end(JSON.stringify({ object: "list", data: [] }));
  });
  await new Promise<void>((done) => void counter.listen(0, "127.0.0.1", done));
  const address = counter.address();
  apiBase = `http://127.0.0.1:${typeof address === "object" && address ? address.port : 0}`;
});
afterEach(async () => {
  counter.closeAllConnections();
  await new Promise((done) => counter.close(done));
  await shop.stop();
});

const LIMIT = 50;

/** What one process knows of the pace of the shop's account: its own connections to the database, its own memory. */
function paceOf(db: Db) {
  const config = { stripe: { requestsPerSecond: LIMIT } };
  const id = readPublicIdOf("connection", shop.connection) ?? "";
  return openPaces({ db, config })({ id, mode: "TEST" });
}

const dbs = () => [shop.latchkey, ...shop.replicas].map(({ server }) => server.deps.db);

/** Asks Stripe one after the other, until the time is over. */
async function askFor(ms: number, ask: () => Promise<unknown>): Promise<void> {
  const until = performance.now() + ms;
  while (performance.now() < until) await ask();
}

test("F23: two replicas, each of them with much to ask, ask together at the pace of one, measured where Stripe listens", async () => {
  const asking = dbs().flatMap((db) => {
    const pace = paceOf(db);
    const stripe = openStripe({ secretKey: "sk_test_pace", apiBase });
    const ask = () => atPace(pace, () => stripe.prices.list());
    return Array.from({ length: 6 }, () => askFor(3_000, ask));
  });
  await Promise.all(asking);
  const busiest = Math.max(...arrivals.map((from) => arrivals.filter((at) => at >= from && at < from + 1_000).length));
  // 60 % of the limit, with what one busy moment pushes together.
  expect(busiest).toBeLessThan(LIMIT * 0.8);
  expect(arrivals.length).toBeGreaterThan(3 * LIMIT * 0.6 * 0.7);
  expect(arrivals.length).toBeLessThan(3 * LIMIT * 0.6 * 1.3);
}, 30_000);

test("whoever dies with turns in hand takes a quarter of a second from the others at most", async () => {
  const other = shop.replicas[0]?.server.deps.db ?? shop.latchkey.server.deps.db;
  const one = paceOf(shop.latchkey.server.deps.db);
  const turns = Array.from({ length: 45 }, () => one.takeTurn());
  await turns[0];
  const begun = performance.now();
  await paceOf(other).takeTurn();
  expect(performance.now() - begun).toBeLessThan(1_000);
  await Promise.all(turns);
});

test("while the database does not answer, nobody asks Stripe", async () => {
  const down = { rows: () => Promise.reject(new Unavailable({ say: "The database does not answer." })) };
  const stripe = openStripe({ secretKey: "sk_test_pace", apiBase });
  await expect(atPace(paceOf(down as unknown as Db), () => stripe.prices.list())).rejects.toThrow(
    /does not answer|connection to Stripe/,
  );
  expect(arrivals).toEqual([]);
});

test("F23: an import and the events that it replays stay below Stripe's limit, in two replicas, so that nobody is ever refused", async () => {
  await shop.stop();
  shop = await startShop({ connect: false, replicas: 1, env: { LATCHKEY_STRIPE_REQUESTS_PER_SECOND: "20" } });
  const stall = await openStall(shop, "course");
  // They have just bought, so each is looked at with care, and their events come once more at the end.
  for (let index = 0; index < 20; index++) await stall.subscribe(await stall.customer(`b${index}@a.example`));
  await shop.latchkey.get(CONNECT, { input: { secretKey: SHOP_KEY } });
  await shop.control("limit-rates", { read: 20 });
  const begun = performance.now();
  const { job } = await stall.link();
  await shop.settled();
  const seconds = (performance.now() - begun) / 1_000;
  expect(job).toMatchObject({ status: "SUCCEEDED", created: 20, failed: 0 });
  // Two requests for each subscription, and as many for its events, twelve a second.
  expect(seconds).toBeGreaterThan(4);
  const logged = [shop.latchkey, ...shop.replicas].flatMap((server) => server.logged);
  expect(logged.filter((line) => /tried again later|wait to be tried again|limits us/.test(line))).toEqual([]);
}, 60_000);
