import type { Activity } from "../generated/operations";
import { type Stall, openStall } from "../kit/open-stall";
import { type Shop, startShop } from "../kit/start-shop";

// A subscription that changes its price or its items: access begins with what was bought, and the journal tells all of it.

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

let shop: Shop;
let course: Stall;
let book: Stall;
/** A price that opens nothing. */
let plain: string;
let free: string;

beforeAll(async () => {
  shop = await startShop();
  course = await openStall(shop, "course");
  book = await openStall(shop, "book");
  await course.link();
  await book.link();
  const { id: product } = await shop.stripe.products.create({ name: "Newsletter" });
  const terms = { product, currency: "usd", recurring: { interval: "month" as const } };
  plain = (await shop.stripe.prices.create({ ...terms, unit_amount: 300 })).id;
  free = (await shop.stripe.prices.create({ ...terms, unit_amount: 0 })).id;
});
afterAll(() => shop.stop());

const USER = `query ($email: String!) { userByEmail(email: $email) { id } }`;
const ACCESS = `query ($user: ID!, $product: String!, $at: DateTime) {
  access(product: $product, user: $user, at: $at) { allowed } }`;

async function allowedAt(email: string, product: string, at: Date): Promise<boolean> {
  await shop.settled();
  const { userByEmail } = await shop.latchkey.get<{ userByEmail: { id: string } | null }>(USER, { email });
  const values = { user: userByEmail?.id ?? "", product, at: at.toISOString() };
  return (await shop.latchkey.get<{ access: { allowed: boolean } }>(ACCESS, values)).access.allowed;
}

async function linesOf(email: string): Promise<string[]> {
  await shop.settled();
  const told = (line: Activity) => `${line.type} ${line.product?.key ?? ""} ${new Date(line.at).toISOString()}`;
  return (await course.journal(email)).map(told).sort();
}

const now = (): Date => new Date(Math.floor(shop.clock.now().getTime() / 1000) * 1000);
const text = (at: Date): string => at.toISOString();

async function begin(email: string, price: string): Promise<{ id: string; item: string; customer: string }> {
  const customer = await course.customer(email);
  const { id, items } = await course.subscribe(customer, { items: [{ price }] });
  await shop.settled();
  return { id, item: items.data[0]?.id ?? "", customer };
}

const began = (product: string, at: Date) =>
  ["ACCESS_STARTED", "PRODUCT_PURCHASED", "SUBSCRIPTION_STARTED"].map((type) => `${type} ${product} ${text(at)}`);

test.each([
  ["with the change billed at once", "always_invoice", () => plain],
  ["with the change billed later", "create_prorations", () => plain],
  ["with nothing billed for it", "none", () => plain],
  ["from a free price", "always_invoice", () => free],
] as const)(
  "a plan switched from a price that opens nothing begins with the switch: %s",
  async (title, proration_behavior, priceOf) => {
    const email = `${title.replaceAll(" ", "-")}@shop.example`;
    const { id, item } = await begin(email, priceOf());
    shop.clock.moveBy(5 * DAY_MS);
    const switchedAt = now();
    await shop.stripe.subscriptions.update(id, { items: [{ id: item, price: course.monthly }], proration_behavior });
    expect(await allowedAt(email, "course", now())).toBe(true);
    shop.clock.moveBy(HOUR_MS);
    expect(await allowedAt(email, "course", new Date(switchedAt.getTime() - 1_000))).toBe(false);
    expect(await allowedAt(email, "course", switchedAt)).toBe(true);
    const lines = await linesOf(email);
    expect(lines).toEqual(expect.arrayContaining(began("course", switchedAt)));
    // It was changed, bought and begun; each of these once.
    expect(lines.filter((line) => line.includes("course"))).toHaveLength(4);
    expect(lines).toContain(`SUBSCRIPTION_CHANGED course ${text(switchedAt)}`);
  },
);

