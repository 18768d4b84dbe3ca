import { BEGIN, closeShop, DAY_S, idOf, openShop, type Shop } from "./billing-kit";
import { setBillingSettings } from "../../src/local/stripe/billing/settings";
import { deletePrice } from "../../src/local/stripe/billing/delete-price";

let shop: Shop;
beforeEach(async () => (shop = await openShop()));
afterEach(() => closeShop(shop));

const MONTH_END = BEGIN + 30 * DAY_S;

function toldOf(type: string) {
  const events = shop.simulator.world.shelves.event.inOrder.map(({ row }) => row);
  return events.filter((event) => event.type === type);
}

test("seven days before a renewal its invoice is announced, without an id, with what it will cost", async () => {
  const { stripe, simulator, buyer, monthly, yearly } = shop;
  const customer = await buyer();
  const coupon = (await stripe.coupons.create({ percent_off: 10, duration: "forever" })).id;
  const terms = { customer, items: [{ price: monthly, quantity: 2 }], discounts: [{ coupon }] };
  const { id } = await stripe.subscriptions.create(terms);
  await stripe.invoiceItems.create({ customer, amount: 300, currency: "usd" });
  simulator.control.moveTo(MONTH_END - 7 * DAY_S - 1);
  expect(toldOf("invoice.upcoming")).toEqual([]);
  simulator.control.moveBy(1);
  const [event] = toldOf("invoice.upcoming");
  expect(event).toMatchObject({ created: MONTH_END - 7 * DAY_S });
  expect(event?.data.object).not.toHaveProperty("id");
  expect(event?.data.object).toMatchObject({
    object: "invoice",
    billing_reason: "upcoming",
    status: "draft",
    created: MONTH_END,
    customer,
    amount_due: 2_070,
    next_payment_attempt: MONTH_END + 3_600,
    parent: { subscription_details: { subscription: id } },
  });
  expect((await stripe.invoices.list({ subscription: id })).data).toHaveLength(1);
  expect((await stripe.subscriptions.retrieve(id)).items.data[0]?.current_period_end).toBe(MONTH_END);

  await stripe.subscriptions.update(id, { metadata: { seen: "1" } });
  simulator.control.moveTo(MONTH_END + 3_601);
  expect(toldOf("invoice.upcoming")).toHaveLength(1);
  const renewed = await stripe.invoices.list({ subscription: id, limit: 1 });
  expect(renewed.data[0]).toMatchObject({ status: "paid", amount_due: 2_070 });

  const ends = await stripe.subscriptions.create({ customer: await buyer(), items: [{ price: yearly }] });
  await stripe.subscriptions.update(ends.id, { cancel_at_period_end: true });
  await stripe.subscriptions.update(id, { collection_method: "send_invoice", days_until_due: 5 });
  for (let days = 0; days < 380; days += 20) {
    simulator.control.moveBy(20 * DAY_S);
    expect(toldOf("invoice.upcoming").filter(({ created }) => created > MONTH_END)).toEqual([]);
  }
});

test("an upcoming invoice under a test clock, at the end of a trial, and with another notice", async () => {
  const { stripe, simulator, buyer, monthly } = shop;
  simulator.control.act((draft) => setBillingSettings(draft, { upcomingBeforeS: DAY_S }));
  const clock = (await stripe.testHelpers.testClocks.create({ frozen_time: BEGIN })).id;
  const customer = await buyer("pm_card_visa", clock);
  const terms = { customer, items: [{ price: monthly }], trial_period_days: 10 };
  await stripe.subscriptions.create(terms);
  await stripe.testHelpers.testClocks.advance(clock, { frozen_time: BEGIN + 9 * DAY_S });
  expect((await stripe.testHelpers.testClocks.retrieve(clock)).status).toBe("ready");
  const [event] = toldOf("invoice.upcoming");
  expect(event).toMatchObject({ created: BEGIN + 9 * DAY_S });
  expect(event?.data.object).toMatchObject({ amount_due: 1_000, created: BEGIN + 10 * DAY_S, customer });
  simulator.control.act((draft) => setBillingSettings(draft, { upcomingBeforeS: 0 }));
  await stripe.testHelpers.testClocks.advance(clock, { frozen_time: BEGIN + 60 * DAY_S });
  await stripe.testHelpers.testClocks.retrieve(clock);
  expect(toldOf("invoice.upcoming")).toHaveLength(1);
});

test("an invoice that is sent is announced three days before it is due, and told when it is overdue", async () => {
  const { stripe, simulator, buyer, told } = shop;
  const send = async (): Promise<string> => {
    const terms = { customer: await buyer(null), collection_method: "send_invoice", days_until_due: 10 } as const;
    const { id: invoice, customer } = await stripe.invoices.create(terms);
    await stripe.invoiceItems.create({ customer: idOf(customer), invoice, amount: 2_000, currency: "usd" });
    await stripe.invoices.sendInvoice(invoice);
    return invoice;
  };
  const late = await send();
  const early = await send();
  await stripe.invoices.pay(early, { paid_out_of_band: true });
  await told();
  simulator.control.moveBy(7 * DAY_S - 1);
  expect(await told()).toEqual([]);
  simulator.control.moveBy(1);
  expect(await told()).toEqual(["invoice.will_be_due"]);
  expect(toldOf("invoice.will_be_due")[0]?.data.object).toMatchObject({ id: late, status: "open" });
  simulator.control.moveBy(3 * DAY_S);
  expect(await told()).toEqual(["invoice.overdue"]);
});

