import type { Stall } from "../kit/open-stall";
import { openStall } from "../kit/open-stall";
import { CHECKOUT_ENV, SUCCESS_URL, checkoutOperationsOf } from "../kit/checkout-operations";
import { type Shop, startShop } from "../kit/start-shop";
import { isLong } from "../kit/is-long";

// From "no access" to a purchase, as buyers and those who forge things go through it.

let shop: Shop;
let stall: Stall;
let buying: ReturnType<typeof checkoutOperationsOf>;

beforeAll(async () => {
  const many = {
    LATCHKEY_REQUESTS_PER_MINUTE_PER_USER: "100000",
    LATCHKEY_REQUESTS_PER_MINUTE_PER_ADDRESS: "100000",
    LATCHKEY_CHECKOUTS_PER_MINUTE_PER_USER: "100000",
    LATCHKEY_GUEST_CHECKOUTS_PER_MINUTE_PER_ADDRESS: "100000",
  };
  shop = await startShop({ env: { ...CHECKOUT_ENV, ...many } });
  stall = await openStall(shop, "pro");
  await stall.link({ maxQuantity: 10 });
  buying = checkoutOperationsOf(shop);
});
afterAll(() => shop.stop());

let people = 0;
async function somebody() {
  const email = `buyer-${people++}@shop.example`;
  const id = await buying.newUser({ externalId: email, email });
  return { id, email, token: await shop.latchkey.tokenOf(id) };
}

const rows = (where: string, ...values: unknown[]) =>
  shop.latchkey.server.deps.db.rows<{ session: string; status: string; user_id: string | null }>(
    `/* test.checkouts */ select session, status, user_id from checkout_sessions where ${where}`,
    values,
  );
const customersOf = async (email: string) => (await shop.stripe.customers.list({ email, limit: 100 })).data;
const linesOf = async (email: string, type: string) =>
  (await stall.journal(email)).filter((line) => line.type === type);

describe("a purchase through our own checkout", () => {
  test("RWS-S5, RWS-S19: a new user buys and may open it, and nobody administers anything in between", async () => {
    const ada = await somebody();
    const opened = await buying.open({ product: "pro", priceId: stall.monthly }, ada.token);
    expect(opened).toMatchObject({
      status: "open",
      state: "OPEN",
      paymentStatus: "unpaid",
      paymentState: "UNPAID",
      user: { id: ada.id },
      product: { key: "pro" },
    });
    expect(opened.access.allowed).toBe(false);
    expect(opened.url).toContain(opened.id);
    await buying.pay(opened.id);
    await shop.settled();
    expect(await stall.allowed(ada.email)).toBe(true);
    expect(await customersOf(ada.email)).toHaveLength(1);
  });

  test("RWS-X16: what Stripe is asked for is what was asked of us, and its placeholder byte for byte", async () => {
    const ada = await somebody();
    const { id } = await buying.open(
      { product: "pro", priceId: stall.once, quantity: 3, metadata: { campaign: "spring", n: 1 }, locale: "de" },
      ada.token,
    );
    const session = await buying.inStripe(id);
    expect(session.success_url).toBe(SUCCESS_URL);
    expect(session).toMatchObject({
      mode: "payment",
      client_reference_id: ada.id,
      locale: "de",
      invoice_creation: { enabled: true },
      metadata: { campaign: "spring", n: "1", latchkey_user: ada.id },
    });
    expect(session.line_items?.data[0]).toMatchObject({ quantity: 3, price: { id: stall.once } });
    await buying.pay(id);
    const paid = await buying.inStripe(id);
    expect(paid.payment_intent).toMatchObject({ metadata: { campaign: "spring" } });
  });

  test("RWS-X17, TA-X12: a subscription takes a card only where one is needed, and a trial without one ends by itself", async () => {
    const ada = await somebody();
    const { id } = await buying.open({
      product: "pro",
      priceId: stall.monthly,
      user: ada.id,
      trialDays: 14,
      metadata: { a: "b" },
    });
    expect(await buying.inStripe(id)).toMatchObject({ mode: "subscription", payment_method_collection: "if_required" });
    await buying.pay(id);
    const { subscription } = await buying.inStripe(id);
    expect(subscription).toMatchObject({
      status: "trialing",
      metadata: { a: "b" },
      trial_settings: { end_behavior: { missing_payment_method: "cancel" } },
    });
  });

  test("TA-X28: an app is given back to by an address of ours that Stripe takes", async () => {
    const ada = await somebody();
    const input = {
      product: "pro",
      priceId: stall.once,
      successUrl: "shopapp://thanks?s={CHECKOUT_SESSION_ID}",
      cancelUrl: "shopapp://back",
    };
    const session = await buying.inStripe((await buying.open(input, ada.token)).id);
    expect(session.success_url).toMatch(
      /^http:\/\/127\.0\.0\.1:\d+\/return\/[\w.-]+\?session=\{CHECKOUT_SESSION_ID\}$/,
    );
    expect(session.cancel_url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/return\/[\w.-]+$/);
  });

  test("TA-S2: promotion codes are allowed by the connection, or by a server key for a call", async () => {
    const ada = await somebody();
    const codes = async (more: object) =>
      (await buying.inStripe((await buying.open({ product: "pro", priceId: stall.once, user: ada.id, ...more })).id))
        .allow_promotion_codes ?? false;
    expect(await codes({})).toBe(false);
    expect(await codes({ allowPromotionCodes: true })).toBe(true);
    const update = "mutation ($input: UpdateStripeConnectionInput!) { updateStripeConnection(input: $input) { id } }";
    const set = (allowPromotionCodes: boolean) =>
      shop.latchkey.get(update, { input: { connection: shop.connection, allowPromotionCodes } });
    await set(true);
    expect(await codes({})).toBe(true);
    expect(await codes({ allowPromotionCodes: false })).toBe(false);
    await set(false);
  });
});

