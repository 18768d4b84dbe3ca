import {
  type DisputeStatus,
  type DisputeTerms,
  moveDispute,
  openDispute,
} from "../../src/local/stripe/payments/move-dispute";
import { BEGIN, DAY_S, idOf } from "./billing-kit";
import { about, closeTill, openTill, type Till } from "./payments-kit";

let till: Till;
beforeEach(async () => {
  till = await openTill();
});
afterEach(() => closeTill(till));

async function disputed(status?: DisputeTerms["status"]): Promise<{ id: string; charge: string }> {
  const { charge } = await till.pay();
  const { id } = till.simulator.control.act((draft) => openDispute(draft, { charge, status }));
  return { id, charge };
}

function move(id: string, ...way: DisputeStatus[]): void {
  for (const status of way) till.simulator.control.act((draft) => moveDispute(draft, id, status));
}

const short = (names: string[]): string[] => names.map((name) => name.replace("charge.dispute.", ""));

test("a dispute takes the money at once, marks its charge, and is found by charge and payment", async () => {
  const { stripe, simulator, pay, events } = till;
  const { charge, intent } = await pay();
  const { id } = simulator.control.act((draft) => openDispute(draft, { charge, reason: "duplicate" }));
  const [created, withdrawn, ...more] = events();
  expect([created?.type, withdrawn?.type, more]).toEqual([
    "charge.dispute.created",
    "charge.dispute.funds_withdrawn",
    [],
  ]);
  const dispute = await stripe.disputes.retrieve(id);
  expect(dispute).toMatchObject({
    status: "needs_response",
    reason: "duplicate",
    amount: 4_900,
    charge,
    payment_intent: intent,
    is_charge_refundable: false,
    evidence_details: { due_by: BEGIN + 9 * DAY_S },
  });
  expect(about(created)).toEqual({ ...dispute });
  expect((await stripe.disputes.list({ charge })).data).toEqual(
    (await stripe.disputes.list({ payment_intent: intent })).data,
  );
  expect(await stripe.charges.retrieve(charge)).toMatchObject({ disputed: true, refunded: false, amount_refunded: 0 });
});

test.each<[DisputeTerms["status"], DisputeStatus[], string[]]>([
  ["needs_response", ["under_review", "won"], ["updated", "updated", "funds_reinstated", "closed"]],
  ["needs_response", ["under_review", "lost"], ["updated", "updated", "closed"]],
  ["needs_response", ["won"], ["updated", "funds_reinstated", "closed"]],
  ["needs_response", ["lost", "appeal_needs_response"], ["updated", "closed", "updated"]],
  [
    "needs_response",
    ["lost", "appeal_needs_response", "appeal_under_review", "won"],
    ["updated", "closed", "updated", "updated", "updated", "funds_reinstated", "closed"],
  ],
  [
    "needs_response",
    ["lost", "appeal_needs_response", "appeal_under_review", "lost"],
    ["updated", "closed", "updated", "updated", "updated", "closed"],
  ],
  ["warning_needs_response", ["warning_under_review", "warning_closed"], ["updated", "updated", "closed"]],
  ["warning_needs_response", ["prevented"], ["updated", "closed"]],
  [
    "warning_needs_response",
    ["warning_under_review", "needs_response", "won"],
    ["updated", "updated", "funds_withdrawn", "updated", "funds_reinstated", "closed"],
  ],
])("from %s by way of %j it tells %j", async (begin, way, told) => {
  const { id } = await disputed(begin);
  const opened = short(till.told());
  expect(opened).toEqual(begin === "needs_response" ? ["created", "funds_withdrawn"] : ["created"]);
  move(id, ...way);
  const events = till.events();
  expect(short(events.map(({ type }) => type))).toEqual(told);
  expect(events.filter(({ type }) => type.endsWith("updated")).map((event) => about(event)["status"])).toEqual(way);
  const { status } = await till.stripe.disputes.retrieve(id);
  expect(status).toBe(way.at(-1));
  expect(about(events.at(-1))).toMatchObject({ id, status });
});

test("one that was prevented takes no money", async () => {
  const { id } = await disputed("prevented");
  expect(short(till.told())).toEqual(["created"]);
  expect((await till.stripe.disputes.retrieve(id)).status).toBe("prevented");
});

