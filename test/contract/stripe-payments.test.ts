import { answerSetupChallenge } from "../../src/local/stripe/payments/confirm-setup";
import { answerChallenge, settlePayment } from "../../src/local/stripe/payments/settle-payment";
import { BEGIN, DAY_S, idOf } from "./billing-kit";
import { about, closeTill, openTill, type Till } from "./payments-kit";

let till: Till;
beforeEach(async () => {
  till = await openTill();
});
afterEach(() => closeTill(till));

const usd = { currency: "usd", amount: 4_900 };

describe("payment methods", () => {
  test("a test token makes a new method each time; the same number has the same fingerprint", async () => {
    const { stripe, customer } = till;
    const one = await stripe.paymentMethods.attach("pm_card_visa", { customer: await customer() });
    const two = await stripe.paymentMethods.attach("pm_card_visa", { customer: await customer() });
    const card = { number: "4242 4242 4242 4242", exp_month: 12, exp_year: 2034, cvc: "123" };
    const three = await stripe.paymentMethods.create({ type: "card", card });
    const four = await stripe.paymentMethods.create({ type: "card", card: { token: "tok_mastercard" } });
    expect(new Set([one, two, three, four].map(({ id }) => id)).size).toBe(4);
    expect(new Set([one, two, three].map((method) => method.card?.fingerprint)).size).toBe(1);
    expect(four.card).toMatchObject({ brand: "mastercard", last4: "4444" });
  });

  test("a number that is not a test card, and a token that nobody knows, are refused", async () => {
    const { stripe } = till;
    const withCard = (card: object) => stripe.paymentMethods.create({ type: "card", card });
    await expect(withCard({ number: "4111111111111111", exp_month: 1, exp_year: 2030 })).rejects.toMatchObject({
      param: "card[number]",
    });
    await expect(withCard({ token: "tok_nope" })).rejects.toMatchObject({ code: "resource_missing" });
    await expect(stripe.paymentMethods.retrieve("pm_card_nope")).rejects.toMatchObject({ statusCode: 404 });
  });

  test("a method is listed for the customer that it is attached to, newest first, until it is detached", async () => {
    const { stripe, customer, events, told } = till;
    const owner = await customer();
    const card = await stripe.paymentMethods.attach("pm_card_visa", { customer: owner });
    const bank = await stripe.paymentMethods.attach("pm_usBankAccount_success", { customer: owner });
    const listed = async (more: object = {}): Promise<string[]> =>
      (await stripe.paymentMethods.list({ customer: owner, ...more })).data.map(({ id }) => id);
    expect(await listed()).toEqual([bank.id, card.id]);
    expect(await listed({ type: "card" })).toEqual([card.id]);
    expect((await stripe.customers.listPaymentMethods(owner)).data).toHaveLength(2);
    expect(told().slice(1)).toEqual(["payment_method.attached", "payment_method.attached"]);
    expect(await stripe.paymentMethods.detach(card.id)).toMatchObject({ customer: null });
    const [detached] = events();
    expect(detached).toMatchObject({
      type: "payment_method.detached",
      data: { previous_attributes: { customer: owner } },
    });
    expect(await listed()).toEqual([bank.id]);
    await expect(stripe.paymentMethods.detach(card.id)).rejects.toMatchObject({ statusCode: 400 });
  });

  test("a method belongs to one customer; a detached default is nobody's default", async () => {
    const { stripe, customer } = till;
    const [owner, other] = [await customer(), await customer()];
    const { id } = await stripe.paymentMethods.attach("pm_card_visa", { customer: owner });
    await stripe.customers.update(owner, { invoice_settings: { default_payment_method: id } });
    await expect(stripe.paymentMethods.attach(id, { customer: other })).rejects.toMatchObject({ statusCode: 400 });
    await expect(stripe.paymentIntents.create({ ...usd, customer: other, payment_method: id })).rejects.toMatchObject({
      param: "payment_method",
    });
    await stripe.paymentMethods.detach(id);
    expect(await stripe.customers.retrieve(owner)).toMatchObject({
      invoice_settings: { default_payment_method: null },
    });
  });

  test("a card that declines at once cannot be attached; one that declines when it is charged can", async () => {
    const { stripe, customer, told } = till;
    const owner = await customer();
    told();
    await expect(stripe.paymentMethods.attach("pm_card_chargeDeclined", { customer: owner })).rejects.toMatchObject({
      type: "StripeCardError",
      decline_code: "generic_decline",
    });
    expect(told()).toEqual([]);
    await stripe.paymentMethods.attach("pm_card_chargeCustomerFail", { customer: owner });
    expect((await stripe.paymentMethods.list({ customer: owner })).data).toHaveLength(1);
  });

  test("an update changes what it names and keeps the rest of the billing details", async () => {
    const { stripe, customer, events } = till;
    const owner = await customer();
    const billing_details = {
      name: "Ada",
      email: "ada@example.com",
      address: { city: "London", line1: "St James 12" },
    };
    const { id } = await stripe.paymentMethods.create({ type: "card", card: { token: "tok_visa" }, billing_details });
    await expect(stripe.paymentMethods.update(id, { metadata: { a: "b" } })).rejects.toMatchObject({ statusCode: 400 });
    await stripe.paymentMethods.attach(id, { customer: owner });
    events();
    const changes = { billing_details: { email: "countess@example.com", address: { line1: "Elsewhere 1" } } };
    const after = await stripe.paymentMethods.update(id, changes);
    expect(after.billing_details).toMatchObject({
      name: "Ada",
      email: "countess@example.com",
      address: { city: "London", line1: "Elsewhere 1" },
    });
    expect(events()[0]?.data.previous_attributes).toEqual({
      billing_details: { email: "ada@example.com", address: { line1: "St James 12" } },
    });
  });

  test("the methods of a deleted customer are nobody's, and nobody can pay as that customer any more", async () => {
    const { stripe, pay } = till;
    const { customer, charge } = await pay();
    const { id } = await stripe.paymentMethods.attach("pm_card_visa", { customer });
    await stripe.customers.del(customer);
    expect((await stripe.paymentMethods.retrieve(id)).customer).toBeNull();
    const gone = { code: "resource_missing", statusCode: 400 };
    await expect(stripe.paymentMethods.attach("pm_card_visa", { customer })).rejects.toMatchObject(gone);
    await expect(stripe.paymentIntents.create({ ...usd, customer })).rejects.toMatchObject(gone);
    await expect(stripe.setupIntents.create({ customer })).rejects.toMatchObject(gone);
    await expect(stripe.customers.listPaymentMethods(customer)).rejects.toMatchObject({ statusCode: 404 });
    expect((await stripe.charges.list({ customer })).data.map((row) => row.id)).toEqual([charge]);
    const expanded = await stripe.charges.retrieve(charge, { expand: ["customer"] });
    expect(expanded.customer).toMatchObject({ id: customer, deleted: true });
  });
});

