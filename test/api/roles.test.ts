import { type GraphQLField, isNonNullType } from "graphql";
import { buildLatchkeySchema } from "../../src/app/schema";
import { newUuid, toPublicId } from "../../src/base/ids";
import type { TestError } from "../kit/ask-graphql";
import { openEvents } from "../kit/open-events";
import { type Latchkey, startLatchkey } from "../kit/start-latchkey";
import { type ValueOf, writeField } from "../kit/write-query";

const schema = buildLatchkeySchema();
type AnyField = GraphQLField<unknown, unknown>;
const queries = Object.values<AnyField>(schema.getQueryType()?.getFields() ?? {});
const mutations = Object.values<AnyField>(schema.getMutationType()?.getFields() ?? {});
const subscriptions = Object.values<AnyField>(schema.getSubscriptionType()?.getFields() ?? {});

// Who may ask what. P: publishable key, U: user token, R, W, A: server keys. Without a credential nobody may anything.
const table: Record<string, string> = {
  "Query.access": "P U R W A",
  "Query.accessMany": "P U R W A",
  "Query.activities": ". U R W A",
  "Query.apiKeys": ". . . . A",
  "Query.checkoutSession": "P U R W A",
  "Query.entitlementToken": ". U R W A",
  "Query.explainAccess": ". . R W A",
  "Query.job": ". . R W A",
  "Query.jobs": ". . R W A",
  "Query.me": "P U R W A",
  "Query.node": "P U R W A",
  "Query.nodes": "P U R W A",
  "Query.policy": ". . R W A",
  "Query.policyPreview": ". . R W A",
  "Query.product": "P U R W A",
  "Query.products": "P U R W A",
  "Query.resource": ". . R W A",
  "Query.resourceAccess": "P U R W A",
  "Query.setupStatus": ". . R W A",
  "Query.unclaimedPurchases": ". . R W A",
  "Query.stripeConnections": ". . R W A",
  "Query.stripeProducts": ". . R W A",
  "Query.user": ". U R W A",
  "Query.userByEmail": ". . R W A",
  "Query.users": ". . R W A",
  "Query.viewer": "P U R W A",

  "Mutation.activateCustomerPortal": ". . . . A",
  "Mutation.cancelJob": ". . . . A",
  "Mutation.claimPurchase": ". U . W A",
  "Mutation.createCheckoutSession": "P U . W A",
  "Mutation.connectStripe": ". . . . A",
  "Mutation.createApiKey": ". . . . A",
  "Mutation.createPortalSession": ". U . W A",
  "Mutation.createProduct": ". . . . A",
  "Mutation.createUser": ". . . W A",
  "Mutation.createUserToken": ". . . W A",
  "Mutation.deleteUser": ". . . W A",
  "Mutation.deleteUsers": ". . . W A",
  "Mutation.disconnectStripe": ". . . . A",
  "Mutation.exportActivities": ". . R W A",
  "Mutation.exportUsers": ". . R W A",
  "Mutation.grantAccess": ". . . W A",
  "Mutation.importUsers": ". . . W A",
  "Mutation.reconcile": ". . . . A",
  "Mutation.recordActivity": ". . . W A",
  "Mutation.removeResource": ". . . . A",
  "Mutation.repairWebhookEndpoint": ". . . . A",
  "Mutation.replayEvents": ". . . . A",
  "Mutation.revokeAccess": ". . . W A",
  "Mutation.revokeApiKey": ". . . . A",
  "Mutation.setResource": ". . . . A",
  "Mutation.setResourceTag": ". . . . A",
  "Mutation.testStripeConnection": ". . . . A",
  "Mutation.updatePolicy": ". . . . A",
  "Mutation.createStripePrice": ". . . . A",
  "Mutation.createStripeProduct": ". . . . A",
  "Mutation.linkCustomer": ". . . W A",
  "Mutation.linkProduct": ". . . . A",
  "Mutation.unlinkCustomer": ". . . W A",
  "Mutation.unlinkProduct": ". . . . A",
  "Mutation.updateProductLink": ". . . . A",
  "Mutation.updatePortalSettings": ". . . . A",
  "Mutation.updateProduct": ". . . . A",
  "Mutation.updateStripeConnection": ". . . . A",
  "Mutation.updateUser": ". . . W A",

  "Subscription.jobProgress": ". . R W A",
};

