import { CHECKOUT_ENV, checkoutOperationsOf } from "../kit/checkout-operations";
import { replanned } from "../kit/import-list";
import { linkOperationsOf } from "../kit/link-operations";
import { type Operations, operationsOf, until } from "../kit/operations";
import { openStall, type Stall } from "../kit/open-stall";
import { type Shop, startShop } from "../kit/start-shop";

// Whose a purchase is when only an e-mail address says so, and what becomes of it when the address or its proof changes.

let shop: Shop;
let stall: Stall;
let ops: Operations;
let links: ReturnType<typeof linkOperationsOf>;
let buying: ReturnType<typeof checkoutOperationsOf>;

beforeAll(async () => {
  shop = await startShop({ env: CHECKOUT_ENV });
  stall = await openStall(shop, "pro");
  await stall.link({ checkoutPriceId: stall.once });
  ops = operationsOf(shop.latchkey);
  links = linkOperationsOf(shop);
  buying = checkoutOperationsOf(shop);
});
afterAll(() => shop.stop());

let people = 0;
const address = () => `buyer-${people++}@shop.example`;
const member = async (email: string, more: object = {}) =>
  (await ops.createUser({ externalId: `member-${people++}`, email, emailVerified: true, ...more })).id;
const allowed = async (user: string) => (await ops.access("pro", user)).allowed;
const userByEmail = async (email: string): Promise<string | null> => {
  const query = "query ($email: String!) { userByEmail(email: $email) { id } }";
  return (await shop.latchkey.get<{ userByEmail: { id: string } | null }>(query, { email })).userByEmail?.id ?? null;
};
const held = async (user: string) =>
  (await links.customersOf(user)).filter(({ active }) => active).map(({ customerId }) => customerId);
const unclaimedOf = async (user: string) =>
  (await ops.activities({ types: ["CUSTOM"] })).filter(
    ({ customType, data }) => customType === "purchase.unclaimed" && JSON.stringify(data).includes(user),
  );

/** Somebody types an address into a Payment Link and pays. Returns the customer that Stripe creates for it. */
async function linkSale(email: string, kind: "once" | "monthly" = "once"): Promise<string> {
  const always = kind === "once" ? ({ customer_creation: "always" } as const) : {};
  const link = await shop.stripe.paymentLinks.create({ line_items: [{ price: stall[kind], quantity: 1 }], ...always });
  await shop.control("payment-link-sale", { link: link.id, email, card: "4242424242424242" });
  await shop.settled();
  const { data } = await shop.stripe.customers.list({ email, limit: 1 });
  return data[0]?.id ?? "";
}

async function changeAddress(customer: string, email: string): Promise<void> {
  await shop.stripe.customers.update(customer, { email });
  await shop.settled();
  await replanned(shop.latchkey);
}

describe("somebody who pays is let in, however many customers Stripe creates for them", () => {
  test("a guest who buys twice, through Payment Links that create a customer each time", async () => {
    const [email, known] = [address(), address()];
    const ada = await member(known);
    for (const each of [email, email.toUpperCase(), known, known]) await linkSale(each);
    const guest = (await userByEmail(email)) ?? "";
    for (const user of [guest, ada]) {
      const grants = await ops.grants(user, true);
      expect([grants.length, (await held(user)).length, await allowed(user)]).toEqual([2, 2, true]);
    }
  });

  test("a payer whose customer was linked by hand, and who enters the address again", async () => {
    const email = address();
    const ada = await member(email);
    await links.linkCustomer({ user: ada, customerId: await stall.customer(address()) });
    expect(await allowed(ada)).toBe(false);
    await linkSale(email, "monthly");
    expect([await allowed(ada), (await held(ada)).length]).toEqual([true, 2]);
  });

  test("a user whose checkout was only opened, and who pays as the customer that they were before", async () => {
    const email = address();
    const old = await stall.customer(email);
    const ada = await member(email);
    const { id } = await buying.open({ product: "pro", user: ada });
    expect(typeof (await buying.inStripe(id)).customer).toBe("string");
    await stall.subscribe(old);
    await shop.settled();
    expect([await allowed(ada), (await held(ada)).includes(old)]).toEqual([true, true]);
  });

  test("domains are compared in IDNA form, and nothing else is folded", async () => {
    const ada = await member("ada@bücher.example");
    await linkSale("ADA@xn--bcher-kva.example");
    expect(await allowed(ada)).toBe(true);
    const bob = await member("bob.b@shop.example");
    await linkSale("bobb@shop.example");
    await linkSale("bob.b+x@shop.example");
    expect(await allowed(bob)).toBe(false);
  });
});

