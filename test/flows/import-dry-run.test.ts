import type { Job } from "../generated/operations";
import { type Stall, jobDone, openStall } from "../kit/open-stall";
import { type Shop, startShop } from "../kit/start-shop";
import { until } from "../kit/until";

// An import that is tried first names the same purchases, people and customers as the import that follows.

const LINK = `mutation ($input: LinkProductInput!) { linkProduct(input: $input) {
  preview { gaining losing unchanged waitingEvents isComplete sample { email } } job { id } } }`;

interface Linked {
  preview: {
    gaining: number;
    losing: number;
    unchanged: number;
    waitingEvents: number;
    isComplete: boolean;
    sample: { email: string }[];
  };
  job: { id: string };
}

let shop: Shop;
beforeAll(async () => {
  shop = await startShop({ connect: false });
});
afterAll(() => shop.stop());

async function userOf(input: object): Promise<string> {
  const query = "mutation ($input: CreateUserInput!) { createUser(input: $input) { id } }";
  return (await shop.latchkey.get<{ createUser: { id: string } }>(query, { input })).createUser.id;
}

async function link(stall: Stall, dryRun: boolean): Promise<Linked & { done: Job }> {
  const input = { product: stall.key, stripeProductId: stall.stripeProduct, importExisting: true, dryRun };
  const { linkProduct } = await shop.latchkey.get<{ linkProduct: Linked }>(LINK, { input });
  return { ...linkProduct, done: await jobDone(shop, linkProduct.job.id) };
}

const told = ({ done, created, updated, skipped, failed, problems }: Job) => ({
  done,
  created,
  updated,
  skipped,
  failed,
  problems: problems.nodes,
});

/** An invoice for the price that is sold once, paid by card. */
async function invoice(stall: Stall, customer: string): Promise<string> {
  await shop.stripe.invoiceItems.create({ customer, pricing: { price: stall.once } });
  const { id } = await shop.stripe.invoices.create({ customer, pending_invoice_items_behavior: "include" });
  await shop.stripe.invoices.finalizeInvoice(id);
  await shop.stripe.invoices.pay(id);
  return id;
}

async function refund(invoiceId: string): Promise<void> {
  const { data } = await shop.stripe.invoicePayments.list({ invoice: invoiceId });
  const payment = data[0]?.payment.payment_intent;
  await shop.stripe.refunds.create({ payment_intent: typeof payment === "string" ? payment : "" });
}

test("CH-X11, RWS-S8: a dry run names the same as the import, and two customers of one address are named together", async () => {
  const stall = await openStall(shop, "course");
  const taken = await userOf({ externalId: "taken", email: "taken@a.example" });
  await userOf({ email: "verified@a.example", emailVerified: true });
  // Each list of Stripe is a page of its own: checkouts, subscriptions, invoices.
  await stall.buyOnce({ email: "pair@a.example" });
  await stall.subscribe(await stall.customer("PAIR@a.example"));
  await refund(await invoice(stall, await stall.customer("pair@a.example")));
  const typed = await stall.customer(null);
  await stall.buyOnce({ customer: typed, email: "typed@a.example" });
  await refund(await invoice(stall, typed));
  await refund(await invoice(stall, await stall.customer("alone@a.example")));
  for (let index = 0; index < 2; index++) await stall.subscribe(await stall.customer("verified@a.example"));
  const customers = [await stall.customer("taken@a.example"), await stall.customer("Taken@a.example")];
  const subscriptions = [];
  for (const customer of customers) subscriptions.push((await stall.subscribe(customer)).id);
  const bought = await invoice(stall, customers[0] ?? "");

  await shop.latchkey.get("mutation ($input: ConnectStripeInput!) { connectStripe(input: $input) { id } }", {
    input: { secretKey: "sk_test_shopofthetests" },
  });
  const tried = await link(stall, true);
  const { db } = shop.latchkey.server.deps;
  expect(await db.rows("select email from users order by email")).toHaveLength(2);
  const imported = await link(stall, false);
  // pair@, typed@ and verified@: each is one person, whatever customers they have.
  const preview = { gaining: 3, losing: 0, unchanged: 0, waitingEvents: 0, isComplete: true };
  expect(tried.preview).toEqual({ ...preview, sample: [{ email: "verified@a.example" }] });
  expect(imported.preview).toEqual(tried.preview);
  expect(told(tried.done)).toEqual(told(imported.done));
  const { problems } = imported.done;
  expect(problems.nodes.map(({ subject, code }) => [subject, code])).toEqual([
    [subscriptions[1], "AMBIGUOUS_CUSTOMER"],
    [subscriptions[0], "AMBIGUOUS_CUSTOMER"],
    [bought, "AMBIGUOUS_CUSTOMER"],
  ]);
  for (const { message } of problems.nodes) {
    for (const name of [...customers, taken, "course"]) expect(message).toContain(name);
    expect(message).not.toContain("@");
  }
  expect(await stall.allowed("pair@a.example")).toBe(true);
  expect(await stall.allowed("verified@a.example")).toBe(true);
  expect(await stall.allowed("taken@a.example")).toBe(false);
});

test("right after a sale the preview says how many events wait, and the job of the dry run waits for them", async () => {
  const stall = await openStall(shop, "fresh");
  const { db } = shop.latchkey.server.deps;
  await shop.settled();
  shop.simulator.deliveries.holdAll();
  await stall.buyOnce({ email: "fresh@a.example" });
  // The event is there, and nobody has worked on it.
  await db.rows(
    `create function hold_events() returns trigger language plpgsql as
     $$ begin new.next_try_at = now() + interval '1 hour'; return new; end $$`,
  );
  await db.rows("create trigger hold before insert on stripe_inbox for each row execute function hold_events()");
  await shop.simulator.deliveries.release();
  const waiting = () =>
    db.rows<{ count: number }>("select count(*)::int as count from stripe_inbox where state = 'PENDING'");
  const [{ count } = { count: 0 }] = await until(waiting, ([row]) => (row?.count ?? 0) > 0);
  await shop.simulator.deliveries.settled();
  const input = { product: "fresh", stripeProductId: stall.stripeProduct, importExisting: true, dryRun: true };
  const { linkProduct } = await shop.latchkey.get<{ linkProduct: Linked }>(LINK, { input });
  expect(linkProduct.preview).toMatchObject({ gaining: 1, isComplete: true });
  expect(linkProduct.preview.waitingEvents).toBeGreaterThanOrEqual(count);
  const job = () =>
    db.rows<{ done: number; error: string | null }>("select done, error from jobs where status = 'RUNNING'");
  const [held] = await until(job, ([row]) => row?.error !== null && row !== undefined);
  expect(held).toMatchObject({ done: 0, error: expect.stringContaining("Events that came in before") });
  await db.rows("drop trigger hold on stripe_inbox");
  await db.rows("update stripe_inbox set next_try_at = now() where state = 'PENDING'");
  expect(await jobDone(shop, linkProduct.job.id)).toMatchObject({ status: "SUCCEEDED", done: 1, created: 1 });
});
