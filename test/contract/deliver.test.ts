import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Received } from "./receiver";
import { openClient } from "./simulator-kit";
import { closeWhole, control, listen, openWhole, type Whole } from "./whole-kit";

afterEach(closeWhole);

const quick = { retryAfterS: [60, 120, 180] };

async function makeCustomers({ stripe }: Whole, names: string[]): Promise<void> {
  // One after the other, as their order is what is looked at.
  // oxlint-disable-next-line no-await-in-loop
  for (const name of names) await stripe.customers.create({ name });
}

function namesIn(got: readonly Received[]): string[] {
  return got.map(({ body }) => {
    const event: { data: { object: { name: string } } } = JSON.parse(body);
    return event.data.object.name;
  });
}

test("an event reaches every enabled endpoint that listens, signed over its very bytes", async () => {
  const whole = await openWhole();
  const all = await listen(whole);
  const some = await listen(whole, { enabled_events: ["product.created"] });
  await whole.stripe.customers.create({ name: "Zoë “quoted”" });
  await whole.stripe.products.create({ name: "P" });
  await whole.simulator.deliveries.settled();
  expect(all.receiver.types()).toEqual(["customer.created", "product.created"]);
  expect(some.receiver.types()).toEqual(["product.created"]);
  for (const { body, signature } of all.receiver.got) {
    const event = whole.stripe.webhooks.constructEvent(body, signature, all.secret);
    expect(event).toMatchObject({ object: "event", livemode: false, api_version: "2026-10-28.endive" });
    expect(() => whole.stripe.webhooks.constructEvent(body, signature, some.secret)).toThrow(/signature/i);
  }
  expect((await whole.stripe.events.list({ delivery_success: false })).data).toEqual([]);
});

test("a disabled endpoint gets nothing, and what was to be tried again is given up", async () => {
  const whole = await openWhole({ delivery: quick });
  const { receiver, endpoint } = await listen(whole);
  receiver.answerWith(() => 500);
  await makeCustomers(whole, ["A"]);
  await whole.simulator.deliveries.settled();
  await whole.stripe.webhookEndpoints.update(endpoint.id, { disabled: true });
  await makeCustomers(whole, ["B"]);
  whole.simulator.control.moveBy(3_600);
  await whole.simulator.deliveries.settled();
  expect(receiver.got).toHaveLength(1);
  expect(whole.simulator.world.shelves.delivery.inOrder.map(({ row }) => row.status)).toEqual(["stopped"]);
});

test("an event that is refused is tried three times more, later and later, and every try can be seen", async () => {
  const whole = await openWhole({ delivery: quick });
  const { receiver } = await listen(whole);
  receiver.answerWith(() => 503);
  await makeCustomers(whole, ["A"]);
  const { deliveries, control: world } = whole.simulator;
  await deliveries.settled();
  const tries: number[] = [receiver.got.length];
  for (const seconds of [59, 1, 119, 1, 180, 10_000]) {
    world.moveBy(seconds);
    // oxlint-disable-next-line no-await-in-loop
    await deliveries.settled();
    tries.push(receiver.got.length);
  }
  expect(tries).toEqual([1, 1, 2, 2, 3, 4, 4]);
  const [row] = whole.simulator.world.shelves.delivery.inOrder;
  expect(row?.row).toMatchObject({ status: "failed", next_at: null });
  expect(row?.row.attempts.map(({ status }) => status)).toEqual([503, 503, 503, 503]);
  expect((await whole.stripe.events.list({ delivery_success: false })).data).toHaveLength(1);
});

test("an endpoint that does not answer in time has not taken the event", async () => {
  const whole = await openWhole({ delivery: { ...quick, timeoutMs: 1_000 } });
  const { receiver } = await listen(whole);
  const late: (() => void)[] = [];
  receiver.answerWith(() => new Promise((resolve) => late.push(() => resolve(200))));
  await makeCustomers(whole, ["A"]);
  await whole.simulator.deliveries.settled();
  late.forEach((answer) => answer());
  receiver.answerWith(() => 200);
  whole.simulator.control.moveBy(60);
  await whole.simulator.deliveries.settled();
  const [row] = whole.simulator.world.shelves.delivery.inOrder;
  expect(row?.row.attempts.map(({ status }) => status)).toEqual([null, 200]);
});

test("what was not delivered when the process ended is delivered after it begins again", async () => {
  const dataDir = mkdtempSync(join(tmpdir(), "simulated-stripe-"));
  const first = await openWhole({ dataDir, delivery: quick });
  const { receiver, secret } = await listen(first);
  receiver.answerWith(() => 500);
  await makeCustomers(first, ["refused"]);
  await first.simulator.deliveries.settled();
  first.simulator.deliveries.holdAll();
  await makeCustomers(first, ["held"]);
  await first.simulator.close();
  receiver.answerWith(() => 200);

  const second = await openWhole({ dataDir, delivery: quick });
  await second.simulator.deliveries.settled();
  expect(receiver.got).toHaveLength(1);
  second.simulator.control.moveBy(60);
  await second.simulator.deliveries.release();
  expect(namesIn(receiver.got)).toEqual(["refused", "refused", "held"]);
  const last = receiver.got[2];
  expect(second.stripe.webhooks.constructEvent(last?.body ?? "", last?.signature ?? "", secret).type).toBe(
    "customer.created",
  );
  rmSync(dataDir, { recursive: true, force: true });
});