describe("a payment", () => {
  test("that succeeds tells the intent, the charge and the end, in this order and with one another's ids", async () => {
    const { stripe, customer, events } = till;
    const payer = await customer();
    events();
    const intent = await stripe.paymentIntents.create(
      { ...usd, customer: payer, payment_method: "pm_card_visa", confirm: true, metadata: { order: "7" } },
      { idempotencyKey: "order-7" },
    );
    const charge = idOf(intent.latest_charge);
    expect(intent).toMatchObject({ status: "succeeded", amount_received: 4_900, created: BEGIN, livemode: false });
    const [created, charged, succeeded, ...more] = events();
    expect([created?.type, charged?.type, succeeded?.type, more]).toEqual([
      "payment_intent.created",
      "charge.succeeded",
      "payment_intent.succeeded",
      [],
    ]);
    expect(about(created)).toMatchObject({ id: intent.id, latest_charge: null, amount_received: 0 });
    expect(about(charged)).toMatchObject({
      id: charge,
      payment_intent: intent.id,
      customer: payer,
      amount_captured: 4_900,
      paid: true,
      refunded: false,
      disputed: false,
      metadata: { order: "7" },
    });
    expect(about(succeeded)).toEqual({ ...intent });
    expect(succeeded).toMatchObject({ created: BEGIN, request: { idempotency_key: "order-7" } });
  });

  test("is made, changed and confirmed in three steps; what has been paid cannot be confirmed or cancelled", async () => {
    const { stripe, customer, told } = till;
    const payer = await customer();
    told();
    const { id, status } = await stripe.paymentIntents.create({ ...usd, customer: payer });
    expect(status).toBe("requires_payment_method");
    await expect(stripe.paymentIntents.confirm(id)).rejects.toMatchObject({ type: "StripeInvalidRequestError" });
    const ready = await stripe.paymentIntents.update(id, { amount: 5_900, payment_method: "pm_card_visa" });
    expect(ready).toMatchObject({ status: "requires_confirmation", amount: 5_900 });
    expect(await stripe.paymentIntents.confirm(id)).toMatchObject({ status: "succeeded", amount_received: 5_900 });
    const unexpected = { code: "payment_intent_unexpected_state" };
    await expect(stripe.paymentIntents.confirm(id)).rejects.toMatchObject(unexpected);
    await expect(stripe.paymentIntents.cancel(id)).rejects.toMatchObject(unexpected);
    await expect(stripe.paymentIntents.capture(id)).rejects.toMatchObject(unexpected);
    await expect(stripe.paymentIntents.update(id, { amount: 1 })).rejects.toMatchObject(unexpected);
    expect(told()).toEqual(["payment_intent.created", "charge.succeeded", "payment_intent.succeeded"]);
    expect((await stripe.paymentIntents.list({ customer: payer })).data.map((row) => row.id)).toEqual([id]);
  });

  test("that is cancelled stays so, and says why", async () => {
    const { stripe, told } = till;
    const { id } = await stripe.paymentIntents.create(usd);
    expect(await stripe.paymentIntents.cancel(id, { cancellation_reason: "abandoned" })).toMatchObject({
      status: "canceled",
      cancellation_reason: "abandoned",
      canceled_at: BEGIN,
    });
    await expect(stripe.paymentIntents.confirm(id, { payment_method: "pm_card_visa" })).rejects.toMatchObject({
      code: "payment_intent_unexpected_state",
    });
    expect(told()).toEqual(["payment_intent.created", "payment_intent.canceled"]);
  });

  test("cannot name payment_method_types: they left with the pinned version", async () => {
    const params = { ...usd, payment_method_types: ["card"] };
    const refused = till.stripe.rawRequest("POST", "/v1/payment_intents", params);
    await expect(refused).rejects.toMatchObject({ statusCode: 400, code: "parameter_unknown" });
    expect(till.told()).toEqual([]);
  });

  test.each([
    ["pm_card_chargeDeclined", "card_declined", "generic_decline"],
    ["pm_card_chargeDeclinedInsufficientFunds", "card_declined", "insufficient_funds"],
    ["pm_card_chargeDeclinedLostCard", "card_declined", "lost_card"],
    ["pm_card_chargeDeclinedStolenCard", "card_declined", "stolen_card"],
    ["pm_card_chargeDeclinedExpiredCard", "expired_card", "expired_card"],
    ["pm_card_chargeDeclinedIncorrectCvc", "incorrect_cvc", "incorrect_cvc"],
    ["pm_card_chargeDeclinedProcessingError", "processing_error", "processing_error"],
    ["pm_card_chargeCustomerFail", "card_declined", "generic_decline"],
  ])("with %s is refused as %s and %s, and keeps its failed charge", async (payment_method, code, decline_code) => {
    const { stripe, events } = till;
    const { id } = await stripe.paymentIntents.create(usd);
    events();
    await expect(stripe.paymentIntents.confirm(id, { payment_method })).rejects.toMatchObject({
      type: "StripeCardError",
      statusCode: 402,
      code,
      decline_code,
      payment_intent: { id, status: "requires_payment_method" },
    });
    const { data: charges } = await stripe.charges.list({ payment_intent: id });
    expect(charges).toHaveLength(1);
    expect(charges[0]).toMatchObject({
      status: "failed",
      paid: false,
      captured: false,
      amount_captured: 0,
      failure_code: code,
      outcome: { reason: decline_code },
    });
    const after = await stripe.paymentIntents.retrieve(id);
    expect(after).toMatchObject({
      status: "requires_payment_method",
      payment_method: null,
      latest_charge: charges[0]?.id,
      last_payment_error: { code, decline_code, charge: charges[0]?.id, payment_method: { type: "card" } },
    });
    const told = events();
    expect(told.map(({ type }) => type)).toEqual(["charge.failed", "payment_intent.payment_failed"]);
    expect(about(told[1])).toEqual({ ...after });
  });

  test("that was declined is paid with another card, and each try has its charge", async () => {
    const { stripe, customer } = till;
    const payer = await customer();
    const { id } = await stripe.paymentIntents.create({ ...usd, customer: payer });
    await expect(stripe.paymentIntents.confirm(id, { payment_method: "pm_card_chargeDeclined" })).rejects.toMatchObject(
      { code: "card_declined" },
    );
    const paid = await stripe.paymentIntents.confirm(id, { payment_method: "pm_card_visa" });
    expect(paid).toMatchObject({ status: "succeeded", last_payment_error: null });
    const byIntent = await stripe.charges.list({ payment_intent: id });
    expect(byIntent.data.map(({ status }) => status)).toEqual(["succeeded", "failed"]);
    const byCustomer = await stripe.charges.list({ customer: payer });
    expect(byCustomer.data).toEqual(byIntent.data);
    expect((await stripe.charges.list({ customer: payer, payment_intent: "pi_other" })).data).toEqual([]);
  });

  test("with 3D Secure waits for the owner, who agrees", async () => {
    const { stripe, simulator, told } = till;
    const asked = await stripe.paymentIntents.create({
      ...usd,
      payment_method: "pm_card_threeDSecure2Required",
      confirm: true,
      return_url: "https://shop.example/back",
    });
    expect(asked).toMatchObject({
      status: "requires_action",
      latest_charge: null,
      next_action: { type: "redirect_to_url", redirect_to_url: { return_url: "https://shop.example/back" } },
    });
    expect((await stripe.charges.list({ payment_intent: asked.id })).data).toEqual([]);
    simulator.control.act((draft) => answerChallenge(draft, asked.id, true));
    expect(await stripe.paymentIntents.retrieve(asked.id)).toMatchObject({ status: "succeeded", next_action: null });
    expect(told()).toEqual([
      "payment_intent.created",
      "payment_intent.requires_action",
      "charge.succeeded",
      "payment_intent.succeeded",
    ]);
    expect(() => simulator.control.act((draft) => answerChallenge(draft, asked.id, true))).toThrow("succeeded");
  });

  test("with 3D Secure fails when the owner does not agree, and can be tried again", async () => {
    const { stripe, simulator, told } = till;
    const terms = { ...usd, payment_method: "pm_card_authenticationRequired", confirm: true };
    const { id } = await stripe.paymentIntents.create(terms);
    told();
    simulator.control.act((draft) => answerChallenge(draft, id, false));
    expect(await stripe.paymentIntents.retrieve(id)).toMatchObject({
      status: "requires_payment_method",
      next_action: null,
      last_payment_error: { code: "payment_intent_authentication_failure" },
    });
    expect(told()).toContain("payment_intent.payment_failed");
    await stripe.paymentIntents.confirm(id, { payment_method: "pm_card_visa" });
    expect((await stripe.paymentIntents.retrieve(id)).status).toBe("succeeded");
  });

  test("off the session is declined when its owner would have to be asked", async () => {
    const { stripe, customer } = till;
    const payer = await customer();
    const method = await stripe.paymentMethods.attach("pm_card_authenticationRequired", { customer: payer });
    const terms = { ...usd, customer: payer, payment_method: method.id, confirm: true, off_session: true };
    await expect(stripe.paymentIntents.create(terms)).rejects.toMatchObject({
      code: "authentication_required",
      payment_intent: { status: "requires_payment_method" },
    });
  });
});

