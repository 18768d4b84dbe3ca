import type { GraphQLField } from "graphql";
import { buildLatchkeySchema } from "../../src/app/schema";
import { CHECKOUT_ENV, SUCCESS_URL } from "../kit/checkout-operations";
import { type DatabaseLine, openDatabaseLine } from "../kit/database-line";
import { openEvents } from "../kit/open-events";
import { openStall } from "../kit/open-stall";
import { until } from "../kit/operations";
import { signatureOf } from "../kit/sign-webhook";
import { type Shop, startShop } from "../kit/start-shop";
import { type ValueOf, writeField } from "../kit/write-query";

// The connection to the database is lost before each statement of each operation in turn.

type AnyField = GraphQLField<unknown, unknown>;
const schema = buildLatchkeySchema();
const queries = Object.values<AnyField>(schema.getQueryType()?.getFields() ?? {});
const mutations = Object.values<AnyField>(schema.getMutationType()?.getFields() ?? {});

let line: DatabaseLine;
let shop: Shop;
let ada: string;
let customer: string;

beforeAll(async () => {
  line = await openDatabaseLine();
  shop = await startShop({
    databaseUrlOf: (url) => line.through(url),
    env: { ...CHECKOUT_ENV, LATCHKEY_CHECKOUTS_PER_MINUTE_PER_USER: "1000" },
    background: { runners: {}, reconcilesByItself: false, clockEveryMs: 3_600_000 },
  });
  const { latchkey } = shop;
  const stall = await openStall(shop, "pro");
  await latchkey.get("mutation ($input: LinkProductInput!) { linkProduct(input: $input) { link { id } } }", {
    input: { product: "pro", stripeProductId: stall.stripeProduct, checkoutPriceId: stall.once },
  });
  const create = "mutation ($input: CreateUserInput!) { createUser(input: $input) { id } }";
  const input = { externalId: "ada", email: "ada@shop.example" };
  ada = (await latchkey.get<{ createUser: { id: string } }>(create, { input })).createUser.id;
  customer = await stall.customer("ada@shop.example");
  await latchkey.key("ADMIN");
  await shop.settled();
});
afterAll(async () => {
  await shop.stop();
  await line.close();
});

/** Inputs with which an operation gets far; the others get values that fit and name nothing. */
const inputs = (): Record<string, string> => ({
  createCheckoutSession: `{ product: "pro", user: "${ada}", successUrl: "${SUCCESS_URL}" }`,
  createPortalSession: `{ user: "${ada}", returnUrl: "https://shop.example/account", createCustomerIfMissing: true }`,
  createProduct: `{ key: "k${++made}", name: "Another" }`,
  createUser: `{ externalId: "e${++made}", email: "e${made}@shop.example" }`,
  exportActivities: "{}",
  exportUsers: "{}",
  grantAccess: `{ user: "${ada}", product: "pro", note: "a present" }`,
  importUsers: `{ csv: "email\\nx${++made}@shop.example" }`,
  linkCustomer: `{ user: "${ada}", customerId: "${customer}" }`,
  reconcile: `{ user: "${ada}" }`,
  recordActivity: `{ user: "${ada}", product: "pro", type: "seen" }`,
  revokeAccess: `{ user: "${ada}", product: "pro", note: "taken back" }`,
  setResource: `{ key: "post:1", products: ["pro"] }`,
  updateProduct: `{ product: "pro", teaser: "t${++made}" }`,
  updatePolicy: "{ pastDueGraceDays: 6 }",
  updateUser: `{ user: "${ada}", name: "Ada ${++made}" }`,
});
let made = 0;

function documentOf(kind: string, field: AnyField): string {
  const values: Record<string, string> = {
    user: JSON.stringify(ada),
    product: '"pro"',
    products: '["pro"]',
    connection: JSON.stringify(shop.connection),
    id: field.name === "user" ? JSON.stringify(ada) : field.name === "product" ? '"pro"' : '"nothing"',
    ids: `["${ada}"]`,
  };
  const dangerous = /^(deleteUser|deleteUsers|disconnectStripe|unlinkCustomer)$/.test(field.name);
  const valueOf: ValueOf = (name) =>
    name === "input" ? inputs()[field.name] : dangerous ? undefined : (values[name] ?? undefined);
  return `${kind} { ${writeField(schema, field, 2, valueOf) ?? ""} }`;
}

const STATEMENTS_MAX = 40;
/** The first statements one by one, the later ones by samples. */
const nextOf = (nth: number) => nth + (nth < 6 ? 1 : 4);

/** Asks again and again, each time with the connection cut at a later statement, until the work ends before that. */
async function cutEverywhere(ask: () => Promise<{ status: number; text: string }>) {
  const answers: { status: number; text: string }[] = [];
  for (let nth = 1; nth <= STATEMENTS_MAX; nth = nextOf(nth)) {
    line.cutAtStatement(nth);
    const answer = await ask();
    if (!line.letPass()) return answers;
    answers.push(answer);
  }
  return answers;
}

const errorsIn = (text: string) =>
  (JSON.parse(text) as { errors?: { extensions: { code: string; retryable: boolean } }[] }).errors ?? [];

const is503 = ({ status }: { status: number }) => status === 503;

const all = [
  ...queries.map((field) => ["query", field] as const),
  ...mutations.map((field) => ["mutation", field] as const),
];