test("while a secret rolls over, both sign; when the old one is dropped, only the new one does", async () => {
  const whole = await openWhole();
  const { receiver, endpoint, secret: old } = await listen(whole);
  const { secret: fresh } = await control<{ secret: string }>(whole.simulator, "roll-secret", {
    endpoint: endpoint.id,
  });
  await makeCustomers(whole, ["A"]);
  await whole.simulator.deliveries.settled();
  const accepts = (secret: string): boolean => {
    const { body, signature } = receiver.got.at(-1) ?? { body: "", signature: "" };
    try {
      return Boolean(whole.stripe.webhooks.constructEvent(body, signature, secret));
    } catch {
      return false;
    }
  };
  expect([accepts(old), accepts(fresh)]).toEqual([true, true]);
  const { secret: last } = await control<{ secret: string }>(whole.simulator, "roll-secret", {
    endpoint: endpoint.id,
    keep_old: false,
  });
  await makeCustomers(whole, ["B"]);
  await whole.simulator.deliveries.settled();
  expect([accepts(old), accepts(fresh), accepts(last)]).toEqual([false, false, true]);
});

test("what is held comes in the order that is asked for, what is dropped never comes, and copies come in a row", async () => {
  const whole = await openWhole({ delivery: quick });
  const { receiver } = await listen(whole);
  const { deliveries, control: world } = whole.simulator;
  deliveries.holdAll();
  deliveries.instruct({ event: "customer.*", drop: true });
  deliveries.instruct({ event: "product.created", repeat: 3 });
  await makeCustomers(whole, ["dropped", "one", "two", "three"]);
  await whole.stripe.products.create({ name: "P" });
  await deliveries.settled();
  expect(receiver.got).toHaveLength(0);
  const [, , two] = deliveries.heldEvents();
  const [product] = deliveries.heldEvents().toReversed();
  expect(deliveries.heldEvents()).toHaveLength(4);
  await deliveries.release({ events: [product ?? "", two ?? ""] });
  expect(namesIn(receiver.got)).toEqual(["P", "P", "P", "three", "one", "two"]);
  world.moveBy(100_000);
  await deliveries.settled();
  expect(namesIn(receiver.got)).not.toContain("dropped");
});

test("the same seed has the same fate: repeated, reordered and dropped events come alike in two worlds", async () => {
  const plan = { seed: 42, repeat: 0.3, reorder: 5, drop: 0.2, delay: 3 };
  const runs = await Promise.all(
    [plan, plan, { ...plan, seed: 43 }].map(async (one) => {
      const whole = await openWhole();
      const { receiver } = await listen(whole);
      whole.simulator.deliveries.planDeliveries({ ...one, delay: 0 });
      await makeCustomers(
        whole,
        Array.from({ length: 20 }, (_, n) => String(n)),
      );
      await whole.simulator.deliveries.settled();
      return namesIn(receiver.got).join(" ");
    }),
  );
  expect(runs[0]).toBe(runs[1]);
  expect(runs[0]).not.toBe(runs[2]);
  const came = runs[0]?.split(" ") ?? [];
  expect(new Set(came).size).toBeLessThan(20);
  expect(came.length).toBeGreaterThan(new Set(came).size);
  expect(came).not.toEqual(came.toSorted((a, b) => Number(a) - Number(b)));
});

test("an event can be sent again with a wrong signature, cut in half, with other fields or in its thin form", async () => {
  const whole = await openWhole();
  const { receiver, secret, endpoint } = await listen(whole);
  const { id: customer } = await whole.stripe.customers.create({ name: "A" });
  const { deliveries } = whole.simulator;
  await deliveries.settled();
  const [event] = (await whole.stripe.events.list()).data;
  const again = async (how: Parameters<typeof deliveries.resend>[1]): Promise<Received> => {
    await deliveries.resend(event?.id ?? "", how);
    const [got] = receiver.got.slice(-1);
    if (!got) throw new Error("nothing arrived");
    return got;
  };
  const parse = ({ body, signature }: Received) => whole.stripe.webhooks.constructEvent(body, signature, secret);
  const wrong = await again({ signature: "wrong" });
  expect(() => parse(wrong)).toThrow(/signature/i);
  expect(parse(await again({ override: { livemode: true, account: "acct_other" } }))).toMatchObject({ livemode: true });
  const half = await again({ truncated: true });
  expect(() => parse(half)).toThrow(/JSON/);
  const missing = await again({ signature: "missing" });
  expect(missing.headers["stripe-signature"]).toBeUndefined();
  const thin = await again({ thin: true });
  const notification = whole.stripe.parseEventNotification(thin.body, thin.signature, secret);
  expect(notification).toMatchObject({ type: "v1.customer.created", snapshot_event: event?.id });
  expect(JSON.parse(thin.body)).toMatchObject({ related_object: { id: customer, url: `/v1/customers/${customer}` } });
  const raw = await deliveries.sendBody(endpoint.id, "null");
  expect([raw.status, receiver.got.at(-1)?.body]).toEqual([200, "null"]);
});

test("an endpoint that is registered for thin events gets those, and can fetch what they name", async () => {
  const whole = await openWhole();
  const { receiver, secret } = await listen(whole, { metadata: { event_payload: "thin" } });
  const { id } = await whole.stripe.customers.create({ name: "Ada" });
  await whole.simulator.deliveries.settled();
  const { body, signature } = receiver.got[0] ?? { body: "", signature: "" };
  const notification = whole.stripe.parseEventNotification(body, signature, secret);
  if (notification.type !== "v1.customer.created") throw new Error(notification.type);
  expect(await openClient(whole.simulator).customers.retrieve(notification.related_object.id)).toMatchObject({ id });
  expect(await notification.fetchRelatedObject()).toMatchObject({ id, name: "Ada" });
});
