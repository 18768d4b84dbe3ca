import type { Toll } from "../kit/open-toll";
import { CHECKOUT_ENV, checkoutOperationsOf } from "../kit/checkout-operations";
import { openStall, type Stall } from "../kit/open-stall";
import type { Shop } from "../kit/start-shop";
import { startTolledShop } from "../kit/start-tolled-shop";

// What Stripe cannot find ends access only when the very object was asked for, in the account that has it.

let shop: Shop & { toll: Toll };
let stall: Stall;
let buying: ReturnType<typeof checkoutOperationsOf>;

beforeAll(async () => {
  shop = await startTolledShop({ env: CHECKOUT_ENV });
  stall = await openStall(shop, "pro");
  await stall.link();
  buying = checkoutOperationsOf(shop);
});
beforeEach(() => shop.toll.decide(() => "PASS"));
afterAll(() => shop.stop());

let people = 0;
const address = () => `payer-${people++}@shop.example`;

/** A person who pays for a subscription, and one who paid once. */
async function openPayers() {
  const [member, owner] = [address(), address()];
  const subscription = await stall.subscribe(await stall.customer(member));
  const session = await stall.buyOnce({ email: owner });
  await shop.settled();
  const { payment_intent: payment } = await shop.stripe.checkout.sessions.retrieve(session);
  const { latest_invoice: invoice } = subscription;
  if (typeof payment !== "string" || typeof invoice !== "string") throw new Error("the purchases have no payments");
  return { member, owner, subscription: subscription.id, invoice, payment, session };
}

const stateOf = async ({ member, owner }: { member: string; owner: string }) => ({
  allowed: [await stall.allowed(member), await stall.allowed(owner)],
  journal: [await stall.journal(member), await stall.journal(owner)],
});

const missing = (noun: string, id: string) => ({
  status: 404,
  body: {
    error: {
      type: "invalid_request_error",
      code: "resource_missing",
      param: "id",
      message: `No such ${noun}: '${id}'`,
    },
  },
});

/** An event about this object, whatever its id is, signed as Stripe signs. */
async function send(type: string, object: { object: string; id: string; [more: string]: unknown }) {
  const [endpoint] = (await shop.stripe.webhookEndpoints.list()).data;
  const created = Math.floor(shop.clock.now().getTime() / 1000);
  const event = { id: `evt_sent${people++}`, object: "event", type, created, livemode: false, data: { object } };
  await shop.control("send-body", { endpoint: endpoint?.id, body: JSON.stringify({ ...event, api_version: null }) });
  await shop.settled();
}

test("a claim by an id of another kind is refused, and nobody loses what they paid for", async () => {
  const payers = await openPayers();
  const { subscription, invoice, payment, session } = payers;
  const before = await stateOf(payers);
  const user = await buying.newUser({ externalId: address() });
  const mixed: [string, string, string][] = [
    ["invoiceId", subscription, "subscriptionId"],
    ["checkoutSessionId", payment, "paymentId"],
    ["subscriptionId", invoice, "invoiceId"],
    ["subscriptionId", payment, "paymentId"],
    ["paymentId", session, "checkoutSessionId"],
    ["invoiceId", "pr_5RV730PrHyAEi", "invoiceId"],
    ["subscriptionId", "sub_sched_1", "names no purchase"],
  ];
  for (const [field, id, advice] of mixed) {
    for (const whose of [user, payers.member]) {
      const { userByEmail } = await shop.latchkey.get<{ userByEmail: { id: string } | null }>(
        "query ($e: String!) { userByEmail(email: $e) { id } }",
        { e: whose },
      );
      const refused = await buying.notClaimed({ user: userByEmail?.id ?? user, [field]: id });
      expect(refused.extensions).toMatchObject({ code: "INVALID_INPUT", field: `input.${field}` });
      expect(refused.message).toContain(advice);
    }
  }
  await shop.settled();
  expect(await stateOf(payers)).toEqual(before);
});