describe("the success page", () => {
  const ROUNDS = isLong ? 10 : 4;

  test("F8: access is there before any webhook; the webhooks that come later change nothing", async () => {
    for (const price of [stall.monthly, stall.once]) {
      const ada = await somebody();
      const { id } = await buying.open({ product: "pro", priceId: price }, ada.token);
      await shop.control("hold-deliveries");
      await buying.pay(id);
      expect(await stall.allowed(ada.email)).toBe(false);
      const seen = await buying.see(id, ada.token);
      expect(seen).toMatchObject({ status: "complete", paymentStatus: "paid", url: "", access: { allowed: true } });
      expect(seen).toMatchObject({ state: "COMPLETE", paymentState: "PAID" });
      const before = await stall.journal(ada.email);
      await shop.control("release-deliveries");
      await shop.settled();
      expect(await stall.journal(ada.email)).toEqual(before);
      expect(await stall.allowed(ada.email)).toBe(true);
      expect(before.filter((line) => line.type === "PRODUCT_PURCHASED")).toHaveLength(1);
      expect(before.filter((line) => line.type === "ACCESS_STARTED")).toHaveLength(1);
    }
  });

  test("F9: the page and the webhook at the same moment give one grant and one line", async () => {
    const [before] = await shop.latchkey.server.deps.db.rows<{ n: string }>(
      "/* test.grants */ select count(*) n from grants",
    );
    for (let round = 0; round < ROUNDS; round++) {
      const ada = await somebody();
      const { id } = await buying.open({ product: "pro", priceId: round % 2 ? stall.once : stall.monthly }, ada.token);
      const paying = buying.pay(id);
      await Promise.all([paying, ...[0, 1, 2].map(() => paying.then(() => buying.see(id, ada.token)))]);
      await shop.settled();
      expect((await buying.see(id, ada.token))?.access.allowed).toBe(true);
      expect(await linesOf(ada.email, "PRODUCT_PURCHASED")).toHaveLength(1);
      expect(await linesOf(ada.email, "ACCESS_STARTED")).toHaveLength(1);
    }
    const [after] = await shop.latchkey.server.deps.db.rows<{ n: string }>(
      "/* test.grants */ select count(*) n from grants",
    );
    expect(Number(after?.n) - Number(before?.n)).toBe(ROUNDS);
  });

  test("a checkout is seen by its user and by servers of its mode, and by nobody else", async () => {
    const [ada, bob] = [await somebody(), await somebody()];
    const { id } = await buying.open({ product: "pro", priceId: stall.once }, ada.token);
    expect(await buying.see(id, ada.token)).toMatchObject({ id });
    expect(await buying.see(id, await shop.latchkey.key("READ"))).toMatchObject({ user: { id: ada.id } });
    expect(await buying.see(id, bob.token)).toBeNull();
    expect(await buying.see(id, await shop.latchkey.key("PUBLISHABLE"))).toBeNull();
    expect(await buying.see(id, await shop.latchkey.key("READ", "LIVE"))).toBeNull();
    expect(await buying.see("cs_test_nobodys", ada.token)).toBeNull();
  });
});

