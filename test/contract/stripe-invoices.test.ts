import {
  payOutOfBand,
  planNextPayment,
  renewNow,
  retryNow,
  sellByInvoice,
} from "../../src/local/stripe/billing/act-as-owner";
import type { Draft } from "../../src/local/stripe/draft";
import { answerChallenge } from "../../src/local/stripe/payments/settle-payment";
import { BEGIN, DAY_S, closeShop, idOf, openShop, type Shop } from "./billing-kit";

let shop: Shop;
beforeEach(async () => {
  shop = await openShop();
});
afterEach(() => closeShop(shop));

async function draftOf(
  amount: number,
  card: string | null = "pm_card_visa",
): Promise<{ id: string; customer: string }> {
  const { stripe, buyer, told } = shop;
  const customer = await buyer(card);
  await stripe.invoiceItems.create({ customer, amount, currency: "usd", description: "Lifetime" });
  const { id } = await stripe.invoices.create({ customer, pending_invoice_items_behavior: "include" });
  await told();
  return { id: id ?? "", customer };
}

test("an invoice over nothing is paid when it is finalized", async () => {
  const { id } = await draftOf(0);
  expect(await shop.stripe.invoices.finalizeInvoice(id)).toMatchObject({
    status: "paid",
    amount_due: 0,
    amount_paid: 0,
  });
});

test("a sale by hand is a line that belongs to an invoice item and to no subscription", async () => {
  const { stripe } = shop;
  const { id } = await draftOf(4_900);
  const paid = await stripe.invoices.pay(id, { expand: ["payments"] });
  expect(paid).toMatchObject({ status: "paid", billing_reason: "manual", parent: null, amount_paid: 4_900 });
  expect(paid.lines.data[0]).toMatchObject({
    amount: 4_900,
    parent: { type: "invoice_item_details", invoice_item_details: { proration: false, subscription: null } },
  });
  const intent = paid.payments?.data[0]?.payment.payment_intent;
  const found = await stripe.invoicePayments.list({
    payment: { type: "payment_intent", payment_intent: idOf(intent) },
  });
  expect(found.data.map(({ invoice, status }) => [invoice, status])).toEqual([[id, "paid"]]);
  await expect(stripe.invoices.pay(id)).rejects.toMatchObject({ code: "invoice_already_paid" });
});

test("a card that declines is an error, and the invoice remembers the attempt", async () => {
  const { stripe, told } = shop;
  const { id } = await draftOf(4_900, "pm_card_chargeCustomerFail");
  await expect(stripe.invoices.pay(id)).rejects.toMatchObject({ code: "card_declined", type: "StripeCardError" });
  expect(await stripe.invoices.retrieve(id)).toMatchObject({ status: "open", attempt_count: 1, attempted: true });
  expect(await told()).toEqual(expect.arrayContaining(["charge.failed", "invoice.payment_failed"]));
});

test("an invoice paid out of band is paid without a payment, and without payment_succeeded", async () => {
  const { stripe, told } = shop;
  const { id } = await draftOf(4_900, null);
  const paid = await stripe.invoices.pay(id, {
    paid_out_of_band: true,
    expand: ["payments", "amount_paid_off_stripe"],
  });
  expect(paid).toMatchObject({ status: "paid", amount_paid: 0, amount_paid_off_stripe: 4_900, payments: { data: [] } });
  expect(await told()).toEqual(["invoice.finalized", "invoice.updated", "invoice.paid"]);
});

test("a draft can be deleted and frees what it took; what stands can only be voided or given up", async () => {
  const { stripe, told } = shop;
  const { id, customer } = await draftOf(4_900);
  await stripe.invoices.del(id);
  expect((await stripe.invoiceItems.list({ customer, pending: true })).data).toHaveLength(1);
  const other = await stripe.invoices.create({ customer, pending_invoice_items_behavior: "include" });
  await stripe.invoices.finalizeInvoice(other.id ?? "");
  await expect(stripe.invoices.del(other.id ?? "")).rejects.toMatchObject({ statusCode: 400 });
  await expect(stripe.invoices.update(other.id ?? "", { description: "x" })).rejects.toMatchObject({ statusCode: 400 });
  await stripe.invoices.update(other.id ?? "", { metadata: { a: "b" } });
  await stripe.invoices.markUncollectible(other.id ?? "");
  expect(await stripe.invoices.voidInvoice(other.id ?? "")).toMatchObject({ status: "void" });
  expect(await told()).toEqual([
    "invoice.deleted",
    "invoice.created",
    "invoice.finalized",
    "invoice.updated",
    "invoice.updated",
    "invoice.marked_uncollectible",
    "invoice.updated",
    "invoice.voided",
  ]);
});

test("an invoice with auto_advance is finalized and collected by itself after an hour", async () => {
  const { stripe, buyer, simulator } = shop;
  const customer = await buyer();
  await stripe.invoiceItems.create({ customer, amount: 500, currency: "usd" });
  const made = await stripe.invoices.create({
    customer,
    auto_advance: true,
    pending_invoice_items_behavior: "include",
  });
  expect(made.automatically_finalizes_at).toBe(BEGIN + 3_600);
  simulator.control.moveBy(3_600);
  expect(await stripe.invoices.retrieve(made.id ?? "")).toMatchObject({ status: "paid" });
});