test("RWS-S8: a purchase is claimed by its payment, and by the charge of it", async () => {
  for (const by of ["payment", "charge"]) {
    const { payment, owner } = await openPayers();
    const { latest_charge: charge } = await shop.stripe.paymentIntents.retrieve(payment);
    const ada = await buying.newUser({ externalId: address() });
    const claimed = await buying.claim({ user: ada, paymentId: by === "payment" ? payment : charge });
    expect(claimed).toMatchObject({ gained: [{ key: "pro" }], lost: [] });
    expect([await stall.allowed(owner), await buying.opens("pro", ada)]).toEqual([false, true]);
  }
  const user = await buying.newUser({ externalId: address() });
  for (const paymentId of ["pi_none", "ch_none", "none"]) {
    const { extensions } = await buying.notClaimed({ user, paymentId });
    expect(extensions).toMatchObject({ code: "PURCHASE_NOT_FOUND", field: "input.paymentId" });
  }
});

test("an event that gives a paid object another kind ends nothing", async () => {
  const payers = await openPayers();
  const { subscription, payment, session } = payers;
  const before = await stateOf(payers);
  await send("customer.subscription.deleted", { object: "subscription", id: payment });
  await send("customer.subscription.updated", { object: "invoice", id: payment });
  await send("invoice.voided", { object: "invoice", id: subscription });
  await send("checkout.session.async_payment_failed", { object: "checkout.session", id: subscription });
  await send("checkout.session.async_payment_failed", { object: "checkout.session", id: payment });
  await send("invoice.deleted", { object: "invoice", id: session });
  await send("charge.refunded", { object: "charge", id: subscription, payment_intent: subscription });
  expect(await stateOf(payers)).toEqual(before);
});

test("a 404 that does not speak of the object ends nothing, and the event waits", async () => {
  const payers = await openPayers();
  const before = await stateOf(payers);
  const gone = missing("subscription", payers.subscription);
  const wrong = {
    account: { [`GET /v1/subscriptions/${payers.subscription}`]: gone, "GET /v1/account": accountOf("acct_another") },
    other: { [`GET /v1/subscriptions/${payers.subscription}`]: missing("customer", "cus_another") },
    address: {
      [`GET /v1/subscriptions/${payers.subscription}`]: {
        status: 404,
        body: { error: { type: "invalid_request_error", message: "Unrecognized request URL." } },
      },
    },
  };
  for (const answers of Object.values(wrong)) {
    shop.toll.decide((request) => {
      const [, answer] = Object.entries(answers).find(([start]) => request.startsWith(start)) ?? [];
      return answer ?? "PASS";
    });
    await send("customer.subscription.updated", { object: "subscription", id: payers.subscription });
    expect(await stateOf(payers)).toEqual(before);
  }
  const rows = await shop.latchkey.server.deps.db.rows<{ error: string }>(
    "/* test.waiting */ select error from stripe_inbox where state = 'PENDING' and error is not null",
  );
  expect(rows).toHaveLength(Object.keys(wrong).length);
});

function accountOf(id: string) {
  return { status: 200, body: { id, object: "account", business_profile: null, settings: null } };
}

test("what Stripe really no longer has is over: the objects of a removed test clock", async () => {
  const { stripe } = shop;
  const frozen = Math.floor(shop.clock.now().getTime() / 1000);
  const clock = await stripe.testHelpers.testClocks.create({ frozen_time: frozen });
  const email = address();
  const customer = await stall.customer(email, { test_clock: clock.id });
  const { id } = await stall.subscribe(customer);
  await shop.settled();
  expect(await stall.allowed(email)).toBe(true);
  await stripe.testHelpers.testClocks.del(clock.id);
  // The customer is asked for, and with it everything that is held of it.
  await send("customer.updated", { object: "customer", id: customer });
  expect(await stall.allowed(email)).toBe(false);
  expect((await stall.journal(email)).filter(({ stripeObject }) => stripeObject === id)).toContainEqual(
    expect.objectContaining({ type: "SUBSCRIPTION_ENDED" }),
  );
});