describe("a payment that is captured later", () => {
  const held = { ...usd, payment_method: "pm_card_visa", confirm: true, capture_method: "manual" } as const;

  test("is held, and taken whole", async () => {
    const { stripe, told } = till;
    const { id, status, amount_capturable } = await stripe.paymentIntents.create(held);
    expect([status, amount_capturable]).toEqual(["requires_capture", 4_900]);
    const [charge] = (await stripe.charges.list({ payment_intent: id })).data;
    expect(charge).toMatchObject({ captured: false, amount_captured: 0, paid: true, status: "succeeded" });
    await expect(stripe.refunds.create({ payment_intent: id })).rejects.toMatchObject({ statusCode: 400 });
    expect(await stripe.paymentIntents.capture(id)).toMatchObject({
      status: "succeeded",
      amount_capturable: 0,
      amount_received: 4_900,
    });
    expect(told()).toEqual([
      "payment_intent.created",
      "charge.succeeded",
      "payment_intent.amount_capturable_updated",
      "charge.captured",
      "payment_intent.succeeded",
    ]);
  });

  test("gives back what was not taken, and is refunded only when the rest is", async () => {
    const { stripe } = till;
    const { id } = await stripe.paymentIntents.create(held);
    await expect(stripe.paymentIntents.capture(id, { amount_to_capture: 4_901 })).rejects.toMatchObject({
      code: "amount_too_large",
    });
    const taken = await stripe.paymentIntents.capture(id, { amount_to_capture: 1_900 });
    expect(taken).toMatchObject({ status: "succeeded", amount_received: 1_900 });
    const charge = idOf(taken.latest_charge);
    const state = { amount_captured: 1_900, amount_refunded: 3_000, refunded: false };
    expect(await stripe.charges.retrieve(charge)).toMatchObject(state);
    await expect(stripe.refunds.create({ charge, amount: 1_901 })).rejects.toMatchObject({ param: "amount" });
    expect(await stripe.refunds.create({ charge })).toMatchObject({ amount: 1_900 });
    expect(await stripe.charges.retrieve(charge)).toMatchObject({ amount_refunded: 4_900, refunded: true });
  });

  test("lets go of the money when it is cancelled", async () => {
    const { stripe, told } = till;
    const { id, latest_charge } = await stripe.paymentIntents.create(held);
    told();
    const gone = await stripe.paymentIntents.cancel(id);
    expect(gone).toMatchObject({ status: "canceled", amount_capturable: 0, amount_received: 0 });
    expect(await stripe.charges.retrieve(idOf(latest_charge))).toMatchObject({
      captured: false,
      amount_captured: 0,
      amount_refunded: 4_900,
      refunded: true,
    });
    expect(told()).toEqual(["charge.refunded", "payment_intent.canceled"]);
    await expect(stripe.charges.capture(idOf(latest_charge))).rejects.toMatchObject({ statusCode: 400 });
  });
});

