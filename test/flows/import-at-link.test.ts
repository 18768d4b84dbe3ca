import { type Stall, jobDone, openStall } from "../kit/open-stall";
import { until } from "../kit/operations";
import { type Shop, startShop } from "../kit/start-shop";
import { testLong } from "../kit/is-long";

const CONNECT = "mutation ($input: ConnectStripeInput!) { connectStripe(input: $input) { id } }";
const TRY = "mutation ($input: LinkProductInput!) { linkProduct(input: $input) { job { id } } }";
const KEY = "sk_test_shopofthetests";

let shop: Shop;
let stall: Stall;
/** Whatever happens before the account is connected, nobody tells us. */
const connect = () => shop.latchkey.get(CONNECT, { input: { secretKey: KEY } });
beforeEach(async () => {
  shop = await startShop({ connect: false });
  stall = await openStall(shop, "course");
});
afterEach(() => shop.stop());

const DAY_MS = 86_400_000;

test("RWS-S1, RWS-S6, RWS-S7, CH-S11, CH-S12: whoever subscribed before the product was linked has access, as the status says", async () => {
  const { stripe } = shop;
  const people: [string, () => Promise<unknown>, boolean | null][] = [
    ["active@a.example", async () => stall.subscribe(await stall.customer("active@a.example")), true],
    [
      "trialing@a.example",
      async () => stall.subscribe(await stall.customer("trialing@a.example"), { trial_period_days: 14 }),
      true,
    ],
    [
      "late@a.example",
      async () => {
        const { id } = await stall.subscribe(await stall.customer("late@a.example"));
        await shop.control("renew-now", { subscription: id, ends: "fails" });
      },
      true,
    ],
    [
      "leaving@a.example",
      async () => {
        const { id } = await stall.subscribe(await stall.customer("leaving@a.example"));
        await stripe.subscriptions.update(id, { cancel_at_period_end: true });
      },
      true,
    ],
    [
      "paused@a.example",
      async () => {
        const { id } = await stall.subscribe(await stall.customer("paused@a.example"));
        await shop.control("pause-subscription", { subscription: id });
      },
      // It goes on one day, and then it opens at once.
      false,
    ],
    [
      "gone@a.example",
      async () => {
        const { id } = await stall.subscribe(await stall.customer("gone@a.example"));
        await stripe.subscriptions.cancel(id);
      },
      null,
    ],
  ];
  for (const [, begin] of people) await begin();
  await connect();
  const { job } = await stall.link();
  expect(job).toMatchObject({ status: "SUCCEEDED", total: 5, done: 5, created: 5, skipped: 0, failed: 0, error: null });
  for (const [email, , allowed] of people) expect([email, await stall.allowed(email)]).toEqual([email, allowed]);
});

test("CH-S13: orders that were paid before are found, by checkout, payment link and invoice, each once", async () => {
  const { stripe } = shop;
  await stall.buyOnce({ email: "guest@a.example" });
  await stall.buyOnce({ customer: await stall.customer("checkout@a.example") });
  await stall.buyOnce(
    { customer: await stall.customer("invoiced@a.example") },
    { invoice_creation: { enabled: true } },
  );
  const { id: link } = await stripe.paymentLinks.create({ line_items: [{ price: stall.once, quantity: 1 }] });
  await shop.control("payment-link-sale", { link, email: "linked@a.example" });
  const office = await stall.customer("office@a.example");
  await stripe.invoiceItems.create({ customer: office, pricing: { price: stall.once } });
  const { id: invoice } = await stripe.invoices.create({ customer: office, pending_invoice_items_behavior: "include" });
  await stripe.invoices.finalizeInvoice(invoice);
  await stripe.invoices.pay(invoice, { paid_out_of_band: true });
  const refunded = await stall.buyOnce({ customer: await stall.customer("refunded@a.example") });
  const { payment_intent: payment } = await stripe.checkout.sessions.retrieve(refunded);
  await stripe.refunds.create({ payment_intent: typeof payment === "string" ? payment : "" });
  // Nobody has paid for this one.
  await stripe.checkout.sessions.create({
    mode: "payment",
    success_url: "https://shop.example",
    line_items: [{ price: stall.once, quantity: 1 }],
  });
  await connect();
  const { job } = await stall.link();
  expect(job).toMatchObject({ status: "SUCCEEDED", total: 6, done: 6, created: 5, skipped: 1, failed: 0 });
  for (const name of ["guest", "checkout", "invoiced", "linked", "office"]) {
    expect([name, await stall.allowed(`${name}@a.example`)]).toEqual([name, true]);
  }
  expect(await stall.allowed("refunded@a.example")).toBeNull();
});

