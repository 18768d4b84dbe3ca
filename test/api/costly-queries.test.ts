import { MINUTE } from "../../src/base/durations";
import { askGraphql } from "../kit/ask-graphql";
import { CHECKOUT_ENV, checkoutOperationsOf } from "../kit/checkout-operations";
import { statementsOf } from "../kit/count-statements";
import { openStall, type Stall } from "../kit/open-stall";
import { until } from "../kit/operations";
import type { Shop } from "../kit/start-shop";
import { startTolledShop } from "../kit/start-tolled-shop";
import type { Toll } from "../kit/open-toll";

const USER_LIMIT = 100;
const ADDRESS_LIMIT = 30;
const KEY_LIMIT = 500;
const env = {
  ...CHECKOUT_ENV,
  LATCHKEY_REQUESTS_PER_MINUTE_PER_USER: String(USER_LIMIT),
  LATCHKEY_REQUESTS_PER_MINUTE_PER_ADDRESS: String(ADDRESS_LIMIT),
  LATCHKEY_REQUESTS_PER_MINUTE_PER_KEY: String(KEY_LIMIT),
  LATCHKEY_TRUSTED_PROXIES: "1",
};

let shop: Shop & { toll: Toll };
let stall: Stall;
let checkout: ReturnType<typeof checkoutOperationsOf>;
let tokens: Record<"ada" | "bob", string>;
let sessions: string[];

beforeAll(async () => {
  shop = await startTolledShop({ env });
  stall = await openStall(shop, "course");
  await stall.link();
  checkout = checkoutOperationsOf(shop);
  for (const externalId of ["ada", "bob"]) await checkout.newUser({ externalId });
  tokens = { ada: await shop.latchkey.tokenOf("ada"), bob: await shop.latchkey.tokenOf("bob") };
  const open = async (user: string) => (await checkout.open({ product: "course", user, priceId: stall.once })).id;
  sessions = [await open("ada"), await open("bob")];
});
afterAll(() => shop.stop());
beforeEach(() => {
  shop.toll.decide(() => "PASS");
  // Each test has a minute of its own.
  shop.clock.moveBy(MINUTE);
});

const aliases = (count: number, field: (index: number) => string) =>
  Array.from({ length: count }, (_, index) => `a${index}: ${field(index)}`).join(" ");
const ACCESS = `{ access(product: "course") { allowed reason } }`;
const asked = (session: string) => shop.toll.seen.filter((request) => request.includes(`sessions/${session}`)).length;
const from = async (address: string, query: string) =>
  askGraphql(
    shop.latchkey.graphqlUrl,
    { query, variables: {} },
    { authorization: `Bearer ${await shop.latchkey.key("PUBLISHABLE")}`, "x-forwarded-for": address },
  );
const codeOf = ({ errors }: { errors?: { extensions: { code?: string } }[] }) => errors?.[0]?.extensions.code;

test.each<[string, number, string]>([
  ["checkoutSession", 5, `checkoutSession(id: "cs_test_nobody") { id }`],
  ["entitlementToken", 10, "entitlementToken { token }"],
  ["activities", 50, "activities { totalCount }"],
])("one operation asks %s %d times at the most, under aliases and in fragments", async (field, max, selection) => {
  const spread = `{ ...a ...b } fragment a on Query { ${aliases(max, () => selection)} } fragment b on Query { ${selection} }`;
  for (const query of [`{ ${aliases(max + 1, () => selection)} }`, spread]) {
    const { errors = [], status } = await shop.latchkey.ask(query, {}, tokens.ada);
    expect([status, errors[0]?.extensions]).toEqual([
      400,
      { code: "LIMIT_EXCEEDED", retryable: false, details: { limit: "repeats", field, max, actual: max + 1 } },
    ]);
  }
  shop.clock.moveBy(MINUTE);
  // The same response key is one answer, however often it is written.
  const once = `{ ${Array.from({ length: max + 1 }, () => selection).join(" ")} }`;
  expect((await shop.latchkey.ask(once, {}, tokens.ada)).errors).toBeUndefined();
});

test("a session that is asked under five aliases is asked of Stripe once, and five sessions are read together", async () => {
  const [session = ""] = sessions;
  const before = asked(session);
  const ids = [session, session, session, "cs_test_one", "cs_test_two"];
  const query = `{ ${aliases(5, (index) => `checkoutSession(id: "${ids[index] ?? ""}") { id }`)} }`;
  const sent = await statementsOf(async () => {
    const { data } = await shop.latchkey.ask(query, {}, tokens.ada);
    expect(data).toEqual({ a0: { id: session }, a1: { id: session }, a2: { id: session }, a3: null, a4: null });
  });
  expect(asked(session) - before).toBe(1);
  expect(sent.filter((text) => text.includes('"checkout_sessions"'))).toHaveLength(1);
});

test("reads by names of the caller's own are batched: users, addresses, resources, tokens", async () => {
  const reader = await shop.latchkey.key("READ");
  const statements = (query: string) => statementsOf(() => shop.latchkey.get(query, {}, reader));
  for (const selection of [
    (index: number) => `user(id: "nobody-${index}") { id }`,
    (index: number) => `userByEmail(email: "nobody-${index}@shop.example") { id }`,
    (index: number) => `resource(key: "post:${index}") { id }`,
    (index: number) => `resourceAccess(resource: "post:${index}") { allowed }`,
  ]) {
    expect(await statements(`{ ${aliases(50, selection)} }`)).toHaveLength(1);
  }
  await shop.latchkey.get("{ entitlementToken { token } }", {}, tokens.bob);
  const one = await statementsOf(() => shop.latchkey.get("{ entitlementToken { token } }", {}, tokens.bob));
  const ten = await statementsOf(() =>
    shop.latchkey.get(`{ ${aliases(10, () => "entitlementToken { token }")} }`, {}, tokens.bob),
  );
  // Only statements of the request itself count: a sweep may run at the same time.
  const named = one.filter((text) => text.startsWith("/*"));
  expect(named.length).toBeGreaterThan(0);
  expect(ten.filter((text) => named.includes(text))).toHaveLength(named.length);
});