test("an invoice with automatic tax for a customer without an address cannot be finalized, and says why", async () => {
  const { stripe, simulator, buyer, told } = shop;
  const customer = await buyer();
  const terms = { customer, automatic_tax: { enabled: true }, auto_advance: true } as const;
  const { id: invoice } = await stripe.invoices.create(terms);
  await stripe.invoiceItems.create({ customer, invoice, amount: 2_000, currency: "usd" });
  await told();
  simulator.control.moveBy(3_600);
  expect(await told()).toEqual(["invoice.updated", "invoice.finalization_failed"]);
  const code = "customer_tax_location_invalid";
  const failed = {
    id: invoice,
    status: "draft",
    last_finalization_error: { code, type: "invalid_request_error" },
    automatic_tax: { enabled: true, status: "requires_location_inputs" },
  };
  expect(toldOf("invoice.finalization_failed")[0]?.data.object).toMatchObject(failed);
  await expect(stripe.invoices.finalizeInvoice(invoice)).rejects.toMatchObject({ code, statusCode: 400 });
  expect(await told()).toEqual(["invoice.finalization_failed"]);
  await stripe.customers.update(customer, { address: { country: "US", postal_code: "94110" } });
  expect(await stripe.invoices.finalizeInvoice(invoice)).toMatchObject({
    status: "open",
    last_finalization_error: null,
    automatic_tax: { status: "complete" },
  });
});

test("payments that are attached to an invoice pay it in parts, and what is too much is credited", async () => {
  const { stripe, simulator, buyer, told } = shop;
  const customer = await buyer();
  const { id: invoice } = await stripe.invoices.create({
    customer,
    collection_method: "send_invoice",
    days_until_due: 9,
  });
  await stripe.invoiceItems.create({ customer, invoice, amount: 2_000, currency: "usd" });
  await stripe.invoices.finalizeInvoice(invoice);
  const terms = { amount: 1_500, currency: "usd", customer } as const;
  const [first, second] = [await stripe.paymentIntents.create(terms), await stripe.paymentIntents.create(terms)];
  const foreign = await stripe.paymentIntents.create({ ...terms, customer: await buyer() });
  const attach = (payment_intent: string) => stripe.invoices.attachPayment(invoice, { payment_intent });
  await expect(attach(foreign.id)).rejects.toThrow(/same customer/);
  await attach(first.id);
  await attach(second.id);
  await expect(attach(second.id)).rejects.toThrow(/already attached/);
  await expect(stripe.invoices.voidInvoice(invoice)).rejects.toThrow(/payments are attached/);
  await stripe.paymentIntents.confirm(first.id, { payment_method: "pm_card_visa" });
  expect(await stripe.invoices.retrieve(invoice)).toMatchObject({
    status: "open",
    amount_paid: 1_500,
    amount_remaining: 500,
  });
  await told();
  await stripe.paymentIntents.confirm(second.id, { payment_method: "pm_card_visa" });
  expect(await told()).toEqual(
    expect.arrayContaining(["invoice.paid", "invoice.payment_succeeded", "customer.updated", "invoice.overpaid"]),
  );
  const paid = { id: invoice, status: "paid", amount_remaining: 0, amount_paid: 3_000, amount_overpaid: 1_000 };
  expect(toldOf("invoice.overpaid").map(({ data }) => data.object)).toEqual([expect.objectContaining(paid)]);
  expect(await stripe.customers.retrieve(customer)).toMatchObject({ balance: -1_000 });
  const { data } = await stripe.invoicePayments.list({ invoice });
  expect(data.map((row) => [row.amount_paid, row.status, row.is_default])).toEqual([
    [1_500, "paid", false],
    [1_500, "paid", false],
  ]);
  expect(simulator.world.shelves.invoice.inOrder.at(-1)?.row.id).toBe(invoice);
});

test("the owner deletes a price that nothing uses; one that was sold stays", async () => {
  const { stripe, simulator, buyer, monthly, yearly, product, told } = shop;
  const remove = (price: string) => simulator.control.act((draft) => deletePrice(draft, price));
  await stripe.subscriptions.create({ customer: await buyer(), items: [{ price: monthly }] });
  await told();
  expect(remove(yearly)).toEqual({ id: yearly, object: "price", deleted: true });
  expect(await told()).toEqual(["price.deleted"]);
  expect(toldOf("price.deleted")[0]?.data.object).toMatchObject({ id: yearly, product, unit_amount: 10_000 });
  await expect(stripe.prices.retrieve(yearly)).rejects.toThrow(/No such price/);
  expect(() => remove(monthly)).toThrow(/has been used/);
});