test("the journal of an import has the dates of the purchase, and nobody is told of it unless asked", async () => {
  await stall.subscribe(await stall.customer("ada@a.example"));
  const boughtAt = shop.clock.now();
  shop.clock.moveBy(10 * DAY_MS);
  await connect();
  await stall.link();
  const lines = await stall.journal("ada@a.example");
  expect(lines.filter(({ type }) => type === "PRODUCT_PURCHASED" || type === "SUBSCRIPTION_STARTED")).toEqual([
    expect.objectContaining({ at: boughtAt.toISOString(), origin: "IMPORT" }),
    expect.objectContaining({ at: boughtAt.toISOString(), origin: "IMPORT" }),
  ]);
  const notices = () => shop.latchkey.server.deps.db.rows("select type from notices where user_id is not null");
  expect(await notices()).toEqual([]);

  const second = await openStall(shop, "second");
  shop.simulator.deliveries.holdAll();
  await second.subscribe(await second.customer("bob@a.example"));
  await second.link({ notifyImported: true });
  expect((await notices()).length).toBeGreaterThan(0);
});

test("CH-S12: buyers who were known before the link have lines of origin IMPORT too, and nobody is told unless asked", async () => {
  await connect();
  await stall.subscribe(await stall.customer("known@a.example"));
  const boughtAt = shop.clock.now().toISOString();
  await shop.settled();
  shop.clock.moveBy(DAY_MS);
  await stall.link({ importExisting: true });
  const lines = await stall.journal("known@a.example");
  expect(lines.map(({ type }) => type).sort()).toEqual(
    ["ACCESS_STARTED", "CUSTOMER_LINKED", "PRODUCT_PURCHASED", "SUBSCRIPTION_STARTED", "USER_CREATED"].sort(),
  );
  expect(lines.filter(({ origin }) => origin !== "IMPORT")).toEqual([]);
  expect(lines.find(({ type }) => type === "PRODUCT_PURCHASED")?.at.slice(0, 19)).toBe(boughtAt.slice(0, 19));
  const { db } = shop.latchkey.server.deps;
  expect(await db.rows("select type from notices where user_id is not null")).toEqual([]);

  const second = await openStall(shop, "second");
  await second.subscribe(await second.customer("told@a.example"));
  await shop.settled();
  await second.link({ notifyImported: true });
  expect((await second.journal("told@a.example")).filter(({ origin }) => origin !== "IMPORT")).toEqual([]);
  expect(await db.rows("select type from notices where user_id is not null")).not.toEqual([]);
});

test("the same import twice changes nothing, and says so", async () => {
  for (const name of ["ada", "bob", "cyd"]) await stall.subscribe(await stall.customer(`${name}@a.example`));
  await connect();
  const { link, job } = await stall.link();
  expect(job).toMatchObject({ created: 3 });
  const before = await stall.journal("ada@a.example");
  const unlink = `mutation ($link: ID!) { unlinkProduct(input: { link: $link, strategy: KEEP_GRANTS }) { preview { losing } } }`;
  await shop.latchkey.get(unlink, { link });
  shop.clock.moveBy(DAY_MS);
  const again = await stall.link();
  expect(again.job).toMatchObject({ status: "SUCCEEDED", done: 3, created: 0, updated: 0, skipped: 3 });
  expect(await stall.journal("ada@a.example")).toEqual(before);
});