describe("an address that anybody can type", () => {
  test("opens what was paid for, and lends nobody a stranger's card", async () => {
    const email = address();
    const victim = await member(email);
    const strangers = await linkSale(email, "monthly");
    expect([await allowed(victim), await held(victim)]).toEqual([true, [strangers]]);
    const { data } = await shop.stripe.subscriptions.list({ customer: strangers });
    await shop.stripe.subscriptions.cancel(data[0]?.id ?? "");
    await shop.settled();
    const { id } = await buying.open({ product: "pro", user: victim });
    const { customer } = await buying.inStripe(id);
    expect([typeof customer, customer === strangers]).toEqual(["string", false]);
    // A new address of the user is not written to a customer who may be somebody else.
    await ops.updateUser({ user: victim, email: `new-${email}`, emailVerified: true });
    await until(
      async () => (await shop.stripe.customers.list({ email: `new-${email}` })).data.length,
      (n) => n > 0,
    );
    expect(await shop.stripe.customers.retrieve(strangers)).toMatchObject({ email });
  });

  test("refuses nobody a purchase and uses up no trial", async () => {
    const email = address();
    const ada = await member(email);
    const customer = await stall.customer(email);
    await stall.subscribe(customer, { trial_period_days: 5 });
    await shop.settled();
    expect(await ops.access("pro", ada)).toMatchObject({ allowed: true, reason: "TRIAL" });
    await buying.policy({ trialsPerUser: 1 });
    const asked = { product: "pro", priceId: stall.monthly, user: ada, trialDays: 5 };
    expect(await buying.open(asked)).toMatchObject({ status: "open" });
    await links.linkCustomer({ user: ada, customerId: customer });
    const refused = await buying.notOpened({ ...asked, trialDays: 0 });
    expect(refused.extensions.code).toBe("ALREADY_HAS_ACCESS");
    await buying.policy({ trialsPerUser: null });
  });

  test("gives nobody a worse reason: what a stranger bought does not hide what the user held", async () => {
    const email = address();
    const user = await member(email);
    await ops.grantAccess({ user, product: "pro", note: "a prize" });
    await ops.revokeAccess({ user, product: "pro", note: "it was a mistake" });
    expect(await ops.access("pro", user)).toMatchObject({ allowed: false, reason: "REVOKED" });
    const customer = await linkSale(email, "monthly");
    expect(await ops.access("pro", user)).toMatchObject({ allowed: true, reason: "SUBSCRIPTION" });
    const { data } = await shop.stripe.subscriptions.list({ customer });
    await shop.stripe.subscriptions.cancel(data[0]?.id ?? "");
    await shop.settled();
    expect(await ops.access("pro", user)).toMatchObject({ allowed: false, reason: "REVOKED" });
    // A server key that says whose the customer is makes it the user's own.
    await links.linkCustomer({ user, customerId: customer });
    await replanned(shop.latchkey);
    expect(await ops.access("pro", user)).toMatchObject({ allowed: false, reason: "CANCELLED" });
  });

  test("an honest typo is corrected in Stripe, and the purchase goes to the address that is right", async () => {
    const [typo, right] = [address(), address()];
    const ada = await member(right);
    const customer = await linkSale(typo);
    const wrong = (await userByEmail(typo)) ?? "";
    expect([await allowed(wrong), await allowed(ada)]).toEqual([true, false]);
    await changeAddress(customer, right);
    expect([await allowed(wrong), await allowed(ada), await held(wrong)]).toEqual([false, true, []]);
    expect(await ops.activities({ user: wrong, types: ["CUSTOMER_UNLINKED"] })).toMatchObject([{ actor: "STRIPE" }]);
    // Confirmed by a server key, it stays whatever the address becomes.
    await links.linkCustomer({ user: ada, customerId: customer });
    await changeAddress(customer, address());
    expect([await allowed(ada), await held(ada)]).toEqual([true, [customer]]);
  });

  test("somebody who changes their own address keeps what they were joined to", async () => {
    const email = address();
    const ada = await member(email);
    await linkSale(email);
    await ops.updateUser({ user: ada, email: address(), emailVerified: true });
    expect(await allowed(ada)).toBe(true);
    // Until somebody else proves that the former address is theirs now.
    const bob = await member(email);
    expect([await allowed(ada), await allowed(bob)]).toEqual([false, true]);
  });

  test("a squatter who only wrote the address down gets nothing, and loses it to whoever proves it", async () => {
    const email = address();
    const squatter = (await ops.createUser({ externalId: `squatter-${email}`, email })).id;
    await linkSale(email, "monthly");
    expect(await allowed(squatter)).toBe(false);
    expect(await unclaimedOf(squatter)).toHaveLength(1);
    const victim = await member(email);
    expect([await allowed(victim), await allowed(squatter)]).toEqual([true, false]);
    expect(await ops.user(squatter)).toMatchObject({ email: null, emailVerified: false });
    const [line] = await ops.activities({ user: squatter, types: ["USER_UPDATED"] });
    expect(line?.message).toMatch(/proved/);
    const taken = await ops.refused("createUser", { input: { email, emailVerified: true } });
    expect(taken.extensions.code).toBe("EMAIL_TAKEN");
  });

  test("a proof that is withdrawn takes back what rested on it, until a server key confirms the customer", async () => {
    const email = address();
    const ada = await member(email);
    const customer = await linkSale(email);
    const prove = (emailVerified: boolean) => ops.updateUser({ user: ada, emailVerified });
    await prove(false);
    expect([await allowed(ada), await held(ada)]).toEqual([false, []]);
    await prove(true);
    expect([await allowed(ada), await held(ada)]).toEqual([true, [customer]]);
    await links.linkCustomer({ user: ada, customerId: customer });
    await prove(false);
    expect([await allowed(ada), await held(ada)]).toEqual([true, [customer]]);
  });
});