test("also when Stripe's news of it comes days late, or an import is the first to read it", async () => {
  const link = { proration_behavior: "create_prorations" as const };
  shop.simulator.deliveries.holdAll();
  const email = "late@shop.example";
  const { id, item } = await begin(email, plain);
  shop.clock.moveBy(5 * DAY_MS);
  const switchedAt = now();
  await shop.stripe.subscriptions.update(id, { ...link, items: [{ id: item, price: course.monthly }] });
  shop.clock.moveBy(3 * DAY_MS);
  await shop.simulator.deliveries.release();
  expect(await linesOf(email)).toEqual(expect.arrayContaining(began("course", switchedAt)));
  expect(await allowedAt(email, "course", new Date(switchedAt.getTime() - 1_000))).toBe(false);

  const later = await openStall(shop, "later");
  const imported = "imported@shop.example";
  const other = await begin(imported, plain);
  shop.clock.moveBy(5 * DAY_MS);
  const secondAt = now();
  await shop.stripe.subscriptions.update(other.id, { ...link, items: [{ id: other.item, price: later.monthly }] });
  shop.clock.moveBy(40 * DAY_MS);
  await shop.settled();
  // Without the facts that were kept of it, the import reads the subscription for the first time.
  await shop.latchkey.server.deps.db.rows(`/* test.forget */ delete from stripe_facts where source = $1`, [other.id]);
  await later.link();
  expect(await linesOf(imported)).toEqual(expect.arrayContaining(began("later", secondAt)));
  expect(await allowedAt(imported, "later", new Date(secondAt.getTime() - 1_000))).toBe(false);
});

test("a switch between two products that are linked ends the one and begins the other at the same moment", async () => {
  const email = "both@shop.example";
  const { id, item } = await begin(email, course.monthly);
  shop.clock.moveBy(5 * DAY_MS);
  const switchedAt = now();
  await shop.stripe.subscriptions.update(id, { items: [{ id: item, price: book.monthly }] });
  const lines = await linesOf(email);
  expect(lines).toEqual(
    expect.arrayContaining([
      `ACCESS_ENDED course ${text(switchedAt)}`,
      `ACCESS_STARTED book ${text(switchedAt)}`,
      `SUBSCRIPTION_CHANGED book ${text(switchedAt)}`,
    ]),
  );
  expect([await allowedAt(email, "course", now()), await allowedAt(email, "book", now())]).toEqual([false, true]);
  // Another quantity of the same price is a change, and no beginning.
  shop.clock.moveBy(DAY_MS);
  await shop.stripe.subscriptions.update(id, { items: [{ id: item, quantity: 3 }] });
  const more = (await linesOf(email)).filter((line) => !lines.includes(line));
  expect(more).toEqual([`SUBSCRIPTION_CHANGED book ${text(now())}`]);
});

test("an item of a linked product that is added to a subscription of something else has both lines, at its own time", async () => {
  const email = "added@shop.example";
  const { id } = await begin(email, plain);
  shop.clock.moveBy(5 * DAY_MS);
  const addedAt = now();
  await shop.stripe.subscriptions.update(id, { items: [{ price: course.monthly }] });
  expect(await linesOf(email)).toEqual(expect.arrayContaining(began("course", addedAt)));
  expect(await allowedAt(email, "course", new Date(addedAt.getTime() - 1_000))).toBe(false);
});

test("a change of plan that is read together with an end, or with a failed payment, is in the journal", async () => {
  const ended = await begin("ended@shop.example", course.monthly);
  const failed = await begin("failed@shop.example", course.monthly);
  shop.clock.moveBy(DAY_MS);
  shop.simulator.deliveries.holdAll();
  for (const { id, item } of [ended, failed]) {
    await shop.stripe.subscriptions.update(id, { items: [{ id: item, price: book.monthly }] });
  }
  const changedAt = now();
  await shop.stripe.subscriptions.cancel(ended.id);
  await shop.control("renew-now", { subscription: failed.id, ends: "fails" });
  shop.clock.moveBy(HOUR_MS);
  await shop.simulator.deliveries.release();
  expect(await linesOf("ended@shop.example")).toEqual(
    expect.arrayContaining([
      `SUBSCRIPTION_CHANGED book ${text(changedAt)}`,
      `SUBSCRIPTION_ENDED book ${text(changedAt)}`,
    ]),
  );
  expect(await linesOf("failed@shop.example")).toEqual(
    expect.arrayContaining([`SUBSCRIPTION_CHANGED book ${text(changedAt)}`, `PAYMENT_FAILED book ${text(changedAt)}`]),
  );
});