let latchkey: Latchkey;
let credentials: Record<string, string>;
let ada: string;
let bob: string;
let others: string[];

// Whatever is Bob's carries one of these, so that it can be found in an answer for Ada.
const HIS = [
  "bobs-own-id",
  "bob@secret.example",
  "Bob Secretive",
  "bobs-metadata",
  "bobs-note",
  "bobs-line",
  "bobs-ref",
];
const DRAFT = "a-draft-nobody-knows";

beforeAll(async () => {
  latchkey = await startLatchkey({
    env: {
      LATCHKEY_COST_MAX: "10000000",
      LATCHKEY_REQUESTS_PER_MINUTE_PER_USER: "100000000",
      LATCHKEY_REQUESTS_PER_MINUTE_PER_ADDRESS: "100000000",
      LATCHKEY_TOKENS_MAX: "100000",
      LATCHKEY_DEPTH_MAX: "30",
      LATCHKEY_ALIASES_MAX: "10000",
      LATCHKEY_BODY_BYTES_MAX: "5000000",
    },
  });
  const create = (input: object) =>
    latchkey.get<{ createUser: { id: string } }>(
      "mutation ($input: CreateUserInput!) { createUser(input: $input) { id } }",
      { input },
    );
  ada = (await create({ externalId: "ada", email: "ada@shop.example", name: "Ada" })).createUser.id;
  bob = (await create({ externalId: HIS[0], email: HIS[1], name: HIS[2], metadata: { [HIS[3] ?? ""]: 1 } })).createUser
    .id;
  await latchkey.get(`mutation { createProduct(input: { key: "course", name: "Course" }) { id } }`);
  await latchkey.get(`mutation { createProduct(input: { key: "${DRAFT}", name: "${DRAFT}", status: DRAFT }) { id } }`);
  await latchkey.get(
    `mutation { createProduct(input: { key: "bundle", name: "Bundle", includes: ["course", "${DRAFT}"] }) { id } }`,
  );
  await latchkey.get(`mutation { setResource(input: { key: "post:1", products: ["course", "${DRAFT}"] }) { id } }`);
  const grant = (user: string, product: string, note: string) =>
    latchkey.get<{ grantAccess: { id: string } }>(
      `mutation { grantAccess(input: { user: "${user}", product: "${product}", note: "${note}", externalRef: "${HIS[6]}-${product}-${user}" }) { id } }`,
    );
  const line = (user: string, message: string) =>
    latchkey.get<{ recordActivity: { id: string } }>(
      `mutation { recordActivity(input: { type: "seen", user: "${user}", product: "course", message: "${message}" }) { id } }`,
    );
  await grant(ada, "bundle", "for Ada");
  await line(ada, "Ada was here.");
  const [held, seen] = [await grant(bob, "course", HIS[4] ?? ""), await line(bob, HIS[5] ?? "")];
  const keys = await latchkey.get<{ apiKeys: { id: string }[] }>("{ apiKeys { id } }");
  const post = await latchkey.get<{ resource: { id: string } }>('{ resource(key: "post:1") { id } }');
  const draft = await latchkey.get<{ product: { id: string } }>(`{ product(key: "${DRAFT}") { id } }`);
  others = [held.grantAccess.id, seen.recordActivity.id, keys.apiKeys[0]?.id ?? "", post.resource.id, draft.product.id];
  credentials = {
    P: await latchkey.key("PUBLISHABLE"),
    U: await latchkey.tokenOf(ada),
    R: await latchkey.key("READ"),
    W: await latchkey.key("WRITE"),
    A: await latchkey.key("ADMIN"),
  };
});
afterAll(() => latchkey.stop());

const none: ValueOf = () => undefined;
const document = (field: AnyField, valueOf: ValueOf = none, levels = 2) => {
  const kind = mutations.includes(field) ? "mutation" : subscriptions.includes(field) ? "subscription" : "query";
  return `${kind} { ${writeField(schema, field, levels, valueOf) ?? ""} }`;
};