describe("whose the purchase is", () => {
  test("F38: what a buyer or an administrator of the shop writes into Stripe gives nothing to anybody", async () => {
    const [victim, forger] = [await somebody(), `forger-${people++}@shop.example`];
    const forged = {
      client_reference_id: victim.id,
      metadata: { latchkey_user: victim.id, latchkey_checkout: victim.id },
    };
    await stall.buyOnce({ email: forger }, { customer_creation: "always", ...forged });
    await shop.settled();
    expect(await stall.allowed(victim.email)).toBe(false);
    expect(await stall.allowed(forger)).toBe(true);
  });

  test("our record comes before the address that was typed, and before a link that came in between", async () => {
    const guest = `typed-${people++}@shop.example`;
    const key = await shop.latchkey.key("PUBLISHABLE");
    const { id } = await buying.open({ product: "pro", priceId: stall.once, guest: { email: guest } }, key);
    await buying.pay(id);
    await shop.settled();
    expect(await stall.allowed(guest)).toBe(true);
    const [row] = await rows("session = $1", id);
    expect((await buying.see(id))?.user?.id).toBeTruthy();
    const owned = await shop.latchkey.server.deps.db.rows<{ owner_by: string }>(
      "/* test.owned */ select owner_by from stripe_facts where owner_id = $1",
      [row?.user_id],
    );
    expect(owned).toEqual([{ owner_by: "CLAIM" }]);
  });
});

