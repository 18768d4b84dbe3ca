import { openStall, type Stall } from "../kit/open-stall";
import { CHECKOUT_ENV, checkoutOperationsOf } from "../kit/checkout-operations";
import { type Shop, startShop } from "../kit/start-shop";

// Purchases that found nobody, or only an account of their own making.

let shop: Shop;
let stall: Stall;
let buying: ReturnType<typeof checkoutOperationsOf>;

beforeAll(async () => {
  shop = await startShop({ env: CHECKOUT_ENV });
  stall = await openStall(shop, "pro");
  await stall.link();
  buying = checkoutOperationsOf(shop);
});
afterAll(() => shop.stop());

let people = 0;
async function somebody() {
  const email = `claimer-${people++}@shop.example`;
  return { id: await buying.newUser({ externalId: email, email }), email };
}
const another = () => `another-${people++}@shop.example`;
const codeOf = async (input: object) => (await buying.notClaimed(input)).extensions;
const gained = [{ key: "pro" }];

test("RWS-S8: a purchase by another address is the user's from now on, with its customer", async () => {
  const [ada, typed] = [await somebody(), another()];
  const session = await stall.buyOnce({ email: typed }, { customer_creation: "always" });
  await shop.settled();
  expect([await stall.allowed(typed), await stall.allowed(ada.email)]).toEqual([true, false]);
  const { customer } = await buying.inStripe(session);
  const claimed = await buying.claim({ user: ada.id, checkoutSessionId: session });
  expect(claimed).toMatchObject({ gained, lost: [], link: { customerId: customer, user: { id: ada.id } } });
  expect([await stall.allowed(typed), await stall.allowed(ada.email)]).toEqual([false, true]);
  expect(await buying.claim({ user: ada.id, checkoutSessionId: session })).toMatchObject({ gained: [] });
});

test("RWS-S8: by the subscription, and by its invoice; renewals and ends follow", async () => {
  for (const by of ["subscriptionId", "invoiceId"]) {
    const ada = await somebody();
    const subscription = await stall.subscribe(await stall.customer(another()));
    await shop.settled();
    const { latest_invoice: latest } = subscription;
    const invoice = typeof latest === "string" ? latest : "";
    expect(await buying.claim({ user: ada.id, [by]: by === "invoiceId" ? invoice : subscription.id })).toMatchObject({
      gained,
    });
    await shop.stripe.subscriptions.cancel(subscription.id);
    await shop.settled();
    expect(await stall.allowed(ada.email)).toBe(false);
  }
});

test("before any webhook: nobody is made on the way, and the webhook changes nothing", async () => {
  const [ada, typed] = [await somebody(), another()];
  await shop.control("hold-deliveries");
  const session = await stall.buyOnce({ email: typed }, { customer_creation: "always" });
  expect(await buying.claim({ user: ada.id, checkoutSessionId: session })).toMatchObject({ gained });
  const before = await stall.journal(ada.email);
  await shop.control("release-deliveries");
  await shop.settled();
  expect(await stall.allowed(typed)).toBeNull();
  expect(await stall.journal(ada.email)).toEqual(before);
});

test("a guest's purchase: no customer is created in Stripe, and the link names none", async () => {
  const [ada, typed] = [await somebody(), another()];
  const session = await stall.buyOnce({ email: typed });
  await shop.settled();
  expect((await buying.inStripe(session)).customer).toBeNull();
  const before = shop.simulator.world.shelves.customer.inOrder.length;
  const claimed = await buying.claim({ user: ada.id, checkoutSessionId: session });
  expect(claimed).toMatchObject({ gained, lost: [], link: { customerId: "", active: false, user: { id: ada.id } } });
  expect(claimed.link.linkedBy).toMatch(/^key_/);
  expect(shop.simulator.world.shelves.customer.inOrder).toHaveLength(before);
  expect(await stall.allowed(ada.email)).toBe(true);
  const linked = await shop.latchkey.get<{ user: { stripeCustomers: object[] } }>(
    "query ($id: ID!) { user(id: $id) { stripeCustomers { id } } }",
    { id: ada.id },
  );
  expect(linked.user.stripeCustomers).toEqual([]);
});

test("the paying customer becomes the user's with the claim, and `linkedBy` names the key", async () => {
  const [ada, typed] = [await somebody(), another()];
  const customer = await stall.customer(typed);
  const { id } = await stall.subscribe(customer);
  await shop.settled();
  const { link } = await buying.claim({ user: ada.id, subscriptionId: id });
  expect(link).toMatchObject({ customerId: customer, active: true, linkedBy: expect.stringMatching(/^key_/) });
  // What the customer buys afterwards is the user's as well, and nobody else's.
  const { payment_intent: later } = await buying.inStripe(await stall.buyOnce({ customer }));
  await shop.settled();
  expect(await stall.allowed(typed)).toBe(false);
  const bought = (await stall.journal(ada.email)).filter(({ type }) => type === "PRODUCT_PURCHASED");
  expect(bought).toMatchObject([{ stripeObject: typeof later === "string" ? later : later?.id }]);
});