async function ask(field: AnyField, credential: string): Promise<{ errors?: TestError[] }> {
  if (!subscriptions.includes(field)) return latchkey.ask(document(field), {}, credential);
  const authorization = `Bearer ${credential}`;
  const events = await openEvents(latchkey.graphqlUrl, { query: document(field) }, { authorization });
  const told = await events.next();
  events.hangUp();
  return told ?? {};
}

describe("who may ask what", () => {
  const all = [
    ...queries.map((field) => [`Query.${field.name}`, field] as const),
    ...mutations.map((field) => [`Mutation.${field.name}`, field] as const),
    ...subscriptions.map((field) => [`Subscription.${field.name}`, field] as const),
  ];

  test("stands in the table for every query, mutation and subscription", () => {
    expect(all.map(([name]) => name).sort()).toEqual(Object.keys(table).sort());
  });

  test.each(all)("%s", async (name, field) => {
    const answers = await Promise.all(
      Object.entries(credentials).map(async ([role, credential]) => {
        // Nothing of it exists, so whoever may ask is told that, and nothing changes.
        const { errors = [] } = await ask(field, credential);
        const isRefused = errors.some(({ message }) => /needs a credential of role/.test(message));
        if (isRefused) expect(errors.map(({ extensions }) => extensions.code)).toEqual(["FORBIDDEN"]);
        return isRefused ? "." : role;
      }),
    );
    expect(answers.join(" ")).toBe(table[name]);
  });

  test.each(all)("%s is closed to whoever sends no credential, or a wrong one", async (_, field) => {
    const body = JSON.stringify({ query: document(field) });
    const headers = { "content-type": "application/json" };
    for (const more of [{}, { authorization: "Bearer lk_test_00000000000000000000000000000000" }]) {
      const answer = await fetch(latchkey.graphqlUrl, { method: "POST", headers: { ...headers, ...more }, body });
      expect(answer.status).toBe(401);
      expect(await answer.json()).toMatchObject({ errors: [{ extensions: { code: "UNAUTHENTICATED" } }] });
    }
  });
});

describe("a user token that asks about another user", () => {
  const asksUser = (field: AnyField) =>
    field.args.find((argument) => argument.name === "user" || (field.name === "user" && argument.name === "id"));
  const fields = queries.filter(asksUser).filter((field) => table[`Query.${field.name}`]?.includes("U"));

  const named: [string, (user: string) => string][] = [
    ...fields.map((field): [string, (user: string) => string] => [
      field.name,
      (user) =>
        document(field, (name, type) =>
          name === asksUser(field)?.name
            ? JSON.stringify(user)
            : isNonNullType(type) && name === "product"
              ? '"course"'
              : undefined,
        ),
    ]),
    ["activities", (user) => `{ activities(filter: { user: ${JSON.stringify(user)} }) { totalCount } }`],
    ["node", (user) => `{ node(id: ${JSON.stringify(user)}) { id } }`],
    ["nodes", (user) => `{ nodes(ids: [${JSON.stringify(user)}]) { id } }`],
    ["Product.access", (user) => `{ product(key: "course") { access(user: ${JSON.stringify(user)}) { allowed } } }`],
  ];
  const unknown = toPublicId("user", newUuid());
  const alike = (text: string, user: string) => text.replaceAll(user, "…");

  test("covers every query that takes a user", () => {
    expect(fields.map((field) => field.name).sort()).toEqual([
      "access",
      "accessMany",
      "entitlementToken",
      "resourceAccess",
      "user",
    ]);
  });

  test.each(named)("%s: FORBIDDEN, byte for byte alike for known and unknown", async (name, query) => {
    // By our id and by theirs; text that is no user's id is no node at all.
    const pairs = name.startsWith("node")
      ? [[bob, unknown]]
      : [
          [bob, unknown],
          [HIS[0] ?? "", "nobodys-own-id"],
        ];
    for (const [foreign = "", missing = ""] of pairs) {
      const [one, two] = await Promise.all(
        [foreign, missing].map((user) => latchkey.ask(query(user), {}, credentials["U"])),
      );
      expect(one?.errors?.map(({ extensions }) => extensions.code)).toEqual(["FORBIDDEN"]);
      expect(alike(one?.text ?? "", foreign)).toBe(alike(two?.text ?? "", missing));
      expect(one?.status).toBe(two?.status);
    }
  });

  test("a draft and a product that does not exist are alike too, wherever they are named", async () => {
    const questions = [
      (key: string) => `{ access(product: "${key}") { allowed reason product { key } } }`,
      (key: string) => `{ accessMany(products: ["${key}"]) { allowed reason product { key } } }`,
      (key: string) => `{ product(key: "${key}") { key } }`,
      (key: string) => `{ activities(filter: { product: "${key}" }) { totalCount } }`,
      (key: string) => `{ me { access(product: "${key}") { allowed reason product { key } } } }`,
    ];
    for (const role of ["U", "P"]) {
      for (const question of questions) {
        const [one, two] = await Promise.all(
          [DRAFT, "no-such-product"].map((key) => latchkey.ask(question(key), {}, credentials[role])),
        );
        expect(one?.text).toBe(two?.text);
      }
    }
  });
});

