import { fillStalls } from "../kit/fill-stalls";
import { type Stall, jobDone, openStall } from "../kit/open-stall";
import { SHOP_KEY, type Shop, startShop } from "../kit/start-shop";
import { testLong } from "../kit/is-long";

const CONNECT = "mutation ($input: ConnectStripeInput!) { connectStripe(input: $input) { id } }";
const LINK = `mutation ($input: LinkProductInput!) { linkProduct(input: $input) { link { id } job { id } } }`;
const UNLINK = `mutation ($link: ID!) { unlinkProduct(input: { link: $link, strategy: KEEP_GRANTS }) { preview { losing } } }`;

let shop: Shop;
let stall: Stall;
beforeEach(async () => {
  shop = await startShop({ connect: false });
  stall = await openStall(shop, "course");
  await fillStalls(shop, stall, await openStall(shop, "book"));
});
afterEach(() => shop.stop());

const HOUR_MS = 60 * 60_000;
/** All of it was bought so long ago that rows of lists are believed. Before that, nobody tells us. */
const connect = async () => {
  shop.clock.moveBy(HOUR_MS);
  await shop.latchkey.get(CONNECT, { input: { secretKey: SHOP_KEY } });
};
const rows = <Row>(text: string) => shop.latchkey.server.deps.db.rows<Row>(text);
const tryLink = async () => {
  const input = { product: "course", stripeProductId: stall.stripeProduct, importExisting: true, dryRun: true };
  const { linkProduct } = await shop.latchkey.get<{ linkProduct: { job: { id: string } } }>(LINK, { input });
  return jobDone(shop, linkProduct.job.id);
};

/** By the names of the buyers: they are there, and open nothing. */
const LEFT_OUT =
  "marked marked-checkout marked-payment refunded refunded-invoice credited dispute-lost incomplete".split(" ");
/** Stripe's own lists, read from its memory. */
function truth() {
  const { shelves } = shop.simulator.world;
  const living = shelves.subscription.inOrder.filter(
    ({ row }) => row.status !== "canceled" && row.ours.prices.includes(stall.monthly),
  );
  const sold = shelves["checkout.session"].inOrder.filter(
    ({ row }) => row.mode === "payment" && row.status === "complete" && row.payment_status !== "unpaid",
  );
  const ofCheckout = new Set(sold.map(({ row }) => row.invoice));
  const byHand = shelves.invoice.inOrder.filter(
    ({ row }) => row.status === "paid" && row.parent === null && !ofCheckout.has(row.id),
  );
  return { total: living.length + sold.length + byHand.length };
}

/** They went in; what they bought is disputed, or paused. */
const SHUT = ["disputed", "disputed-order", "paused"];

test("RWS-S6, CH-S13: of a whole shop each purchase is counted once, and nothing opens for a moment that should not", async () => {
  await connect();
  const { job } = await stall.link();
  const { total } = truth();
  const skipped = LEFT_OUT.length;
  expect(job).toMatchObject({ status: "SUCCEEDED", total, done: total, created: total - skipped, skipped, failed: 0 });
  expect(job.problems.nodes).toEqual([]);
  for (const name of LEFT_OUT) expect([name, await stall.allowed(`${name}@a.example`)]).toEqual([name, null]);
  for (const name of SHUT) {
    expect([name, await stall.allowed(`${name}@a.example`)]).toEqual([name, false]);
    const types = (await stall.journal(`${name}@a.example`)).map(({ type }) => type);
    expect([name, types.filter((type) => type === "ACCESS_GRANTED")]).toEqual([name, []]);
  }
  const buyers = await rows<{ email: string }>("select email from users");
  const open = buyers.map(({ email }) => email).filter((email) => !SHUT.includes(email.split("@")[0] ?? ""));
  expect(open.length).toBe(total - skipped - SHUT.length);
  for (const email of open) expect([email, await stall.allowed(email)]).toEqual([email, true]);
});

test("TA-X2: a dry run of an import counts what the import counts then, names those who are not clear, and writes nothing", async () => {
  // Two users wrote an address down that nobody proved: what was bought with it waits to be claimed, also on another page.
  for (const name of ["guest", "many-3"]) {
    const create = "mutation ($input: CreateUserInput!) { createUser(input: $input) { id } }";
    await shop.latchkey.get(create, { input: { externalId: name, email: `${name}@a.example` } });
  }
  for (let index = 0; index < 101; index++) await stall.subscribe(await stall.customer(`many-${index}@a.example`));
  // A second customer with the address of somebody whom the import creates is joined to them.
  await stall.subscribe(await stall.customer("many-5@a.example"));
  await connect();
  const before = await everything();
  const dry = await tryLink();
  expect(await everything()).toEqual(before);
  expect(dry).toMatchObject({ status: "SUCCEEDED", dryRun: true, failed: 2 });
  const { job } = await stall.link();
  const counts = ({ total, done, created, updated, skipped, failed }: typeof job) => ({
    total,
    done,
    created,
    updated,
    skipped,
    failed,
  });
  expect(counts(dry)).toEqual(counts(job));
  const codes = ({ problems }: typeof job) => problems.nodes.map(({ row, code, subject }) => ({ row, code, subject }));
  expect(codes(dry)).toEqual(codes(job));
  expect(codes(job).map(({ code }) => code)).toEqual(["AMBIGUOUS_CUSTOMER", "AMBIGUOUS_CUSTOMER"]);
});

/** How much there is of everything that an import could write. */
async function everything() {
  const tables = ["users", "grants", "stripe_facts", "customer_links", "stripe_customers", "activities", "notices"];
  const counts = tables.map((table) => `(select count(*)::int from ${table}) as ${table}`);
  return rows<Record<string, number>>(
    `select ${[...counts, "(select count(*)::int from product_links) as product_links"].join(", ")}`,
  );
}

testLong("the import of a whole shop changes nothing when it is run again, and says so", async () => {
  await connect();
  const { link, job } = await stall.link();
  await shop.settled();
  shop.clock.moveBy(HOUR_MS);
  const before = await everything();
  await shop.latchkey.get(UNLINK, { link });
  const again = await stall.link();
  expect(again.job).toMatchObject({ status: "SUCCEEDED", total: job.total, created: 0, updated: 0, failed: 0 });
  expect(again.job.skipped).toBe(job.total);
  const after = await everything();
  // The link went and came, which the journal says.
  expect(after).toEqual([
    { ...before[0], activities: expect.any(Number), notices: expect.any(Number), product_links: 2 },
  ]);
});
