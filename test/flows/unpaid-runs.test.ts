import type Stripe from "stripe";
import { type Stall, jobDone, openStall } from "../kit/open-stall";
import { type Shop, startShop } from "../kit/start-shop";

// One grace for a run of unpaid invoices, as callers see it: time passes, Stripe tells what happens, and access is asked.

const DAY_S = 86_400;

let shop: Shop;
let stall: Stall;
let late: Stall;

beforeAll(async () => {
  shop = await startShop();
  stall = await openStall(shop, "course");
  late = await openStall(shop, "late");
  await stall.link();
  await shop.control("billing-settings", { after_retries: "past_due" });
});
afterAll(() => shop.stop());

const USER = `query ($email: String!) { userByEmail(email: $email) { id } }`;
const ACCESS = `query ($user: ID!) { access(product: "course", user: $user) { allowed reason endsAt } }`;

const RECONCILE = "mutation { reconcile(input: {}) { id } }";

interface Decision {
  allowed: boolean;
  reason: string;
  endsAt: string | null;
}

async function accessOf(email: string): Promise<Decision> {
  await shop.settled();
  const { userByEmail } = await shop.latchkey.get<{ userByEmail: { id: string } | null }>(USER, { email });
  return (await shop.latchkey.get<{ access: Decision }>(ACCESS, { user: userByEmail?.id ?? "" })).access;
}

/** Stripe tells of something that changes nothing here, so the subscription is read once more. */
async function readAgain(subscription: string): Promise<void> {
  await shop.stripe.subscriptions.update(subscription, { metadata: { read: String(shop.clock.now().getTime()) } });
  await shop.settled();
}

const days = (count: number): void => shop.clock.moveBy(count * DAY_S * 1000);
const moment = (seconds: number | null | undefined): string => new Date((seconds ?? 0) * 1000).toISOString();
const inGrace = (endsAt: string) => ({ allowed: true, reason: "GRACE_PERIOD", endsAt });
const closed = { allowed: false, reason: "PAYMENT_FAILED" };

async function newestInvoice(subscription: string): Promise<Stripe.Invoice> {
  const [invoice] = (await shop.stripe.invoices.list({ subscription, limit: 1 })).data;
  if (!invoice) throw new Error("there is no invoice");
  return invoice;
}

/** Moves on until the next invoice of the subscription is open. */
async function nextInvoice(subscription: string): Promise<Stripe.Invoice> {
  const { items } = await shop.stripe.subscriptions.retrieve(subscription);
  shop.clock.moveTo(new Date(((items.data[0]?.current_period_end ?? 0) + 3_601) * 1000));
  await shop.settled();
  return newestInvoice(subscription);
}

test("an invoice that is sent and not paid has one grace from its due date, through a void, a new invoice and every read", async () => {
  const email = "sent@shop.example";
  const terms = { collection_method: "send_invoice", days_until_due: 7 } as const;
  const { id } = await stall.subscribe(await stall.customer(email), terms);
  expect(await accessOf(email)).toMatchObject({ allowed: true, reason: "SUBSCRIPTION" });
  shop.clock.moveBy(3_601_000);
  const first = await newestInvoice(id);
  expect(first).toMatchObject({ status: "open", attempted: false });
  days(7);
  expect(await shop.stripe.subscriptions.retrieve(id)).toMatchObject({ status: "past_due" });
  const end = moment((first.due_date ?? 0) + 7 * DAY_S);
  expect(await accessOf(email)).toEqual(inGrace(end));
  days(3);
  await readAgain(id);
  expect(await accessOf(email)).toEqual(inGrace(end));
  days(4);
  await readAgain(id);
  expect(await accessOf(email)).toMatchObject(closed);

  // Voided, it is owed no more and the subscription is active; but nothing was paid, so the next one has no grace of its own.
  await shop.stripe.invoices.voidInvoice(first.id);
  expect(await accessOf(email)).toMatchObject({ allowed: true, reason: "SUBSCRIPTION" });
  const second = await nextInvoice(id);
  expect(second).toMatchObject({ status: "open", billing_reason: "subscription_cycle" });
  days(8);
  expect(await shop.stripe.subscriptions.retrieve(id)).toMatchObject({ status: "past_due" });
  expect(await accessOf(email)).toMatchObject(closed);

  // A payment ends the run.
  await shop.stripe.invoices.pay(second.id, { paid_out_of_band: true });
  expect(await accessOf(email)).toMatchObject({ allowed: true, reason: "SUBSCRIPTION" });
  const third = await nextInvoice(id);
  days(7);
  expect(await accessOf(email)).toEqual(inGrace(moment((third.due_date ?? 0) + 7 * DAY_S)));
  const failures = (await stall.journal(email)).filter(({ type }) => type === "PAYMENT_FAILED");
  const due = [third, second, first].map(({ due_date: at }) => new Date((at ?? 0) * 1000).toISOString());
  expect(failures.map(({ at }) => at)).toEqual(due);
});