test("invoices are found by status, customer and subscription", async () => {
  const { stripe, monthly, buyer } = shop;
  const customer = await buyer();
  const sub = await stripe.subscriptions.create({ customer, items: [{ price: monthly }] });
  await draftOf(100);
  expect((await stripe.invoices.list({ status: "draft" })).data).toHaveLength(1);
  expect((await stripe.invoices.list({ customer })).data).toHaveLength(1);
  expect((await stripe.invoices.list({ subscription: sub.id, status: "paid" })).data).toHaveLength(1);
  expect((await stripe.invoices.list()).data).toHaveLength(2);
});

test("a credit note before the payment lowers what is due, and can be taken back; a whole one pays the invoice", async () => {
  const { stripe, told } = shop;
  const { id } = await draftOf(4_900);
  await stripe.invoices.finalizeInvoice(id);
  const note = await stripe.creditNotes.create({ invoice: id, amount: 900, reason: "order_change" });
  expect(note).toMatchObject({ type: "pre_payment", pre_payment_amount: 900, status: "issued" });
  expect(await stripe.invoices.retrieve(id)).toMatchObject({
    amount_remaining: 4_000,
    pre_payment_credit_notes_amount: 900,
  });
  await stripe.creditNotes.voidCreditNote(note.id);
  const [line] = (await stripe.invoices.retrieve(id)).lines.data;
  const lines = [{ type: "invoice_line_item" as const, invoice_line_item: line?.id ?? "", quantity: 1 }];
  await stripe.creditNotes.create({ invoice: id, lines });
  expect(await stripe.invoices.retrieve(id)).toMatchObject({ status: "paid", amount_due: 0, amount_paid: 0 });
  expect(await told()).toEqual(
    expect.arrayContaining(["credit_note.created", "credit_note.voided", "invoice.updated", "invoice.paid"]),
  );
});

test("a credit note after the payment says where the money went: to the card, to the balance, elsewhere", async () => {
  const { stripe, told } = shop;
  const { id, customer } = await draftOf(4_900);
  await stripe.invoices.pay(id);
  await expect(stripe.creditNotes.create({ invoice: id, amount: 900 })).rejects.toThrow("must equal");
  const note = await stripe.creditNotes.create({
    invoice: id,
    amount: 2_000,
    refund_amount: 1_500,
    credit_amount: 500,
  });
  expect(note).toMatchObject({ type: "post_payment", refunds: [{ amount_refunded: 1_500, type: "refund" }] });
  expect(await stripe.customers.retrieve(customer)).toMatchObject({ balance: -500 });
  expect(await stripe.invoices.retrieve(id)).toMatchObject({ post_payment_credit_notes_amount: 2_000, status: "paid" });
  expect(await told()).toContain("charge.refunded");
  // What was credited pays for the next sale.
  await stripe.invoiceItems.create({ customer, amount: 800, currency: "usd" });
  const next = await stripe.invoices.create({ customer, pending_invoice_items_behavior: "include" });
  expect(await stripe.invoices.pay(next.id ?? "")).toMatchObject({ total: 800, amount_due: 300, ending_balance: 0 });
});

test("a card that asks its owner leaves the invoice open until the owner has agreed", async () => {
  const { stripe, monthly, buyer, told, simulator } = shop;
  const customer = await buyer("pm_card_threeDSecure2Required");
  await told();
  const sub = await stripe.subscriptions.create({ customer, items: [{ price: monthly }] });
  expect(sub.status).toBe("incomplete");
  expect(await told()).toEqual(expect.arrayContaining(["invoice.payment_failed", "invoice.payment_action_required"]));
  const { data } = await stripe.invoicePayments.list({ invoice: idOf(sub.latest_invoice) });
  const intent = idOf(data[0]?.payment.payment_intent);
  simulator.control.act((draft) => answerChallenge(draft, intent, true));
  expect(await stripe.subscriptions.retrieve(sub.id)).toMatchObject({ status: "active" });
});

test("a bank that takes its time begins the subscription at once, and a returned payment puts it behind", async () => {
  const { stripe, monthly, buyer, simulator } = shop;
  const customer = await buyer("pm_usBankAccount_processing");
  const sub = await stripe.subscriptions.create({ customer, items: [{ price: monthly }], expand: ["latest_invoice"] });
  expect([sub.status, sub.latest_invoice]).toMatchObject(["active", { status: "open" }]);
  simulator.control.moveBy(3 * DAY_S);
  expect(await stripe.subscriptions.retrieve(sub.id)).toMatchObject({ status: "past_due" });
});

test("the control room decides how a renewal ends, tries it again, and sells by hand", async () => {
  const { stripe, monthly, buyer, simulator } = shop;
  const customer = await buyer();
  const { id } = await stripe.subscriptions.create({ customer, items: [{ price: monthly }] });
  const act = <T>(work: (draft: Draft) => T): T => simulator.control.act(work);
  simulator.control.moveBy(DAY_S);
  expect(act((draft) => renewNow(draft, id, "fails"))).toMatchObject({ status: "open", attempt_count: 1 });
  const behind = await stripe.subscriptions.retrieve(id);
  expect(behind).toMatchObject({ status: "past_due" });
  expect(behind.items.data[0]?.current_period_start).toBe(BEGIN + DAY_S);
  act((draft) => planNextPayment(draft, id, "succeeds"));
  expect(act((draft) => retryNow(draft, id))).toMatchObject({ status: "paid" });
  expect(await stripe.subscriptions.retrieve(id)).toMatchObject({ status: "active" });
  expect(act((draft) => sellByInvoice(draft, { customer, amount: 9_900 }))).toMatchObject({
    status: "paid",
    amount_paid_off_stripe: 9_900,
  });
  const open = await draftOf(100);
  expect(act((draft) => payOutOfBand(draft, open.id))).toMatchObject({ status: "paid" });
});