describe("a user whom nobody has taken", () => {
  test("becomes part of the user who proves the address, with grants, customers and purchases", async () => {
    for (const how of ["created", "changed"]) {
      const email = address();
      const customer = await linkSale(email);
      const untaken = (await userByEmail(email)) ?? "";
      await ops.grantAccess({ user: untaken, product: "pro" });
      const prover =
        how === "created" ? await member(email) : (await ops.createUser({ externalId: `late-${email}` })).id;
      if (how === "changed") await ops.updateUser({ user: prover, email, emailVerified: true });
      expect([how, await ops.user(untaken), await userByEmail(email)]).toEqual([how, null, prover]);
      expect((await ops.grants(prover, true)).map(({ source }) => source).sort()).toEqual(["MANUAL", "PURCHASE"]);
      expect(await held(prover)).toEqual([customer]);
    }
  });

  test("is not handed out by an external id or a token alone", async () => {
    const emails = [address(), address(), address()] as const;
    for (const email of emails) await linkSale(email);
    const [first = "", second = "", third = ""] = await Promise.all(emails.map(userByEmail));
    const input = { externalId: `mallory-${people++}`, email: emails[0] };
    expect((await ops.refused("createUser", { input })).extensions.code).toBe("EMAIL_TAKEN");
    expect(await allowed(first ?? "")).toBe(true);
    await ops.updateUser({ user: second ?? "", externalId: `mallory-${people++}` });
    expect(await allowed(second ?? "")).toBe(false);
    await shop.latchkey.tokenOf(third ?? "");
    expect(
      await until(
        () => allowed(third ?? ""),
        (isOpen) => !isOpen,
      ),
    ).toBe(false);
    expect(await unclaimedOf(third ?? "")).toHaveLength(1);
    await ops.updateUser({ user: third ?? "", emailVerified: true });
    expect(await allowed(third ?? "")).toBe(true);
  });

  test("of a guest's checkout keeps the purchase, which rests on the address once somebody proves it", async () => {
    const email = address();
    const { id } = await buying.open({ product: "pro", guest: { email } }, await shop.latchkey.key("PUBLISHABLE"));
    await buying.pay(id);
    await shop.settled();
    const guest = (await userByEmail(email)) ?? "";
    expect(await allowed(guest)).toBe(true);
    const ada = await member(email);
    expect([await allowed(ada), await ops.user(guest)]).toEqual([true, null]);
    await ops.updateUser({ user: ada, emailVerified: false });
    expect(await allowed(ada)).toBe(false);
  });
});

test("a purchase and a proof of its address that come at the same moment find one another", async () => {
  for (let round = 0; round < 5; round++) {
    const email = address();
    const [, ada] = await Promise.all([linkSale(email, "monthly"), member(email)]);
    await replanned(shop.latchkey);
    expect([round, await userByEmail(email), await allowed(ada)]).toEqual([round, ada, true]);
  }
});

