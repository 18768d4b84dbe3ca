import { sweepKeys } from "../../src/idempotency/sweep-keys";
import { askGraphql } from "../kit/ask-graphql";
import { CHECKOUT_ENV, SUCCESS_URL, checkoutDocuments, checkoutOperationsOf } from "../kit/checkout-operations";
import { type Stall, openStall } from "../kit/open-stall";
import { type Shop, startShop } from "../kit/start-shop";
import { untilTrue } from "../kit/until";

// One open session for each user and product, and whose idempotency keys are.

let shop: Shop;
let stall: Stall;
let buying: ReturnType<typeof checkoutOperationsOf>;
let page: string;
let server: string;

beforeAll(async () => {
  const env = { ...CHECKOUT_ENV, LATCHKEY_CHECKOUTS_PER_MINUTE_PER_USER: "8", LATCHKEY_TRUSTED_PROXIES: "1" };
  shop = await startShop({ env, replicas: 1 });
  stall = await openStall(shop, "pro");
  await stall.link({ maxQuantity: 100 });
  buying = checkoutOperationsOf(shop);
  page = await shop.latchkey.key("PUBLISHABLE");
  server = await shop.latchkey.key("WRITE");
});
afterAll(() => shop.stop());

let people = 0;
async function somebody() {
  const email = `somebody-${people++}@shop.example`;
  const id = await buying.newUser({ externalId: email, email });
  return { id, email, token: await shop.latchkey.tokenOf(id) };
}
const guest = () => ({ email: `guest-${people++}@shop.example` });
const terms = (more: object = {}) => ({ product: "pro", priceId: stall.once, ...more });
const statusOf = async (session: string) => (await shop.stripe.checkout.sessions.retrieve(session)).status;
const codeOf = async (input: object, credential = server) => {
  const { errors = [] } = await buying.tryOpen(input, credential);
  return errors[0]?.extensions.code ?? "opened";
};
/** The user's sessions that can be paid in Stripe. */
async function payable(email: string): Promise<string[]> {
  const { data: customers } = await shop.stripe.customers.list({ email });
  const lists = customers.map(({ id }) =>
    shop.stripe.checkout.sessions.list({ customer: id, status: "open", limit: 100 }),
  );
  return (await Promise.all(lists)).flatMap(({ data }) => data.map(({ id }) => id));
}

