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
let arrivals: number;
let apiBase: string;
beforeEach(async () => {
  shop = await startShop({ replicas: 1 });
  arrivals = 0;
  counter = createServer((_, response) => {
    arrivals++;
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

/** By the database's clock: where the turns that are taken end, and how far that is from now. */
async function readPace(): Promise<{ end: number; ahead: number }> {
  const [row] = await shop.latchkey.server.deps.db.rows<{ end: number; ahead: number }>(
    `/* test */ select extract(epoch from next_turn_at)::float8 * 1000 as end,
       extract(epoch from next_turn_at - clock_timestamp())::float8 * 1000 as ahead from stripe_paces`,
  );
  return row ?? { end: 0, ahead: 0 };
}

test("F23: two replicas share the pace of one: each request moves the next turn by its spacing, whichever asks", async () => {
  const paces = dbs().map(paceOf);
  await paces[0]?.takeTurn();
  const before = await readPace();
  const stripe = openStripe({ secretKey: "sk_test_pace", apiBase });
  await Promise.all(
    paces.flatMap((pace) => Array.from({ length: 15 }, () => atPace(pace, () => stripe.prices.list()))),
  );
  expect(arrivals).toBe(30);
  // 60 % of the limit. Rounded by less than a millisecond for each of the reservations.
  expect((await readPace()).end - before.end).toBeGreaterThanOrEqual(30 * (1_000 / (LIMIT * 0.6)) - 30);
});

test("a process that dies with turns in hand takes a quarter of a second from the others at most", async () => {
  const one = paceOf(shop.latchkey.server.deps.db);
  const turns = Array.from({ length: 45 }, () => one.takeTurn());
  await turns[0];
  expect((await readPace()).ahead).toBeLessThanOrEqual(250);
  await Promise.all(turns);
});

test("while the database does not answer, nobody asks Stripe", async () => {
  const down = { rows: () => Promise.reject(new Unavailable({ say: "The database does not answer." })) };
  const stripe = openStripe({ secretKey: "sk_test_pace", apiBase });
  await expect(atPace(paceOf(down as unknown as Db), () => stripe.prices.list())).rejects.toThrow(
    /does not answer|connection to Stripe/,
  );
  expect(arrivals).toBe(0);
});

test("F23: an import and the events that it replays stay below Stripe's limit, in two replicas, so that nobody is ever refused", async () => {
  await shop.stop();
  shop = await startShop({ connect: false, replicas: 1, env: { LATCHKEY_STRIPE_REQUESTS_PER_SECOND: "20" } });
  const stall = await openStall(shop, "course");
  // They have just bought, so each is looked at with care, and their events come once more at the end.
  for (let index = 0; index < 20; index++) await stall.subscribe(await stall.customer(`b${index}@a.example`));
  await shop.latchkey.get(CONNECT, { input: { secretKey: SHOP_KEY } });
  await shop.control("limit-rates", { read: 20 });
  const { job } = await stall.link();
  await shop.settled();
  expect(job).toMatchObject({ status: "SUCCEEDED", created: 20, failed: 0 });
  const logged = [shop.latchkey, ...shop.replicas].flatMap((server) => server.logged);
  expect(logged.filter((line) => /tried again later|wait to be tried again|limits us/.test(line))).toEqual([]);
});