describe("whatever a user token can reach", () => {
  // Every argument that could lead to Bob is tried with his ids, and with Ada's own so that the walk gets somewhere.
  const leads: [string, (name: string) => string | undefined][] = [
    [
      "by itself",
      (name) =>
        ({
          product: '"course"',
          products: '["course", "bundle"]',
          key: '"bundle"',
          resource: '"post:1"',
          id: "ADA",
          ids: "[ADA]",
        })[name],
    ],
    [
      "by the ids of others",
      (name) =>
        ({
          product: '"course"',
          products: '["bundle"]',
          key: '"course"',
          resource: '"post:1"',
          id: "BOB",
          ids: "OTHERS",
          user: "BOB",
        })[name],
    ],
    [
      "by the names of others",
      (name) =>
        ({
          product: `"${DRAFT}"`,
          products: `["${DRAFT}"]`,
          key: `"${DRAFT}"`,
          resource: '"post:1"',
          id: `"${HIS[0]}"`,
          user: `"${HIS[0]}"`,
        })[name],
    ],
  ];
  const fill = (text: string) =>
    text
      .replaceAll("ADA", JSON.stringify(ada))
      .replaceAll("BOB", JSON.stringify(bob))
      .replaceAll("OTHERS", JSON.stringify(others));
  const reachable = queries.filter((field) => table[`Query.${field.name}`]?.includes("U"));
  const LEVELS = 5;

  test.each(leads)("%s never shows another person, or a draft", async (_, valueOf) => {
    let answered = 0;
    for (const field of reachable) {
      const query = fill(document(field, valueOf, LEVELS));
      const { text, data } = await latchkey.ask(query, {}, credentials["U"]);
      if (data) answered++;
      const shown = text.replaceAll(/"message":"[^"]*"/g, (message) =>
        message.replaceAll(HIS[0] ?? "", "").replaceAll(DRAFT, ""),
      );
      expect([...HIS, bob, DRAFT].filter((marker) => shown.includes(marker))).toEqual([]);
    }
    expect(answered).toBeGreaterThan(4);
  });

  test("and a server key reaches all of it: the walk would have found something", async () => {
    const user = queries.filter((field) => ["user", "activities", "products"].includes(field.name));
    const texts = await Promise.all(
      user.map(
        async (field) => (await latchkey.ask(fill(document(field, leads[1]?.[1], LEVELS)), {}, credentials["R"])).text,
      ),
    );
    expect([...HIS.slice(0, 6), bob, DRAFT].filter((marker) => !texts.join().includes(marker))).toEqual([]);
  });

  test("by the ids of others is nothing at all", async () => {
    const { nodes } = await latchkey.get<{ nodes: unknown[] }>(
      "query ($ids: [ID!]!) { nodes(ids: $ids) { id } }",
      { ids: others },
      credentials["U"],
    );
    expect(nodes).toEqual(others.map(() => null));
  });
});