describe("one open session for a user and a product", () => {
  test("RWS-X35: the same terms get it again with any key or none; other terms expire it in Stripe first", async () => {
    const { id: user, email, token } = await somebody();
    const first = await buying.open(terms({ user, idempotencyKey: "a" }), server);
    for (const more of [{ user, idempotencyKey: "b" }, { user }]) {
      expect(await buying.open(terms(more), server)).toMatchObject({ id: first.id, url: first.url });
    }
    expect((await buying.open(terms({ idempotencyKey: "a" }), token)).id).toBe(first.id);
    const monthly = await buying.open(terms({ user, priceId: stall.monthly, idempotencyKey: "c" }), server);
    expect([await statusOf(first.id), await payable(email)]).toEqual(["expired", [monthly.id]]);
    // A key of a session that has ended answers that session, and opens nothing.
    for (const idempotencyKey of ["a", "b"]) {
      const again = await buying.open(terms({ user, idempotencyKey }), server);
      expect(again).toMatchObject({ id: first.id, status: "expired", url: "" });
    }
    expect(await payable(email)).toEqual([monthly.id]);
    const other = await openStall(shop, "other");
    await other.link();
    await buying.open({ product: "other", priceId: other.once, user }, server);
    expect(await payable(email)).toHaveLength(2);
  });

  test("what was paid at that very moment is not sold again, also while the money is on its way", async () => {
    for (const [method, paymentStatus] of [
      [undefined, "paid"],
      ["delayed", "unpaid"],
    ]) {
      const { id: user, email } = await somebody();
      const first = await buying.open(terms({ user, idempotencyKey: email }), server);
      await shop.control("hold-deliveries");
      await buying.pay(first.id, { method });
      expect(await codeOf(terms({ user, quantity: 2, idempotencyKey: `${email} again` }))).toBe("ALREADY_HAS_ACCESS");
      expect(await payable(email)).toEqual([]);
      const again = await buying.open(terms({ user, idempotencyKey: email }), server);
      expect(again).toMatchObject({ id: first.id, status: "complete", paymentStatus });
      await shop.control("release-deliveries");
      await shop.settled();
    }
    const { id: user } = await somebody();
    const held = await buying.open(terms({ user }), server);
    await shop.control("hold-deliveries");
    await buying.pay(held.id, { method: "delayed" });
    expect(await codeOf(terms({ user, idempotencyKey: "another" }))).toBe("ALREADY_HAS_ACCESS");
    await shop.control("release-deliveries");
    await shop.settled();
  });

  test("sessions of guests affect neither each other nor anybody's", async () => {
    const { id: user, email } = await somebody();
    const own = await buying.open(terms({ user }), server);
    const typed = await buying.open(terms({ guest: { email }, quantity: 2 }), page);
    const newcomer = guest();
    const opened = [];
    for (const more of [
      {},
      { quantity: 2 },
      { idempotencyKey: "x" },
      { idempotencyKey: "y", priceId: stall.monthly },
    ]) {
      opened.push(await buying.open(terms({ guest: newcomer, ...more }), page));
    }
    const all = [own, typed, ...opened].map(({ id }) => id);
    expect(new Set(all).size).toBe(6);
    expect(await Promise.all(all.map(statusOf))).toEqual(all.map(() => "open"));
  });

  test("F11: many requests with keys and terms of their own, at two servers: one session can be paid in the end", async () => {
    const { id: user, email } = await somebody();
    const servers = [shop.latchkey, ...shop.replicas];
    expect(servers).toHaveLength(2);
    const ask = async (n: number) => {
      const input = terms({ user, successUrl: SUCCESS_URL, quantity: 1 + (n % 3), idempotencyKey: `many ${n}` });
      const asked = servers[n % 2] ?? shop.latchkey;
      const { data, errors = [] } = await asked.ask(checkoutDocuments.createCheckoutSession, { input }, server);
      return { n, id: (data as { answer: { id: string } } | null)?.answer.id, code: errors[0]?.extensions.code };
    };
    const answers = await Promise.all(Array.from({ length: 12 }, (_, n) => ask(n)));
    expect(answers.filter(({ id, code }) => !id && code !== "RATE_LIMITED" && code !== "STRIPE_UNAVAILABLE")).toEqual(
      [],
    );
    // A slow machine answers some of them too late, and their sessions are made nevertheless. Asking again returns them.
    const late = answers.filter(({ code }) => code === "STRIPE_UNAVAILABLE");
    for (const { n } of late) await untilTrue(async () => (await ask(n)).code !== "STRIPE_UNAVAILABLE");
    const opened = [...answers, ...(await Promise.all(late.map(({ n }) => ask(n))))].flatMap(({ id }) => id ?? []);
    expect(opened.length).toBeGreaterThan(0);
    const [session, ...more] = await payable(email);
    expect(more).toEqual([]);
    expect(opened).toContain(session);
  });

  test("F11: a session whose making was not answered is found and expired before other terms are sold", async () => {
    const { id: user, email } = await somebody();
    await buying.open({ ...terms({ user }), priceId: stall.monthly }, server);
    const path = "/v1/checkout/sessions";
    await shop.control("plan-fault", { kind: "error-after", method: "POST", path, count: 2 });
    await shop.control("plan-fault", { kind: "error-before", method: "GET", path, count: 10 });
    expect(await codeOf(terms({ user, idempotencyKey: "lost" }))).toBe("STRIPE_UNAVAILABLE");
    await shop.control("clear-faults");
    const [lost] = await payable(email);
    expect(lost).toMatch(/^cs_/);
    const next = await buying.open(terms({ user, quantity: 5 }), server);
    expect([await statusOf(lost ?? ""), await payable(email)]).toEqual(["expired", [next.id]]);
  });

  test("F11: a crash between expiring and opening leaves nothing that can be paid, and the next request goes on", async () => {
    const { id: user, email } = await somebody();
    const first = await buying.open(terms({ user }), server);
    await shop.control("plan-fault", { kind: "error-before", method: "POST", path: "/v1/checkout/sessions", count: 2 });
    expect(await codeOf(terms({ user, quantity: 2 }))).toBe("STRIPE_UNAVAILABLE");
    await shop.control("clear-faults");
    expect([await statusOf(first.id), await payable(email)]).toEqual(["expired", []]);
    const next = await buying.open(terms({ user, quantity: 2 }), server);
    expect(await payable(email)).toEqual([next.id]);
  });
});