describe("what was decided by hand", () => {
  test("a customer that was unlinked or moved is never joined by address again", async () => {
    const email = address();
    const ada = await member(email);
    const unlinked = await linkSale(email);
    await links.unlinkCustomer(ada);
    const moved = await linkSale(email);
    const bob = await member(address());
    const refused = await links.refused("linkCustomer", { input: { user: bob, customerId: moved } });
    expect(refused.extensions.code).toBe("CUSTOMER_ALREADY_LINKED");
    await links.linkCustomer({ user: bob, customerId: moved, replace: true });
    for (const customer of [unlinked, moved]) {
      await changeAddress(customer, address());
      await changeAddress(customer, email);
    }
    await ops.updateUser({ user: ada, emailVerified: false });
    await ops.updateUser({ user: ada, emailVerified: true });
    expect([await allowed(ada), await held(ada), await held(bob)]).toEqual([false, [], [moved]]);
    // Moved or not, purchases of our own checkout stay with the user who made them.
    const { id } = await buying.open({ product: "pro", user: ada });
    await buying.pay(id);
    await shop.settled();
    const { customer } = await buying.inStripe(id);
    const customerId = typeof customer === "string" ? customer : "";
    const query = `mutation ($input: LinkCustomerInput!) { linkCustomer(input: $input) { keptByOthers lost { key } } }`;
    const change = await shop.latchkey.get<{ linkCustomer: { keptByOthers: string[] } }>(query, {
      input: { user: bob, customerId, replace: true },
    });
    const grants = "query ($user: ID!) { user(id: $user) { grants(active: true) { nodes { stripeObject } } } }";
    const { user } = await shop.latchkey.get<{ user: { grants: { nodes: { stripeObject: string }[] } } }>(grants, {
      user: ada,
    });
    const kept = user.grants.nodes[0]?.stripeObject;
    expect(change.linkCustomer).toEqual({ keptByOthers: [kept], lost: [] });
    const [line] = await ops.activities({ types: ["CUSTOMER_LINKED"], user: bob });
    expect(line).toMatchObject({
      data: { keptByOthers: [kept] },
      message: expect.stringContaining("stays with its buyer"),
    });
    expect(await allowed(ada)).toBe(true);
  });

  test("a user token sees no customers in its journal but those that are its user's now", async () => {
    const [first, second] = [await member(address()), await member(address())];
    const customer = await stall.customer(address());
    await links.linkCustomer({ user: first, customerId: customer });
    const note = { type: "note", message: `About ${customer}.`, data: { of: [customer], text: `see ${customer}` } };
    for (const user of [first, second]) await ops.recordActivity({ ...note, user });
    const seenBy = async (user: string) => JSON.stringify(await ops.activities({}, await shop.latchkey.tokenOf(user)));
    expect([(await seenBy(first)).includes(customer), (await seenBy(second)).includes(customer)]).toEqual([
      true,
      false,
    ]);
    await links.linkCustomer({ user: second, customerId: customer, replace: true });
    expect([(await seenBy(first)).includes(customer), (await seenBy(second)).includes(customer)]).toEqual([
      false,
      true,
    ]);
    expect(JSON.stringify(await ops.activities({ user: first }))).toContain(customer);
  });
});

describe("a proof counts in the mode of the credential that gave it", () => {
  test("a test key proves nothing in live mode, and neither changes nor removes a user with anything live", async () => {
    const [live, test] = [await shop.latchkey.key("WRITE", "LIVE"), await shop.latchkey.key("WRITE", "TEST")];
    const email = address();
    const { id: user } = await ops.createUser({ externalId: `live-${email}`, email }, live);
    const proofs = async () =>
      [await ops.user(user, live), await ops.user(user, test)].map((row) => row?.emailVerified);
    const codes = async (...refusals: Promise<{ extensions: { code: string } }>[]) =>
      (await Promise.all(refusals)).map(({ extensions }) => extensions.code);
    const changes = [{ name: "Mallory" }, { email: address() }, { externalId: "mallory" }, { metadata: { a: 1 } }];
    expect(
      await codes(
        ...changes.map((change) => ops.refused("updateUser", { input: { user, ...change } }, test)),
        ops.refused("deleteUser", { user }, test),
        shop.latchkey.refused("mutation ($users: [ID!]!) { deleteUsers(users: $users) { users } }", { users: [user] }),
      ),
    ).toEqual(Array.from({ length: 6 }, () => "FORBIDDEN"));
    const proved = { externalId: `other-${email}`, email, emailVerified: true };
    expect(await codes(ops.refused("createUser", { input: proved }, test))).toEqual(["EMAIL_TAKEN"]);
    await ops.updateUser({ user, emailVerified: true }, test);
    expect(await proofs()).toEqual([false, true]);
    // Whoever proves it with a live key takes it from somebody whose proof is a test one.
    const other = await ops.createUser(proved, live);
    expect([other.email, await proofs()]).toEqual([email, [false, false]]);
    await ops.deleteUser(user, live);
  });
});
