import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { commands } from "../../src/local/stripe/control/commands";
import { closeWhole, control, listen, openWhole, type Whole } from "./whole-kit";

afterEach(closeWhole);

interface Listed {
  data: Record<string, unknown>[];
  total: number;
}

async function look<T = Listed>({ simulator }: Whole, name: string): Promise<T> {
  const response = await fetch(`${simulator.url}/_control/${name}`);
  const answer: T = JSON.parse(await response.text());
  expect(response.status).toBe(200);
  return answer;
}

test("the manual names every command with its parameters, and every list answers", async () => {
  const whole = await openWhole();
  const manual = await look<{ lists: string[]; commands: Record<string, { parameters: object }> }>(whole, "");
  expect(Object.keys(manual.commands)).toEqual([...commands.keys()].map((name) => `POST /_control/${name}`));
  expect(manual.lists.length).toBeGreaterThan(10);
  for (const line of manual.lists) {
    const name = line.replace("GET /_control/", "").replace(/\?.*/, "");
    // oxlint-disable-next-line no-await-in-loop
    await look(whole, name);
  }
});

test("people are asked before every command that deletes or resets, and no other", () => {
  const names = (entries: [string, unknown][]) => entries.map(([name]) => name);
  const asking = [...commands].filter(([, { asks }]) => asks);
  expect(names(asking)).toEqual(names([...commands].filter(([name]) => /^(?:delete|reset)/.test(name))));
  expect(asking.length).toBeGreaterThan(2);
});

test("a sale, a refund, a dispute and a renewal that fails happen by command, and the shop hears of each", async () => {
  const whole = await openWhole();
  const { stripe, simulator } = whole;
  const { receiver } = await listen(whole);
  const price = await stripe.prices.create({
    currency: "usd",
    unit_amount: 900,
    recurring: { interval: "month" },
    product_data: { name: "P" },
  });
  const session = await stripe.checkout.sessions.create({
    mode: "subscription",
    line_items: [{ price: price.id, quantity: 1 }],
    success_url: "https://shop.example/",
  });
  const declined = await control(simulator, "complete-checkout", { session: session.id, card: "4000000000000002" });
  expect(declined).toMatchObject({ outcome: "declined", session: { status: "open" } });
  const sold = await control(simulator, "complete-checkout", { session: session.id });
  expect(sold).toMatchObject({ outcome: "complete", session: { status: "complete", payment_status: "paid" } });
  const [subscription] = (await stripe.subscriptions.list()).data;
  await control(simulator, "renew", { subscription: subscription?.id, ends: "fails" });
  expect((await stripe.subscriptions.list({ status: "past_due" })).data).toHaveLength(1);
  await control(simulator, "retry-now", { subscription: subscription?.id });
  const sale = await control(simulator, "dashboard-sale", { amount: 500, currency: "usd" });
  expect(sale).toMatchObject({ outcome: "succeeded" });
  const [charge] = (await stripe.charges.list()).data;
  const refund = await control<{ id: string }>(simulator, "refund", {
    charge: charge?.id,
    amount: 200,
    status: "pending",
  });
  await control(simulator, "settle-refund", { refund: refund.id, status: "failed" });
  const dispute = await control<{ id: string }>(simulator, "open-dispute", { charge: charge?.id });
  await control(simulator, "move-dispute", { dispute: dispute.id, status: "lost" });
  await control(simulator, "cancel-subscription", { subscription: subscription?.id });
  await simulator.deliveries.settled();
  expect(receiver.types()).toEqual(
    expect.arrayContaining([
      "checkout.session.completed",
      "invoice.payment_failed",
      "refund.failed",
      "charge.dispute.closed",
      "customer.subscription.deleted",
    ]),
  );
});

test("faults, limits and restricted keys are ordered by command", async () => {
  const whole = await openWhole();
  const { simulator, stripe } = whole;
  await control(simulator, "plan-fault", { kind: "error-after", method: "POST", path: "/v1/customers" });
  await expect(stripe.customers.create({})).rejects.toMatchObject({ statusCode: 500 });
  expect((await look(whole, "customers")).total).toBe(1);
  await control(simulator, "limit-rates", { read: 0 });
  await expect(stripe.customers.list()).rejects.toMatchObject({ statusCode: 429 });
  await control(simulator, "limit-rates");
  expect((await stripe.customers.list()).data).toHaveLength(1);
  const world = await look<{ faults: unknown[] }>(whole, "world");
  expect(world.faults).toEqual([]);
  await expect(control(simulator, "plan-fault", { kind: "nonsense" })).rejects.toThrow(/must be one of/);
  await expect(control(simulator, "no-such-command")).rejects.toThrow(/no command/);
});

test("a reset empties the world for good, keeps who listens, and never uses an id twice", async () => {
  const dataDir = mkdtempSync(join(tmpdir(), "simulated-stripe-"));
  const whole = await openWhole({ dataDir });
  await listen(whole);
  const first = await whole.stripe.customers.create({});
  await whole.stripe.customers.del((await whole.stripe.customers.create({})).id);
  await control(whole.simulator, "move-clock", { days: 40 });
  await expect(control(whole.simulator, "reset")).rejects.toThrow(/sure/);
  await control(whole.simulator, "reset", { sure: true });
  expect((await whole.stripe.customers.list()).data).toEqual([]);
  expect((await whole.stripe.events.list()).data).toEqual([]);
  expect((await whole.stripe.webhookEndpoints.list()).data).toHaveLength(1);
  expect(whole.simulator.control.now()).toBe(Date.parse("2026-11-02T10:00:00Z") / 1000);
  expect((await whole.stripe.customers.create({})).id).not.toBe(first.id);
  await whole.simulator.close();
  const again = await openWhole({ dataDir });
  expect((await again.stripe.customers.list()).data).toHaveLength(1);
  rmSync(dataDir, { recursive: true, force: true });
});

test("a thousand customers with subscriptions are made by one command", async () => {
  const whole = await openWhole();
  await control(whole.simulator, "seed", { customers: 1_000, subscriptions: 1_500 });
  expect((await look(whole, "subscriptions?limit=3")).total).toBe(1_500);
  expect((await look(whole, "customers?limit=3")).data).toHaveLength(3);
});