describe("whose an idempotency key is", () => {
  const from = async (address: string, input: object) => {
    const headers = { authorization: `Bearer ${page}`, "x-forwarded-for": address };
    const variables = { input: { successUrl: SUCCESS_URL, ...input } };
    const question = { query: checkoutDocuments.createCheckoutSession, variables };
    const { data, text } = await askGraphql(shop.latchkey.graphqlUrl, question, headers);
    return (data as { answer: { id: string } } | null)?.answer.id ?? text;
  };

  test("RWS-X35: a visitor neither uses up a server's key nor gets another's session by repeating it", async () => {
    const idempotencyKey = "order-1001";
    const { id: user, token } = await somebody();
    const buyer = guest();
    const theirs = await from("203.0.113.1", terms({ guest: buyer, idempotencyKey }));
    expect(theirs).toMatch(/^cs_/);
    expect(await from("203.0.113.1", terms({ guest: buyer, idempotencyKey }))).toBe(theirs);
    const others = [
      await from("203.0.113.1", terms({ guest: guest(), idempotencyKey })),
      await from("203.0.113.2", terms({ guest: buyer, idempotencyKey })),
      (await buying.open(terms({ user, idempotencyKey }), server)).id,
      (await buying.open(terms({ idempotencyKey, priceId: stall.monthly }), token)).id,
    ];
    expect(others.every((id) => id.startsWith("cs_"))).toBe(true);
    expect(new Set([theirs, ...others]).size).toBe(5);
  });

  test("one IPv6 network is one visitor", async () => {
    const asked = terms({ guest: guest(), idempotencyKey: "order-1002" });
    const first = await from("2001:db8:0:1::a", asked);
    expect(await from("2001:db8:0:1::b", asked)).toBe(first);
    expect(await from("2001:db8:0:2::a", asked)).not.toBe(first);
  });

  test("two keys of servers have nothing to do with one another, in any mutation", async () => {
    const admin = await shop.latchkey.key("ADMIN");
    const make = async (externalId: string, credential: string) => {
      const input = { externalId, idempotencyKey: "user-1" };
      type Answer = { answer: { id: string } };
      return (await shop.latchkey.get<Answer>(checkoutDocuments.createUser, { input }, credential)).answer.id;
    };
    const [one, two] = [await make("one", server), await make("two", admin)];
    expect(two).not.toBe(one);
    expect(await make("one", server)).toBe(one);
  });

  test("limits count before the key is looked at", async () => {
    const { token } = await somebody();
    const asked = terms({ idempotencyKey: "again" });
    const codes: string[] = [];
    // Twice the limit and a little: the minute may end in between.
    for (let n = 0; n < 18 && !codes.includes("RATE_LIMITED"); n++) codes.push(await codeOf(asked, token));
    expect(codes).toContain("RATE_LIMITED");
  });

  test("a key lasts 24 hours, and is swept then", async () => {
    const { id: user } = await somebody();
    const asked = terms({ user, idempotencyKey: "daily" });
    const first = await buying.open(asked, server);
    shop.clock.moveBy(23 * 3_600_000);
    expect((await buying.open(asked, server)).id).toBe(first.id);
    expect(await codeOf({ ...asked, quantity: 2 })).toBe("IDEMPOTENCY_MISMATCH");
    shop.clock.moveBy(2 * 3_600_000);
    const second = await buying.open({ ...asked, quantity: 2 }, server);
    expect(second.id).not.toBe(first.id);
    const count = async () => {
      const { db } = shop.latchkey.server.deps;
      const [row] = await db.rows<{ n: string }>("/* test.keys */ select count(*) as n from idempotency_keys");
      return Number(row?.n);
    };
    expect(await count()).toBeGreaterThan(5);
    expect(await sweepKeys(shop.latchkey.server.deps)).toBe(false);
    expect(await count()).toBe(1);
    expect((await buying.open({ ...asked, quantity: 2 }, server)).id).toBe(second.id);
  });
});