describe("a payment that takes days", () => {
  const slow = { ...usd, payment_method: "pm_usBankAccount_success", confirm: true };

  test("is processing until the bank says yes, by itself after three days", async () => {
    const { stripe, simulator, events } = till;
    const { id, status, latest_charge } = await stripe.paymentIntents.create(slow);
    expect(status).toBe("processing");
    const charge = idOf(latest_charge);
    expect(await stripe.charges.retrieve(charge)).toMatchObject({ status: "pending", paid: false, refunded: false });
    await expect(stripe.refunds.create({ charge })).rejects.toMatchObject({ statusCode: 400 });
    await expect(stripe.paymentIntents.cancel(id)).rejects.toMatchObject({ code: "payment_intent_unexpected_state" });
    simulator.control.moveBy(3 * DAY_S - 1);
    expect((await stripe.paymentIntents.retrieve(id)).status).toBe("processing");
    simulator.control.moveBy(1);
    expect(await stripe.paymentIntents.retrieve(id)).toMatchObject({ status: "succeeded", amount_received: 4_900 });
    expect(await stripe.charges.retrieve(charge)).toMatchObject({ status: "succeeded", paid: true, captured: true });
    const told = events();
    expect(told.map(({ type }) => type)).toEqual([
      "payment_intent.created",
      "charge.pending",
      "payment_intent.processing",
      "charge.succeeded",
      "payment_intent.succeeded",
    ]);
    expect(told.at(-1)).toMatchObject({ created: BEGIN + 3 * DAY_S, request: { id: null } });
  });

  test("can fail after days: the charge failed, and the payment waits for another method", async () => {
    const { stripe, simulator, told } = till;
    const type = "us_bank_account";
    const account = { account_number: "000111111116", routing_number: "110000000", account_holder_type: "individual" };
    const method = await stripe.paymentMethods.create({ type, [type]: account });
    const { id, latest_charge } = await stripe.paymentIntents.create({ ...slow, payment_method: method.id });
    told();
    simulator.control.moveBy(3 * DAY_S);
    expect(await stripe.paymentIntents.retrieve(id)).toMatchObject({
      status: "requires_payment_method",
      amount_received: 0,
      last_payment_error: { payment_method: { id: method.id } },
    });
    expect(await stripe.charges.retrieve(idOf(latest_charge))).toMatchObject({
      status: "failed",
      paid: false,
      amount_captured: 0,
    });
    expect(told()).toEqual(["charge.failed", "payment_intent.payment_failed"]);
    simulator.control.moveBy(3 * DAY_S);
    expect(told()).toEqual([]);
  });

  test.each([
    ["DE89370400440532013000", "succeeded"],
    ["DE62370400440532013001", "requires_payment_method"],
  ])("a SEPA debit of %s ends as %s", async (iban, end) => {
    const { stripe, simulator } = till;
    const method = await stripe.paymentMethods.create({ type: "sepa_debit", sepa_debit: { iban } });
    const { id } = await stripe.paymentIntents.create({ ...slow, currency: "eur", payment_method: method.id });
    simulator.control.moveBy(3 * DAY_S);
    expect((await stripe.paymentIntents.retrieve(id)).status).toBe(end);
  });

  test("is settled once, whatever its number says, when the bank is told what to say", async () => {
    const { stripe, simulator, told } = till;
    const { id } = await stripe.paymentIntents.create(slow);
    simulator.control.act((draft) => settlePayment(draft, id, "failed"));
    expect((await stripe.paymentIntents.retrieve(id)).status).toBe("requires_payment_method");
    told();
    simulator.control.moveBy(4 * DAY_S);
    expect(told()).toEqual([]);
    expect(() => simulator.control.act((draft) => settlePayment(draft, id))).toThrow("not under way");
  });
});

