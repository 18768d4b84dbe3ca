import { BEGIN, DAY_S, faultsOf, openShop } from "./billing-kit";
import { closeSimulators } from "./simulator-kit";

afterEach(closeSimulators);

test("a card that pays makes an active subscription with a paid invoice, and the events of both", async () => {
  const { stripe, monthly, buyer, told, simulator } = await openShop();
  const customer = await buyer();
  await told();
  const sub = await stripe.subscriptions.create({
    customer,
    items: [{ price: monthly }],
    expand: ["latest_invoice.payments"],
  });
  expect(sub).toMatchObject({ status: "active", billing_mode: { type: "flexible" }, cancel_at: null });
  expect(sub.items.data[0]).toMatchObject({ current_period_start: BEGIN, current_period_end: BEGIN + 30 * DAY_S });
  expect(sub.latest_invoice).toMatchObject({
    status: "paid",
    amount_paid: 1_000,
    billing_reason: "subscription_create",
    parent: { subscription_details: { subscription: sub.id } },
    payments: { data: [{ status: "paid", amount_paid: 1_000 }] },
  });
  expect(await told()).toEqual([
    "invoice.created",
    "invoice.finalized",
    "payment_intent.created",
    "charge.succeeded",
    "payment_intent.succeeded",
    "invoice.updated",
    "invoice.paid",
    "invoice.payment_succeeded",
    "invoice_payment.paid",
    "customer.subscription.created",
  ]);
  expect(await faultsOf(simulator)).toEqual([]);
});