test("with several accounts, the purchase is found where it is, also when another account cannot be asked", async () => {
  const { db } = shop.latchkey.server.deps;
  await db.rows(
    `/* test.second */ insert into stripe_connections (id, account, mode, status, created_at, updated_at)
     values ('00000000-0000-7000-8000-000000000001', 'acct_second', 'TEST', 'CONNECTED', now(), now())`,
  );
  try {
    const [ada, bob] = [await somebody(), await somebody()];
    const { id } = await stall.subscribe(await stall.customer(another()));
    await shop.settled();
    expect(await buying.claim({ user: ada.id, subscriptionId: id })).toMatchObject({ gained });
    // Not known yet, so each account is asked.
    await shop.control("hold-deliveries");
    const session = await stall.buyOnce({ email: another() });
    expect(await buying.claim({ user: bob.id, checkoutSessionId: session })).toMatchObject({ gained });
    await shop.control("release-deliveries");
    // The account that could not be asked may have this one, so it is not said to be none.
    expect(await codeOf({ user: bob.id, subscriptionId: "sub_none" })).toMatchObject({ code: "STRIPE_NOT_CONNECTED" });
  } finally {
    await db.rows("/* test.onlyOne */ delete from stripe_connections where account = 'acct_second'");
    await shop.settled();
  }
});

describe("a user token", () => {
  const proved = async () => {
    const email = another();
    const id = await buying.newUser({ externalId: email, email, emailVerified: true });
    return { id, email, token: await shop.latchkey.tokenOf(id) };
  };
  const claimAs = (token: string, input: object) =>
    shop.latchkey.get(
      `mutation ($input: ClaimPurchaseInput!) { claimPurchase(input: $input) {
        gained { key } link { customerId linkedBy user { id } } } }`,
      { input },
      token,
    );

  test("claims what was bought with its proved address, before any webhook too", async () => {
    const ada = await proved();
    await shop.control("hold-deliveries");
    const customer = await stall.customer(ada.email.toUpperCase());
    const { id } = await stall.subscribe(customer);
    const answer = await claimAs(ada.token, { user: ada.id, subscriptionId: id });
    const link = { customerId: customer, linkedBy: "e-mail", user: { id: ada.id } };
    expect(answer).toMatchObject({ claimPurchase: { gained, link } });
    await shop.control("release-deliveries");
    await shop.settled();
    expect(await stall.allowed(ada.email)).toBe(true);
    expect(await claimAs(ada.token, { user: ada.id, subscriptionId: id })).toMatchObject({
      claimPurchase: { gained: [] },
    });
  });

  test("is told the same of a stranger's purchase and of none, and nothing of another user", async () => {
    const [ada, bob] = [await proved(), await somebody()];
    const { id: strange } = await stall.subscribe(await stall.customer(another()));
    const session = await stall.buyOnce({ email: another() });
    await shop.settled();
    for (const input of [
      { subscriptionId: strange },
      { subscriptionId: "sub_none" },
      { checkoutSessionId: session },
      { checkoutSessionId: "cs_test_none" },
    ]) {
      const refused = await buying.notClaimed({ user: ada.id, ...input }, ada.token);
      expect([refused.extensions.code, refused.message]).toEqual(["PURCHASE_NOT_FOUND", "There is no such purchase."]);
    }
    expect((await buying.notClaimed({ user: bob.id, subscriptionId: strange }, ada.token)).extensions.code).toBe(
      "FORBIDDEN",
    );
    const unproved = await shop.latchkey.tokenOf(bob.id);
    expect((await buying.notClaimed({ user: bob.id, subscriptionId: strange }, unproved)).extensions.code).toBe(
      "FORBIDDEN",
    );
  });

  test("does not bring back a customer that was unlinked by hand", async () => {
    const ada = await proved();
    const { id } = await stall.subscribe(await stall.customer(ada.email));
    await shop.settled();
    expect(await stall.allowed(ada.email)).toBe(true);
    await shop.latchkey.get("mutation ($user: ID!) { unlinkCustomer(user: $user) { link { id } } }", { user: ada.id });
    const refused = await buying.notClaimed({ user: ada.id, subscriptionId: id }, ada.token);
    expect(refused.extensions.code).toBe("PURCHASE_NOT_FOUND");
    expect(await stall.allowed(ada.email)).toBe(false);
    expect(await buying.claim({ user: ada.id, subscriptionId: id })).toMatchObject({ gained });
  });
});