test("RWS-S8, CH-X11: a purchase of nobody known, or of nobody surely, does not go in; the report says why, row by row, and linking mends it", async () => {
  await shop.latchkey.get("mutation ($i: UpdatePolicyInput!) { updatePolicy(input: $i) { autoCreateUsers } }", {
    i: { autoCreateUsers: "NEVER" },
  });
  await shop.latchkey.get(
    'mutation { createUser(input: { externalId: "unsure", email: "unverified@a.example" }) { id } }',
  );
  const { id: nobody } = await stall.subscribe(await stall.customer("nobody@a.example"));
  const { id: unsure } = await stall.subscribe(await stall.customer("unverified@a.example"));
  await connect();
  const { job } = await stall.link();
  expect(job).toMatchObject({ status: "SUCCEEDED", done: 2, created: 0, failed: 2 });
  expect(job.problems.nodes).toEqual([
    { row: 1, subject: unsure, code: "AMBIGUOUS_CUSTOMER", message: expect.stringContaining("It may belong to usr_") },
    { row: 2, subject: nobody, code: "NOT_FOUND", message: expect.stringContaining("the policy creates none") },
  ]);
  expect(await stall.allowed("unverified@a.example")).toBe(false);
  const { customer } = await shop.stripe.subscriptions.retrieve(unsure);
  const { userByEmail } = await shop.latchkey.get<{ userByEmail: { id: string } }>(
    '{ userByEmail(email: "unverified@a.example") { id } }',
  );
  await shop.latchkey.get("mutation ($i: LinkCustomerInput!) { linkCustomer(input: $i) { link { customerId } } }", {
    i: { user: userByEmail.id, customerId: customer },
  });
  expect(await stall.allowed("unverified@a.example")).toBe(true);
});

testLong("RWS-X7: a lifetime purchase is found behind 25 renewals, and so is the 101st customer", async () => {
  const lifetime = await stall.customer("lifetime@a.example");
  await stall.buyOnce({ customer: lifetime }, { invoice_creation: { enabled: true } });
  const other = await shop.stripe.prices.create({
    currency: "usd",
    unit_amount: 100,
    recurring: { interval: "month" },
    product_data: { name: "Other" },
  });
  const { id } = await stall.subscribe(lifetime, { items: [{ price: other.id }] });
  for (let renewal = 0; renewal < 25; renewal++) {
    await shop.control("renew-now", { subscription: id, ends: "succeeds" });
  }
  for (let index = 0; index < 101; index++) {
    await shop.stripe.subscriptions.create({
      customer: await stall.customer(`buyer-${index}@a.example`),
      items: [{ price: stall.monthly }],
    });
  }
  await connect();
  const { job } = await stall.link();
  expect(job).toMatchObject({ status: "SUCCEEDED", total: 102, created: 102, failed: 0 });
  expect(await stall.allowed("lifetime@a.example")).toBe(true);
  expect(await stall.allowed("buyer-0@a.example")).toBe(true);
});

test("only the named prices are imported, and what stands on an item far down a long subscription too", async () => {
  const fillers: string[] = [];
  for (let index = 0; index < 18; index++) {
    const { id } = await shop.stripe.prices.create({
      currency: "usd",
      unit_amount: 100,
      recurring: { interval: "month" },
      product_data: { name: `F${index}` },
    });
    fillers.push(id);
  }
  const items = [...fillers, stall.monthly].map((price) => ({ price }));
  await stall.subscribe(await stall.customer("long@a.example"), { items });
  await stall.buyOnce({ email: "once@a.example" });
  await connect();
  const { job } = await stall.link({ priceIds: [stall.monthly] });
  expect(job).toMatchObject({ done: 1, created: 1 });
  expect(await stall.allowed("long@a.example")).toBe(true);
  expect(await stall.allowed("once@a.example")).toBeNull();
});

