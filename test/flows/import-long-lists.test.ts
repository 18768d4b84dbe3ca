import { openPaces } from "../../src/connections/open-paces";
import { importLink } from "../../src/imports/import-link";
import { claimJob } from "../../src/work/jobs.store";
import { runJobs } from "../../src/work/run-jobs";
import { type Stall, openStall } from "../kit/open-stall";
import { SHOP_KEY, type Shop, type ShopOptions, startShop } from "../kit/start-shop";

const CONNECT = "mutation ($input: ConnectStripeInput!) { connectStripe(input: $input) { id } }";
const LINK = `mutation ($input: LinkProductInput!) { linkProduct(input: $input) { job { id } } }`;
const HOUR_MS = 60 * 60_000;

let shop: Shop;
let stall: Stall;
const open = async (options: ShopOptions = {}) => {
  shop = await startShop({ ...options, connect: false });
  stall = await openStall(shop, "course");
};
afterEach(() => shop.stop());
const connect = () => shop.latchkey.get(CONNECT, { input: { secretKey: SHOP_KEY } });
const rows = <Row>(text: string) => shop.latchkey.server.deps.db.rows<Row>(text);

test("F21, F24: three customers with more than a hundred subscriptions and orders each are complete, while Stripe fails on every third page", async () => {
  await open();
  for (const name of ["ada", "bob", "cyd"]) {
    const customer = await stall.customer(`${name}@a.example`);
    for (let index = 0; index < 102; index++) {
      await stall.subscribe(customer);
      await stall.buyOnce({ customer });
    }
  }
  shop.clock.moveBy(HOUR_MS);
  await connect();
  // Twice in a row each: the client's own second try fails as well.
  for (let skip = 4; skip < 30; skip += 2) {
    await shop.control("plan-fault", { kind: "error-before", path: "/v1/*", skip, count: 2 });
  }
  const { job } = await stall.link();
  expect(job).toMatchObject({ status: "SUCCEEDED", total: 612, created: 612, skipped: 0, failed: 0 });
  const held = await rows<{ email: string; source: string; count: number }>(
    `select u.email, g.source, count(distinct g.stripe_object)::int as count
     from grants g join users u on u.id = g.user_id where g.ended_at is null group by 1, 2 order by 1, 2`,
  );
  expect(held).toEqual(
    ["ada", "bob", "cyd"].flatMap((name) =>
      ["PURCHASE", "SUBSCRIPTION"].map((source) => ({ email: `${name}@a.example`, source, count: 102 })),
    ),
  );
  expect(shop.latchkey.logged.filter((line) => line.includes("tried again later")).length).toBeGreaterThan(2);
});

test("F24: at every page boundary somebody dies with the next page in hand and somebody else buys: nothing is lost, nothing counted twice", async () => {
  await open({ background: { runners: {}, reconcilesByItself: false } });
  const before = 230;
  for (let index = 0; index < before; index++) await stall.subscribe(await stall.customer(`b-${index}@a.example`));
  shop.clock.moveBy(HOUR_MS);
  await connect();
  // Nobody tells us: what happens meanwhile comes from Stripe's list of events, at the end.
  await shop.control("instruct-delivery", { event: "*", count: 1_000_000, drop: true });
  const input = { product: stall.key, stripeProductId: stall.stripeProduct };
  await shop.latchkey.get(LINK, { input });
  const { deps } = shop.latchkey.server;
  const jobDeps = { ...deps, paceOf: openPaces(deps) };
  let pages = 0;
  for (;;) {
    if ((await claimJob(deps.db, "0197c1e0-0000-7000-8000-000000000001", ["LINK_IMPORT"])) === null) break;
    await rows("update jobs set claimed_until = now() - interval '1 second'");
    if (pages < 8) await stall.subscribe(await stall.customer(`during-${pages}@a.example`));
    await runJobs(jobDeps, { LINK_IMPORT: importLink });
    pages++;
  }
  await shop.settled();
  const [job] = await rows<{ total: number; created: number; skipped: number; failed: number; status: string }>(
    "select total, created, skipped, failed, status from jobs",
  );
  expect(pages).toBeGreaterThan(8);
  expect(job).toMatchObject({ status: "SUCCEEDED", failed: 0, skipped: 0 });
  // Those who bought before their list was read stand in it; the others came by their events.
  expect(job?.total).toBe(job?.created);
  expect(job?.total).toBeGreaterThanOrEqual(before);
  expect(job?.total).toBeLessThanOrEqual(before + 8);
  const held = await rows<{ email: string }>(
    "select u.email from grants g join users u on u.id = g.user_id where g.ended_at is null",
  );
  const bought = shop.simulator.world.shelves.customer.inOrder.map(({ row }) => row.email);
  expect(held.map(({ email }) => email).sort()).toEqual(bought.sort());
});

test("an import that an older version had begun is begun once more", async () => {
  await open({ background: { runners: {}, reconcilesByItself: false } });
  await stall.subscribe(await stall.customer("ada@a.example"));
  shop.clock.moveBy(HOUR_MS);
  await connect();
  await shop.latchkey.get(LINK, { input: { product: stall.key, stripeProductId: stall.stripeProduct } });
  await rows(`update jobs set cursor = '{"walks": [{"list": "INVOICES"}], "at": 0, "after": null}'`);
  const { deps } = shop.latchkey.server;
  while (await runJobs({ ...deps, paceOf: openPaces(deps) }, { LINK_IMPORT: importLink }));
  expect(await rows("select status, created, failed from jobs")).toEqual([
    { status: "SUCCEEDED", created: 1, failed: 0 },
  ]);
  expect(await stall.allowed("ada@a.example")).toBe(true);
});
