import { refundPayment, settleRefund } from "../../src/local/stripe/payments/refund-payment";
import { DAY_S } from "./billing-kit";
import { about, closeTill, openTill, type Till } from "./payments-kit";

let till: Till;
beforeEach(async () => {
  till = await openTill();
});
afterEach(() => closeTill(till));

/** What the charge says of money given back. */
async function given(charge: string): Promise<[number, boolean]> {
  const { amount_refunded, refunded } = await till.stripe.charges.retrieve(charge);
  return [amount_refunded, refunded];
}

test("a full refund tells the refund first and then the charge, each as it is afterwards", async () => {
  const { stripe, pay, events } = till;
  const { intent, charge, customer } = await pay();
  const terms = { payment_intent: intent, reason: "requested_by_customer", metadata: { case: "9" } } as const;
  const refund = await stripe.refunds.create(terms);
  expect(refund).toMatchObject({ status: "succeeded", amount: 4_900, charge, payment_intent: intent, customer });
  const [created, refunded, ...more] = events();
  expect([created?.type, refunded?.type, more]).toEqual(["refund.created", "charge.refunded", []]);
  expect(about(created)).toEqual({ ...refund });
  expect(about(refunded)).toMatchObject({ id: charge, amount_refunded: 4_900, refunded: true, status: "succeeded" });
  expect(refunded?.data.previous_attributes).toEqual({ amount_refunded: 0, refunded: false });
  expect(about(refunded)["refunds"]).toBeUndefined();
  expect((await stripe.paymentIntents.retrieve(intent)).status).toBe("succeeded");
});

test("a part leaves the charge not refunded, and two parts that make the whole refund it", async () => {
  const { stripe, pay, told } = till;
  const { charge, intent } = await pay();
  const first = await stripe.refunds.create({ charge, amount: 1_900 });
  expect(await given(charge)).toEqual([1_900, false]);
  const second = await stripe.refunds.create({ charge, amount: 3_000 });
  expect(await given(charge)).toEqual([4_900, true]);
  expect(told()).toEqual(["refund.created", "charge.refunded", "refund.created", "charge.refunded"]);
  const ids = [second.id, first.id];
  expect((await stripe.refunds.list({ charge })).data.map(({ id }) => id)).toEqual(ids);
  expect((await stripe.refunds.list({ payment_intent: intent })).data.map(({ id }) => id)).toEqual(ids);
  const expanded = await stripe.charges.retrieve(charge, { expand: ["refunds"] });
  expect(expanded.refunds?.data.map(({ id }) => id)).toEqual(ids);
});

test("more than is left is refused and changes nothing; without an amount, all that is left goes back", async () => {
  const { stripe, pay, told } = till;
  const { charge } = await pay();
  await stripe.refunds.create({ charge, amount: 900 });
  told();
  await expect(stripe.refunds.create({ charge, amount: 4_001 })).rejects.toMatchObject({ param: "amount" });
  expect([await given(charge), told()]).toEqual([[900, false], []]);
  expect(await stripe.refunds.create({ charge })).toMatchObject({ amount: 4_000 });
  await expect(stripe.refunds.create({ charge })).rejects.toMatchObject({ code: "charge_already_refunded" });
});

test("what was never paid cannot be refunded, nor what nobody names", async () => {
  const { stripe } = till;
  const { id } = await stripe.paymentIntents.create({ amount: 100, currency: "usd" });
  await expect(stripe.refunds.create({ payment_intent: id })).rejects.toMatchObject({ statusCode: 400 });
  await expect(stripe.paymentIntents.confirm(id, { payment_method: "pm_card_chargeDeclined" })).rejects.toMatchObject({
    code: "card_declined",
  });
  const [failed] = (await stripe.charges.list({ payment_intent: id })).data;
  await expect(stripe.refunds.create({ charge: failed?.id ?? "" })).rejects.toMatchObject({ statusCode: 400 });
  await expect(stripe.refunds.create({})).rejects.toMatchObject({ statusCode: 400 });
  await expect(stripe.refunds.create({ charge: "ch_no" })).rejects.toMatchObject({ code: "resource_missing" });
});