test("a user who has a customer keeps it, and gets the purchase of another one with its customer", async () => {
  const ada = await somebody();
  const own = await buying.open({ product: "pro", priceId: stall.once, user: ada.id });
  const { customer } = await buying.inStripe(own.id);
  const payer = await stall.customer(another());
  const subscription = await stall.subscribe(payer);
  await shop.settled();
  const claimed = await buying.claim({ user: ada.id, subscriptionId: subscription.id });
  expect(claimed).toMatchObject({ gained, link: { customerId: payer } });
  const query = "query ($id: ID!) { user(id: $id) { stripeCustomers { customerId active } } }";
  const { user } = await shop.latchkey.get<{ user: { stripeCustomers: object[] } }>(query, { id: ada.id });
  expect(user.stripeCustomers).toContainEqual({ customerId: customer, active: true });
});

describe("PURCHASE_ALREADY_CLAIMED", () => {
  test("what was claimed, bought through our own checkout, or is a linked customer's", async () => {
    const [ada, bob] = [await somebody(), await somebody()];
    const claimed = await stall.subscribe(await stall.customer(another()));
    await shop.settled();
    await buying.claim({ user: ada.id, subscriptionId: claimed.id });
    expect(await codeOf({ user: bob.id, subscriptionId: claimed.id })).toMatchObject({
      code: "PURCHASE_ALREADY_CLAIMED",
      field: "input.subscriptionId",
    });

    const eve = await somebody();
    const own = await buying.open({ product: "pro", priceId: stall.once, user: eve.id });
    await shop.control("hold-deliveries");
    await buying.pay(own.id);
    expect(await codeOf({ user: bob.id, checkoutSessionId: own.id })).toMatchObject({
      code: "PURCHASE_ALREADY_CLAIMED",
    });
    await shop.control("release-deliveries");
    await shop.settled();
    expect([await stall.allowed(eve.email), await stall.allowed(bob.email)]).toEqual([true, false]);

    const dan = await somebody();
    const customer = await stall.customer(dan.email);
    const link = "mutation ($input: LinkCustomerInput!) { linkCustomer(input: $input) { link { id } } }";
    await shop.latchkey.get(link, { input: { user: dan.id, customerId: customer } });
    const { id: subscriptionId } = await stall.subscribe(customer);
    await shop.settled();
    expect(await codeOf({ user: bob.id, subscriptionId })).toMatchObject({ code: "PURCHASE_ALREADY_CLAIMED" });
  });

  test("what the purchase's own account has, once its owner was here", async () => {
    const [bob, typed] = [await somebody(), another()];
    const { id: subscriptionId } = await stall.subscribe(await stall.customer(typed));
    await shop.settled();
    const update = `mutation ($input: UpdateUserInput!) { updateUser(input: $input) { id } }`;
    const found = "query ($e: String!) { userByEmail(email: $e) { id } }";
    const { userByEmail } = await shop.latchkey.get<{ userByEmail: { id: string } }>(found, { e: typed });
    await shop.latchkey.get(update, { input: { user: userByEmail.id, emailVerified: true } });
    expect(await codeOf({ user: bob.id, subscriptionId })).toMatchObject({ code: "PURCHASE_ALREADY_CLAIMED" });
  });
});

test("of two who claim at the same moment one gets it", async () => {
  const users = await Promise.all(Array.from({ length: 6 }, somebody));
  const session = await stall.buyOnce({ email: another() }, { customer_creation: "always" });
  const document = `mutation ($input: ClaimPurchaseInput!) { claimPurchase(input: $input) { gained { key } } }`;
  const answers = await Promise.all(
    users.map(({ id: user }) => shop.latchkey.ask(document, { input: { user, checkoutSessionId: session } })),
  );
  await shop.settled();
  const codes = answers.map(({ errors }) => errors?.[0]?.extensions.code ?? "won");
  expect(codes.toSorted()).toEqual([...Array<string>(5).fill("PURCHASE_ALREADY_CLAIMED"), "won"]);
  const allowed = await Promise.all(users.map(({ email }) => stall.allowed(email)));
  expect(allowed.map((is) => (is ? "won" : "PURCHASE_ALREADY_CLAIMED"))).toEqual(codes);
});

test("PURCHASE_NOT_FOUND for what is none, and one name at a time", async () => {
  const { id: user } = await somebody();
  for (const input of [
    { checkoutSessionId: "cs_test_none" },
    { subscriptionId: "sub_none" },
    { invoiceId: "in_none" },
    { invoiceId: "../customers" },
    { subscriptionId: "" },
  ])
    expect(await codeOf({ user, ...input })).toMatchObject({ code: "PURCHASE_NOT_FOUND" });
  const open = await buying.open({ product: "pro", priceId: stall.once, user });
  expect(await codeOf({ user, checkoutSessionId: open.id })).toMatchObject({ code: "PURCHASE_NOT_FOUND" });
  expect(await codeOf({ user })).toMatchObject({ code: "INVALID_INPUT" });
  expect(await codeOf({ user, subscriptionId: "sub_1", invoiceId: "in_1" })).toMatchObject({ code: "INVALID_INPUT" });
  expect(await codeOf({ user: "nobody", invoiceId: "in_1" })).toMatchObject({ code: "NOT_FOUND" });
});