test("a step that no bank would take is refused, and what is not paid cannot be disputed", async () => {
  const { stripe, simulator } = till;
  const { id } = await disputed();
  expect(() => move(id, "warning_closed")).toThrow("cannot become");
  move(id, "won");
  expect(() => move(id, "lost")).toThrow("cannot become");
  await expect(stripe.disputes.close(id)).rejects.toMatchObject({ statusCode: 400 });
  const terms = { amount: 100, currency: "usd", payment_method: "pm_card_visa", confirm: true } as const;
  const { latest_charge } = await stripe.paymentIntents.create({ ...terms, capture_method: "manual" });
  const held = idOf(latest_charge);
  expect(() => simulator.control.act((draft) => openDispute(draft, { charge: held }))).toThrow("not paid");
});

test("a disputed charge cannot be refunded; one that is only inquired about can", async () => {
  const { stripe } = till;
  const { charge } = await disputed();
  await expect(stripe.refunds.create({ charge })).rejects.toMatchObject({ code: "charge_disputed" });
  const inquiry = await disputed("warning_needs_response");
  expect(await stripe.refunds.create({ charge: inquiry.charge, amount: 100 })).toMatchObject({ status: "succeeded" });
  move(inquiry.id, "needs_response");
  await expect(stripe.refunds.create({ charge: inquiry.charge })).rejects.toMatchObject({ code: "charge_disputed" });
});

test("who does not answer in nine days has lost, and so has who gives in", async () => {
  const { stripe, simulator, told } = till;
  const [silent, given, inquiry] = [await disputed(), await disputed(), await disputed("warning_needs_response")];
  expect(await stripe.disputes.close(given.id)).toMatchObject({ status: "lost" });
  expect(await stripe.disputes.close(inquiry.id)).toMatchObject({ status: "warning_closed" });
  told();
  simulator.control.moveBy(9 * DAY_S - 1);
  expect(told()).toEqual([]);
  simulator.control.moveBy(1);
  expect(short(told())).toEqual(["updated", "closed"]);
  expect(await stripe.disputes.retrieve(silent.id)).toMatchObject({
    status: "lost",
    evidence_details: { past_due: true },
  });
});

test("an inquiry that becomes a dispute has nine days from then", async () => {
  const { stripe, simulator } = till;
  const { id } = await disputed("warning_needs_response");
  simulator.control.moveBy(5 * DAY_S);
  move(id, "needs_response");
  expect(await stripe.disputes.retrieve(id)).toMatchObject({
    evidence_details: { due_by: BEGIN + 14 * DAY_S },
    payment_method_details: { card: { case_type: "chargeback" } },
  });
  simulator.control.moveBy(9 * DAY_S);
  expect((await stripe.disputes.retrieve(id)).status).toBe("lost");
});

test.each<[DisputeTerms["status"], string, string]>([
  ["needs_response", "winning_evidence", "won"],
  ["needs_response", "losing_evidence", "lost"],
  ["needs_response", "escalate_inquiry_evidence", "under_review"],
  ["needs_response", "a long story", "under_review"],
  ["warning_needs_response", "winning_evidence", "warning_closed"],
  ["warning_needs_response", "escalate_inquiry_evidence", "needs_response"],
])("%s that is answered with %s is decided as %s", async (begin, uncategorized_text, end) => {
  const { stripe, simulator } = till;
  const { id } = await disputed(begin);
  const draft = await stripe.disputes.update(id, { evidence: { uncategorized_text }, submit: false });
  expect(draft).toMatchObject({ status: begin, evidence_details: { has_evidence: true, submission_count: 0 } });
  const sent = await stripe.disputes.update(id, { submit: true });
  expect(sent.status).toBe(begin === "needs_response" ? "under_review" : "warning_under_review");
  simulator.control.moveBy(1);
  expect((await stripe.disputes.retrieve(id)).status).toBe(end);
});

test.each([
  ["pm_card_createDispute", "needs_response", "fraudulent"],
  ["pm_card_createDisputeProductNotReceived", "needs_response", "product_not_received"],
  ["pm_card_createDisputeInquiry", "warning_needs_response", "fraudulent"],
])("%s disputes what it has paid, at once or when it is captured, as %s", async (payment_method, status, reason) => {
  const { stripe } = till;
  const terms = { amount: 4_900, currency: "usd", payment_method, confirm: true };
  const { id } = await stripe.paymentIntents.create(terms);
  expect((await stripe.disputes.list({ payment_intent: id })).data).toMatchObject([{ status, reason }]);
  const later = await stripe.paymentIntents.create({ ...terms, capture_method: "manual" });
  expect((await stripe.disputes.list({ payment_intent: later.id })).data).toEqual([]);
  await stripe.paymentIntents.capture(later.id, { amount_to_capture: 1_000 });
  expect((await stripe.disputes.list({ payment_intent: later.id })).data).toMatchObject([{ status, amount: 1_000 }]);
});