test("a pending refund counts at once, and succeeds by itself", async () => {
  const { stripe, simulator, pay, events, told } = till;
  const { charge } = await pay(4_900, "pm_card_pendingRefund");
  const { id, status, pending_reason } = await stripe.refunds.create({ charge });
  expect([status, pending_reason, await given(charge)]).toEqual(["pending", "processing", [4_900, true]]);
  expect(told()).toEqual(["refund.created", "charge.refunded"]);
  await expect(stripe.refunds.cancel(id)).rejects.toMatchObject({ statusCode: 400 });
  simulator.control.moveBy(3 * DAY_S);
  expect((await stripe.refunds.retrieve(id)).status).toBe("succeeded");
  const moved = events();
  expect(moved.map(({ type }) => type)).toEqual(["refund.updated", "charge.refund.updated"]);
  expect(moved[0]?.data.previous_attributes).toMatchObject({ status: "pending" });
});

test("a refund that fails after it had succeeded gives the charge its money back", async () => {
  const { stripe, simulator, pay, events } = till;
  const { charge } = await pay(4_900, "pm_card_refundFail");
  const { id, status } = await stripe.refunds.create({ charge });
  expect([status, await given(charge)]).toEqual(["succeeded", [4_900, true]]);
  events();
  simulator.control.moveBy(3 * DAY_S);
  expect(await stripe.refunds.retrieve(id)).toMatchObject({ status: "failed", failure_reason: expect.any(String) });
  expect(await given(charge)).toEqual([0, false]);
  const moved = events();
  expect(moved.map(({ type }) => type)).toEqual(["refund.failed", "charge.refund.updated", "charge.updated"]);
  expect(about(moved[0])).toMatchObject({ id, status: "failed" });
  expect(about(moved[2])).toMatchObject({ id: charge, amount_refunded: 0, refunded: false });
});

test("one of two parts that fails leaves the other", async () => {
  const { stripe, simulator, pay } = till;
  const { charge } = await pay();
  const { id } = await stripe.refunds.create({ charge, amount: 1_900 });
  await stripe.refunds.create({ charge });
  simulator.control.act((draft) => settleRefund(draft, id, "failed"));
  expect(await given(charge)).toEqual([3_000, false]);
  expect(() => simulator.control.act((draft) => settleRefund(draft, id, "succeeded"))).toThrow("failed");
  expect(await stripe.refunds.create({ charge })).toMatchObject({ amount: 1_900 });
});

test("a refund that waits for its receiver can be cancelled, and no longer counts", async () => {
  const { stripe, simulator, pay, told } = till;
  const { charge } = await pay();
  const { id } = simulator.control.act((draft) => refundPayment(draft, { charge, status: "requires_action" }));
  expect(await given(charge)).toEqual([4_900, true]);
  told();
  expect(await stripe.refunds.cancel(id)).toMatchObject({ status: "canceled" });
  expect(await given(charge)).toEqual([0, false]);
  expect(told()).toEqual(["refund.updated", "charge.refund.updated", "charge.updated"]);
});

test("a refund to a bank takes days; metadata that says nothing new has no event", async () => {
  const { stripe, simulator, pay, told } = till;
  const { charge } = await pay(4_900, "pm_usBankAccount_success");
  simulator.control.moveBy(3 * DAY_S);
  const { id, status } = await stripe.refunds.create({ charge });
  expect(status).toBe("pending");
  await stripe.refunds.update(id, { metadata: { a: "b" } });
  told();
  await stripe.refunds.update(id, { metadata: { a: "b" } });
  expect(told()).toEqual([]);
});

test("a refund whose answer is lost is given once", async () => {
  const { patient, simulator, pay } = till;
  const { charge } = await pay();
  simulator.control.plan({ fault: { kind: "reset", when: "after" }, method: "POST", path: "/v1/refunds" });
  await patient.refunds.create({ charge, amount: 1_000 });
  expect((await patient.refunds.list({ charge })).data).toHaveLength(1);
  expect(await given(charge)).toEqual([1_000, false]);
});