test("CH-S14: the link is standing: whoever buys while the import runs, or after it, has access too", async () => {
  await stall.subscribe(await stall.customer("before@a.example"));
  await connect();
  // Nothing of this is delivered: the events since the beginning of the import bring it.
  await shop.control("instruct-delivery", { event: "*", count: 1_000_000, drop: true });
  await shop.control("plan-fault", { kind: "slow", ms: 3_000, path: "/v1/events", count: 1 });
  const linking = stall.link();
  const { db } = shop.latchkey.server.deps;
  const listsRead = () =>
    db.rows<{ isThrough: boolean }>(
      `select (cursor ->> 'at')::int >= jsonb_array_length(cursor -> 'walks') as "isThrough" from jobs where cursor is not null`,
    );
  await until(listsRead, ([job]) => job?.isThrough === true);
  await stall.subscribe(await stall.customer("during@a.example"));
  await linking;
  await shop.settled();
  expect(await stall.allowed("before@a.example")).toBe(true);
  expect(await stall.allowed("during@a.example")).toBe(true);
  await shop.control("clear-instructions");
  await stall.buyOnce({ email: "after@a.example" });
  await shop.settled();
  expect(await stall.allowed("after@a.example")).toBe(true);
});

test("subscriptions under a test clock are imported, although Stripe leaves them out of its lists", async () => {
  const clock = await shop.stripe.testHelpers.testClocks.create({
    frozen_time: Math.floor(shop.clock.now().getTime() / 1000),
  });
  await stall.subscribe(await stall.customer("clocked@a.example", { test_clock: clock.id }));
  await connect();
  const { job } = await stall.link();
  expect(job).toMatchObject({ done: 1, created: 1 });
  expect(await stall.allowed("clocked@a.example")).toBe(true);
});

test("while Stripe fails on every page the import loses nothing", async () => {
  for (let index = 0; index < 45; index++) await stall.subscribe(await stall.customer(`b-${index}@a.example`));
  await connect();
  for (const skip of [3, 40, 90])
    await shop.control("plan-fault", { kind: "error-before", path: "/v1/*", skip, count: 2 });
  const { job } = await stall.link();
  expect(job).toMatchObject({ status: "SUCCEEDED", total: 45, created: 45, failed: 0 });
});

test("a purchase that cannot be written does not keep the others out, and is reported", async () => {
  const ids: string[] = [];
  for (const name of ["ada", "bob", "cyd"]) {
    ids.push((await stall.subscribe(await stall.customer(`${name}@a.example`))).id);
  }
  const { db } = shop.latchkey.server.deps;
  await db.rows(`create function refuse_facts() returns trigger language plpgsql as
    $$ begin raise exception 'this one cannot be kept'; end $$`);
  await db.rows(`create trigger refuse before insert on stripe_facts for each row
    when (new.source = '${ids[1]}') execute function refuse_facts()`);
  await connect();
  const { linkProduct } = await shop.latchkey.get<{ linkProduct: { job: { id: string } } }>(TRY, {
    input: { product: "course", stripeProductId: stall.stripeProduct, importExisting: true, dryRun: true },
  });
  const tried = await jobDone(shop, linkProduct.job.id);
  expect(tried).toMatchObject({ status: "SUCCEEDED", dryRun: true, total: 3, created: 2, failed: 1 });
  expect(tried.problems.nodes).toMatchObject([{ subject: ids[1], code: "INTERNAL" }]);
  const { job } = await stall.link();
  expect(job).toMatchObject({ status: "SUCCEEDED", total: 3, done: 3, created: 2, failed: 1 });
  expect(job.problems.nodes).toMatchObject([{ subject: ids[1], code: "INTERNAL" }]);
  expect(job.problems.nodes).toEqual(tried.problems.nodes);
  const { customer } = await shop.stripe.subscriptions.retrieve(ids[1] ?? "");
  expect(job.problems.nodes[0]?.message).toMatch(new RegExp(`${customer as string} bought the product course`));
  expect(job.problems.nodes[0]?.message).not.toContain("cannot be kept");
  expect(await stall.allowed("ada@a.example")).toBe(true);
  expect(await stall.allowed("bob@a.example")).toBeNull();
  expect(await stall.allowed("cyd@a.example")).toBe(true);
});