describe("a setup", () => {
  test("stores the card for its customer, and moves no money", async () => {
    const { stripe, customer, told } = till;
    const owner = await customer();
    told();
    const { id, status } = await stripe.setupIntents.create({ customer: owner });
    expect(status).toBe("requires_payment_method");
    const done = await stripe.setupIntents.confirm(id, { payment_method: "pm_card_visa" });
    expect(done.status).toBe("succeeded");
    const { data } = await stripe.paymentMethods.list({ customer: owner });
    expect(data.map((method) => method.id)).toEqual([done.payment_method]);
    expect(told()).toEqual(["setup_intent.created", "payment_method.attached", "setup_intent.succeeded"]);
    await expect(stripe.setupIntents.cancel(id)).rejects.toMatchObject({ code: "setup_intent_unexpected_state" });
    await expect(stripe.setupIntents.confirm(id)).rejects.toMatchObject({ code: "setup_intent_unexpected_state" });
    expect((await stripe.setupIntents.list({ customer: owner })).data).toHaveLength(1);
  });

  test("with a card that declines is refused and keeps its error; one that declines when charged is stored", async () => {
    const { stripe, customer, told } = till;
    const owner = await customer();
    const { id } = await stripe.setupIntents.create({ customer: owner });
    told();
    await expect(stripe.setupIntents.confirm(id, { payment_method: "pm_card_chargeDeclined" })).rejects.toMatchObject({
      type: "StripeCardError",
      decline_code: "generic_decline",
      setup_intent: { id },
    });
    expect(await stripe.setupIntents.retrieve(id)).toMatchObject({
      status: "requires_payment_method",
      last_setup_error: { code: "card_declined", payment_method: { type: "card" } },
    });
    expect(told()).toEqual(["setup_intent.setup_failed"]);
    const stored = await stripe.setupIntents.confirm(id, { payment_method: "pm_card_chargeCustomerFail" });
    expect(stored).toMatchObject({ status: "succeeded", last_setup_error: null });
  });

  test("that was agreed to lets later payments pass off the session; without it they are declined", async () => {
    const { stripe, simulator, customer } = till;
    const owner = await customer();
    const payment_method = "pm_card_authenticationRequiredOnSetup";
    const terms = { ...usd, customer: owner, confirm: true, off_session: true };
    await expect(stripe.paymentIntents.create({ ...terms, payment_method })).rejects.toMatchObject({
      code: "authentication_required",
    });
    const asked = await stripe.setupIntents.create({ customer: owner, payment_method, confirm: true });
    expect(asked).toMatchObject({ status: "requires_action", next_action: { type: "redirect_to_url" } });
    simulator.control.act((draft) => answerSetupChallenge(draft, asked.id, true));
    const done = await stripe.setupIntents.retrieve(asked.id);
    expect(done).toMatchObject({ status: "succeeded", next_action: null });
    const paid = await stripe.paymentIntents.create({ ...terms, payment_method: idOf(done.payment_method) });
    expect(paid.status).toBe("succeeded");
    expect(() => simulator.control.act((draft) => answerSetupChallenge(draft, asked.id, false))).toThrow("succeeded");
  });

  test("that its owner did not agree to stores nothing, and can be cancelled", async () => {
    const { stripe, simulator, customer, told } = till;
    const owner = await customer();
    const payment_method = "pm_card_threeDSecure2Required";
    const { id } = await stripe.setupIntents.create({ customer: owner, payment_method, confirm: true });
    told();
    simulator.control.act((draft) => answerSetupChallenge(draft, id, false));
    expect((await stripe.paymentMethods.list({ customer: owner })).data).toEqual([]);
    expect(await stripe.setupIntents.cancel(id, { cancellation_reason: "abandoned" })).toMatchObject({
      status: "canceled",
      cancellation_reason: "abandoned",
    });
    expect(told()).toEqual(["setup_intent.setup_failed", "setup_intent.canceled"]);
  });

  test("a payment for future usage stores its card as well", async () => {
    const { stripe, customer, told } = till;
    const owner = await customer();
    told();
    const terms = { ...usd, customer: owner, payment_method: "pm_card_visa", confirm: true };
    await stripe.paymentIntents.create({ ...terms, setup_future_usage: "off_session" });
    expect((await stripe.paymentMethods.list({ customer: owner })).data).toHaveLength(1);
    expect(told()).toEqual([
      "payment_intent.created",
      "payment_method.attached",
      "charge.succeeded",
      "payment_intent.succeeded",
    ]);
  });
});