test("a renewal that asks for authentication has one grace from that attempt, and an import finds the same end", async () => {
  const email = "asked@shop.example";
  const buyers = await Promise.all([email, "imported@shop.example"].map((each) => stall.customer(each)));
  const [customer = "", imported = ""] = buyers;
  const { id } = await stall.subscribe(customer);
  const { id: unlinked } = await late.subscribe(imported);
  for (const each of [customer, imported]) {
    const method = await shop.stripe.paymentMethods.attach("pm_card_authenticationRequired", { customer: each });
    await shop.stripe.customers.update(each, { invoice_settings: { default_payment_method: method.id } });
  }
  const asked = await nextInvoice(id);
  expect(asked).toMatchObject({ status: "open", attempted: true, attempt_count: 0, next_payment_attempt: null });
  const end = moment((asked.status_transitions.finalized_at ?? 0) + 7 * DAY_S);
  expect(await accessOf(email)).toEqual(inGrace(end));
  days(2);
  await readAgain(id);
  expect(await accessOf(email)).toEqual(inGrace(end));
  // Another card that declines is another try of the same invoice.
  const declines = await shop.stripe.paymentMethods.attach("pm_card_chargeCustomerFail", { customer });
  const pay = { payment_method: declines.id };
  await expect(shop.stripe.invoices.pay(asked.id, pay)).rejects.toMatchObject({ code: "card_declined" });
  expect(await accessOf(email)).toEqual(inGrace(end));

  // The other one is read for the first time now, and as often as the link is made: by its import.
  const { job } = await late.link({ product: "course" });
  expect(job).toMatchObject({ status: "SUCCEEDED", failed: 0 });
  const other = await newestInvoice(unlinked);
  const sameEnd = moment((other.status_transitions.finalized_at ?? 0) + 7 * DAY_S);
  expect(await accessOf("imported@shop.example")).toEqual(inGrace(sameEnd));
  days(6);
  await readAgain(id);
  await readAgain(unlinked);
  expect(await accessOf(email)).toMatchObject(closed);
  expect(await accessOf("imported@shop.example")).toMatchObject(closed);
  await shop.stripe.invoices.pay(asked.id, { paid_out_of_band: true });
  expect(await accessOf(email)).toMatchObject({ allowed: true, reason: "SUBSCRIPTION" });
});

test("a reconciliation of a grace that goes on finds no difference and moves nothing", async () => {
  const email = "declined@shop.example";
  const customer = await stall.customer(email);
  const { id } = await stall.subscribe(customer);
  await shop.control("next-payment", { subscription: id, ends: "fails" });
  const failed = await nextInvoice(id);
  const end = moment((failed.status_transitions.finalized_at ?? 0) + 7 * DAY_S);
  expect(await accessOf(email)).toEqual(inGrace(end));
  days(1);
  const { reconcile } = await shop.latchkey.get<{ reconcile: { id: string } }>(RECONCILE, {});
  expect(await jobDone(shop, reconcile.id)).toMatchObject({ status: "SUCCEEDED", updated: 0, created: 0, failed: 0 });
  expect(await accessOf(email)).toEqual(inGrace(end));
});