test("no query and no mutation answers INTERNAL, at whatever statement the connection is lost", async () => {
  const wrong: string[] = [];
  const unavailable = new Set<string>();
  for (const [kind, field] of all) {
    const answers = await cutEverywhere(() => shop.latchkey.ask(documentOf(kind, field)));
    for (const { status, text } of answers) {
      const errors = errorsIn(text);
      if (errors.some(({ extensions }) => extensions.code === "INTERNAL")) wrong.push(`${field.name}: ${text}`);
      const isAway = errors.filter(({ extensions }) => extensions.code === "UNAVAILABLE");
      if (isAway.some(({ extensions }) => !extensions.retryable)) wrong.push(`${field.name}: not retryable`);
      if (isAway.length === 0) continue;
      unavailable.add(field.name);
      if (isAway.length === errors.length && /"data":null/.test(text) && status !== 503) {
        wrong.push(`${field.name}: status ${status}`);
      }
    }
  }
  expect(wrong).toEqual([]);
  // These use several statements whatever they are given, so each must have met a cut. A query of one statement may not:
  // the fast path hands a failure to the other path, which runs the query again.
  const met = ["createCheckoutSession", "linkCustomer", "createUserToken", "entitlementToken", "setupStatus"];
  expect(met.filter((name) => !unavailable.has(name))).toEqual([]);
  expect(unavailable.size).toBeGreaterThan(40);
}, 300_000);

test("webhooks, uploads and /buy answer 503, and no route answers 500", async () => {
  const { latchkey } = shop;
  const authorization = `Bearer ${await latchkey.key("WRITE")}`;
  const secret = shop.simulator.control.act((draft) => draft.rows("webhook_endpoint")[0]?.ours.secrets[0] ?? "");
  const send = async (path: string, init: RequestInit = {}) => {
    const answer = await fetch(`${latchkey.url}${path}`, { redirect: "manual", ...init });
    return { status: answer.status, text: await answer.text() };
  };
  const webhook = () => {
    const event = {
      id: `evt_cut${++made}`,
      object: "event",
      type: "test_helpers.test_clock.ready",
      api_version: "2026-10-28.endive",
      created: Math.floor(shop.clock.now().getTime() / 1000),
      livemode: false,
      data: { object: { id: "clock_1", object: "test_helpers.test_clock" } },
    };
    const body = JSON.stringify(event);
    const headers = { "stripe-signature": signatureOf(body, shop.clock.now(), secret) };
    return send(`/stripe/webhook/${shop.connection}`, { method: "POST", body, headers });
  };
  const upload = () => {
    const headers = { authorization, "content-type": "text/csv" };
    return send("/imports/users", { method: "POST", body: `email\nu${++made}@shop.example\n`, headers });
  };
  const routes: [string, () => Promise<{ status: number; text: string }>][] = [
    ["webhook", webhook],
    ["upload", upload],
    ["jwks", () => send("/.well-known/jwks.json")],
    ["buy", () => send("/buy/pro?mode=test&success=https%3A%2F%2Fshop.example%2Fthanks")],
    ["metrics", () => send("/metrics", { headers: { authorization } })],
  ];
  const statuses: Record<string, Set<number>> = {};
  const needsRows = ["webhook", "upload", "buy"];
  for (const [name, ask] of routes) {
    const answers = await cutEverywhere(ask);
    // A statement of background work may have met the cut instead.
    for (let again = 0; needsRows.includes(name) && again < 30 && !answers.some(is503); again++) {
      answers.push(...(await cutEverywhere(ask)));
    }
    statuses[name] = new Set(answers.map(({ status }) => status));
    expect(answers.filter(({ text }) => text.includes("INTERNAL"))).toEqual([]);
  }
  for (const name of needsRows) expect([...(statuses[name] ?? [])]).toContain(503);
  expect(Object.values(statuses).flatMap((seen) => [...seen])).not.toContain(500);
});

test("a subscription that loses the database ends with UNAVAILABLE", async () => {
  const query = 'subscription { jobProgress(id: "job_0000000000000000000000") { status } }';
  line.refuse();
  const events = await openEvents(
    shop.latchkey.graphqlUrl,
    { query },
    {
      authorization: `Bearer ${await shop.latchkey.key("ADMIN")}`,
    },
  );
  const told = await events.rest();
  line.accept();
  expect(told.flatMap(({ errors = [] }) => errors.map(({ extensions }) => extensions.code))).not.toContain("INTERNAL");
});

test("an outage has one line at its beginning and one at its end, whatever asks meanwhile", async () => {
  const { latchkey } = shop;
  const begun = () => latchkey.logged.filter((text) => text.includes("the database does not answer"));
  const ended = () => latchkey.logged.filter((text) => text.includes("the database answers again"));
  await until(
    () => Promise.resolve(begun().length === ended().length),
    (isOver) => isOver,
  );
  const before = latchkey.logged.length;
  line.refuse();
  const asked = await Promise.all(
    Array.from({ length: 20 }, () => latchkey.ask(`{ user(id: "${ada}") { id access(product: "pro") { allowed } } }`)),
  );
  expect(new Set(asked.map(({ status }) => status))).toEqual(new Set([503]));
  expect((await fetch(`${latchkey.url}/health/ready`)).status).toBe(503);
  line.accept();
  await until(
    () => Promise.resolve(begun().length === ended().length),
    (isOver) => isOver,
  );
  const lines = latchkey.logged.slice(before).filter((text) => /"level":"(warn|error)"/.test(text));
  expect(lines.map((text) => (JSON.parse(text) as { msg: string }).msg)).toEqual([
    "the database does not answer; requests that need it get UNAVAILABLE until it does",
    "the database answers again",
  ]);
  expect(lines.join()).not.toContain("stack");
  expect((await latchkey.ask(`{ user(id: "${ada}") { id } }`)).status).toBe(200);
});