describe("many at once", () => {
  const MANY = isLong ? 100 : 15;
  /** Opens that many at once. A caller who is told to try again does so, as on a machine that has much else to do. */
  const openMany = (inputOf: (n: number) => object): Promise<{ id: string }[]> =>
    Promise.all(
      Array.from({ length: MANY }, async (_, n) => {
        for (;;) {
          const { data, errors = [], text } = await buying.tryOpen(inputOf(n));
          if (errors.length === 0) return (data as { answer: { id: string } }).answer;
          if (!errors.every(({ extensions }) => extensions.retryable)) throw new Error(text);
        }
      }),
    );

  test("F11: many first checkouts of one user make one customer and one session", async () => {
    const ada = await somebody();
    const opened = await openMany(() => ({ product: "pro", priceId: stall.monthly, user: ada.id }));
    expect(new Set(opened.map(({ id }) => id)).size).toBe(1);
    expect(await customersOf(ada.email)).toHaveLength(1);
  });

  test("F11: the same when each of them has a key of its own, and the keys stand for the one session", async () => {
    const ada = await somebody();
    const asked = (n: number) => {
      return { product: "pro", priceId: stall.once, user: ada.id, idempotencyKey: `first ${n}` };
    };
    const opened = await openMany(asked);
    expect(new Set(opened.map(({ id }) => id)).size).toBe(1);
    expect((await buying.open(asked(7))).id).toBe(opened[0]?.id);
    expect(await customersOf(ada.email)).toHaveLength(1);
  });

  test("F11: the same when Stripe makes the customer and the session, and answers neither", async () => {
    const ada = await somebody();
    for (const path of ["/v1/customers", "/v1/checkout/sessions"])
      await shop.control("plan-fault", { kind: "error-after", method: "POST", path, count: 1 });
    const opened = await openMany(() => ({ product: "pro", priceId: stall.monthly, user: ada.id }));
    await shop.control("clear-faults");
    const again = await buying.open({ product: "pro", priceId: stall.monthly, user: ada.id });
    expect(await customersOf(ada.email)).toHaveLength(1);
    const customer = (await customersOf(ada.email))[0]?.id ?? "";
    const { data } = await shop.stripe.checkout.sessions.list({ customer, limit: 100 });
    expect(data.map(({ id }) => id)).toEqual([again.id]);
    expect(new Set(opened.map(({ id }) => id))).toEqual(new Set([again.id]));
  });

  test("many parallel checkouts with all kinds of keys: one open session for the user and product, and one customer", async () => {
    const ada = await somebody();
    for (let round = 0; round < (isLong ? 100 : 6); round++) {
      const quantity = 1 + (round % 3);
      const keys = [null, `round ${round}`, `again ${round}`];
      const opened = await Promise.all(
        keys.map((idempotencyKey) =>
          buying.open({ product: "pro", priceId: stall.monthly, quantity, idempotencyKey }, ada.token),
        ),
      );
      expect(new Set(opened.map(({ id }) => id)).size).toBe(1);
    }
    const [customer, ...more] = await customersOf(ada.email);
    expect(more).toEqual([]);
    const { data } = await shop.stripe.checkout.sessions.list({ customer: customer?.id ?? "", status: "open" });
    expect(data).toHaveLength(1);
    const open = await rows("session = $1 and status = 'OPEN'", data[0]?.id);
    expect(open).toHaveLength(1);
    expect(await rows("user_id = $1 and status in ('MAKING', 'OPEN', 'CLOSING')", open[0]?.user_id)).toHaveLength(1);
  });

  test("two that ask for different things at once: one of the two is open in the end", async () => {
    const ada = await somebody();
    const ask = (quantity: number) =>
      buying.open({ product: "pro", priceId: stall.once, quantity, user: ada.id }).then(({ id }) => id);
    for (let round = 0; round < (isLong ? 10 : 4); round++) {
      const ids = await Promise.all([ask(2 * round + 1), ask(2 * round + 2)]);
      expect(new Set(ids).size).toBe(2);
      const customer = (await customersOf(ada.email))[0]?.id ?? "";
      const { data } = await shop.stripe.checkout.sessions.list({ customer, status: "open" });
      expect(data).toHaveLength(1);
      expect(ids).toContain(data[0]?.id);
    }
  });

  test("F10: buying twice anyway is said once, and cancelling one of the two keeps access", async () => {
    const ada = await somebody();
    const one = await buying.open({ product: "pro", priceId: stall.monthly }, ada.token);
    await buying.pay(one.id);
    const { customer } = await shop.stripe.checkout.sessions.retrieve(one.id);
    const elsewhere = await shop.stripe.checkout.sessions.create({
      mode: "subscription",
      customer: typeof customer === "string" ? customer : "",
      success_url: "https://shop.example/thanks",
      line_items: [{ price: stall.monthly, quantity: 1 }],
    });
    await buying.pay(elsewhere.id);
    await shop.settled();
    expect(await linesOf(ada.email, "CUSTOM")).toHaveLength(1);
    const subscription = (await buying.inStripe(one.id)).subscription;
    await shop.stripe.subscriptions.cancel(
      typeof subscription === "object" ? (subscription?.id ?? "") : (subscription ?? ""),
    );
    await shop.settled();
    expect(await stall.allowed(ada.email)).toBe(true);
    expect(await linesOf(ada.email, "CUSTOM")).toHaveLength(1);
  });
});