describe("a payment whose answer is lost", () => {
  const terms = { ...usd, payment_method: "pm_card_visa", confirm: true };
  const path = "/v1/payment_intents";

  test("by a 500 after the effect is charged exactly once: the key gives the same 500, the list shows the payment", async () => {
    const { stripe, patient, simulator, told } = till;
    simulator.control.plan({ fault: { kind: "error-after" }, method: "POST", path });
    await expect(patient.paymentIntents.create(terms, { idempotencyKey: "order" })).rejects.toMatchObject({
      statusCode: 500,
    });
    await expect(stripe.paymentIntents.create(terms, { idempotencyKey: "order" })).rejects.toMatchObject({
      statusCode: 500,
    });
    const { data } = await stripe.charges.list();
    expect(data.map(({ status }) => status)).toEqual(["succeeded"]);
    expect((await stripe.paymentIntents.list()).data.map(({ status }) => status)).toEqual(["succeeded"]);
    expect(told()).toEqual(["payment_intent.created", "charge.succeeded", "payment_intent.succeeded"]);
    await stripe.paymentIntents.create(terms, { idempotencyKey: "another order" });
    expect((await stripe.charges.list()).data).toHaveLength(2);
  });

  test("by a broken line is charged once, and the client's own retry has the answer", async () => {
    const { patient, simulator } = till;
    simulator.control.plan({ fault: { kind: "reset", when: "after" }, method: "POST", path });
    const { id, status } = await patient.paymentIntents.create(terms);
    expect(status).toBe("succeeded");
    expect((await patient.charges.list()).data.map((row) => row.payment_intent)).toEqual([id]);
  });

  test("and was a decline: the same key gives the same decline, and one failed charge", async () => {
    const { stripe } = till;
    const decline = (): Promise<unknown> =>
      stripe.paymentIntents
        .create({ ...terms, payment_method: "pm_card_chargeDeclined" }, { idempotencyKey: "declined" })
        .catch((error: { code: string; charge: string }) => [error.code, error.charge]);
    const first = await decline();
    expect(first).toEqual(["card_declined", expect.stringMatching(/^ch_/)]);
    expect(await decline()).toEqual(first);
    expect((await stripe.charges.list()).data).toHaveLength(1);
  });
});