test("an operation counts by its weight, also once its document is known", async () => {
  const token = "{ entitlementToken { token } }";
  const answers = [];
  for (let time = 0; time < 40; time++) answers.push(await shop.latchkey.ask(token, {}, tokens.ada));
  // It costs 202: three requests.
  const answered = answers.filter(({ errors }) => !errors).length;
  expect(answered).toBe(Math.floor(USER_LIMIT / 3));
  const refused = answers.at(-1);
  expect([refused?.status, refused?.headers.get("retry-after"), refused && codeOf(refused)]).toEqual([
    429,
    "60",
    "RATE_LIMITED",
  ]);

  const keys = Array.from({ length: 100 }, (_, index) => `product-${index}`);
  const many = "query ($keys: [String!]!) { accessMany(products: $keys) { allowed reason } }";
  const checks = [];
  for (let time = 0; time < 40; time++) checks.push(await shop.latchkey.ask(many, { keys }, tokens.bob));
  expect(checks.filter(({ errors }) => !errors).length).toBe(Math.floor(USER_LIMIT / 3));
  expect(checks.at(-1)?.status).toBe(429);
});

test("a user who is written with a customer of Stripe weighs as a request to Stripe, by literals and by variables", async () => {
  const key = await shop.latchkey.key("WRITE");
  const create = (customer: string) => `createUser(input: { ${customer} }) { id }`;
  const named = `mutation { ${aliases(6, () => create('stripeCustomerId: "cus_nobody"'))} }`;
  const byFields = `mutation ($customer: String) { ${aliases(6, () => create("stripeCustomerId: $customer"))} }`;
  const update = "mutation ($input: UpdateUserInput!) { ";
  const byInput = `${update}${aliases(6, () => "updateUser(input: $input) { id }")} }`;
  const given = { user: "nobody", stripeCustomerId: "cus_nobody" };
  const refusals = [
    await shop.latchkey.ask(named, {}, key),
    await shop.latchkey.ask(byFields, { customer: "cus_nobody" }, key),
    await shop.latchkey.ask(byInput, { input: given }, key),
  ];
  expect(refusals.map(({ errors }) => errors?.[0]?.extensions.details)).toEqual([
    { limit: "repeats", field: "createUser", max: 5, actual: 6 },
    { limit: "repeats", field: "createUser", max: 5, actual: 6 },
    { limit: "repeats", field: "updateUser", max: 5, actual: 6 },
  ]);
  expect((await shop.latchkey.ask(byFields, { customer: null }, key)).errors).toBeUndefined();
  expect((await shop.latchkey.ask(byFields, {}, key)).errors).toBeUndefined();

  shop.clock.moveBy(MINUTE);
  // With a customer it costs 1001 and counts as eleven requests, without one 101 and two. The document is known by then.
  const one = `${update}updateUser(input: $input) { id } }`;
  const counted = async (input: object) => {
    for (let times = 0; ; times++) {
      if (codeOf(await shop.latchkey.ask(one, { input }, key)) === "RATE_LIMITED") return times;
    }
  };
  await shop.latchkey.ask(one, { input: { user: "nobody" } }, key);
  expect(await counted(given)).toBe(Math.ceil((KEY_LIMIT - 2) / 11));
});

test("a visitor with a publishable key has a limit of their own, and one who is refused uses up nothing of others", async () => {
  const answers = [];
  for (let time = 0; time < ADDRESS_LIMIT + 5; time++) answers.push(await from("2001:db8:1:1::1", ACCESS));
  expect(answers.map(codeOf)).toEqual(answers.map((_, index) => (index < ADDRESS_LIMIT ? undefined : "RATE_LIMITED")));
  expect(codeOf(await from("2001:db8:1:1:ffff::2", ACCESS))).toBe("RATE_LIMITED");
  for (const other of ["2001:db8:1:2::1", "203.0.113.7"]) expect(codeOf(await from(other, ACCESS))).toBeUndefined();
});

test("while Stripe holds one caller's requests, checks and checkouts of others are answered", async () => {
  const [ada = "", bob = ""] = sessions;
  const query = `{ checkoutSession(id: "${ada}") { id } }`;
  const before = asked(ada);
  shop.toll.decide((request) => (request.includes(ada) ? "HANG" : "PASS"));
  // One page asks again and again; none of it counts much, all of it waits for Stripe.
  const held = Array.from({ length: 8 }, () => shop.latchkey.ask(query, {}, tokens.ada));
  await until(
    () => Promise.resolve(asked(ada) - before),
    (count) => count === 4,
  );

  expect((await shop.latchkey.ask(ACCESS, {}, tokens.bob)).errors).toBeUndefined();
  expect((await shop.latchkey.ask(ACCESS, {}, tokens.ada)).errors).toBeUndefined();
  expect((await shop.latchkey.ask("{ activities { totalCount } }", {}, tokens.ada)).errors).toBeUndefined();
  expect((await shop.latchkey.ask(`{ checkoutSession(id: "${bob}") { id } }`, {}, tokens.bob)).data).toEqual({
    checkoutSession: { id: bob },
  });
  expect(asked(ada) - before).toBe(4);

  shop.toll.decide(() => "PASS");
  shop.toll.release();
  for (const answer of await Promise.all(held)) expect(answer.data).toEqual({ checkoutSession: { id: ada } });
});
