import {
  type GraphQLField,
  type GraphQLInputType,
  getNamedType,
  getNullableType,
  isEnumType,
  isInputObjectType,
  isLeafType,
  isListType,
} from "graphql";
import { buildLatchkeySchema } from "../../src/app/schema";
import type { TestError } from "../kit/ask-graphql";
import { CHECKOUT_ENV, SUCCESS_URL } from "../kit/checkout-operations";
import { openStall, type Stall } from "../kit/open-stall";
import { type Operations, operationsOf } from "../kit/operations";
import { SHOP_KEY, type Shop, startShop } from "../kit/start-shop";

// Every refusal of a mutation names the input at fault, by its path from the argument on. The mutations, their inputs and
// the wrong values are found by walking the schema.

let shop: Shop;
let stall: Stall;
let api: Operations;
let bases: Record<string, Record<string, unknown>>;
let turn = 0;

beforeAll(async () => {
  const limits = { LATCHKEY_REQUESTS_PER_MINUTE_PER_KEY: "1000000", LATCHKEY_CHECKOUTS_PER_MINUTE_PER_USER: "100000" };
  shop = await startShop({ env: { ...CHECKOUT_ENV, ...limits } });
  api = operationsOf(shop.latchkey);
  stall = await openStall(shop, "course");
  const { link } = await stall.link();
  const customer = await stall.customer("ada@shop.example");
  await stall.subscribe(customer);
  await shop.settled();
  const second = await openStall(shop, "second");
  const { link: other } = await second.link();
  const { id: grantee } = await api.createUser({ externalId: "ada" });
  const { id: buyer } = await api.createUser({ externalId: "bob", email: "bob@shop.example" });
  const { stripeProduct } = await openStall(shop, "free");
  bases = basesOf({ link, other, stripeProduct, customer, grantee, buyer, connection: shop.connection });
});
afterAll(() => shop.stop());

type World = Record<"link" | "other" | "stripeProduct" | "customer" | "grantee" | "buyer" | "connection", string>;

/** Arguments of each mutation that would be taken, so that one wrong value in them is what is refused. */
function basesOf(world: World): Record<string, Record<string, unknown>> {
  const { link, other, stripeProduct, customer, grantee, buyer, connection } = world;
  const until = "2030-01-01T00:00:00Z";
  return {
    activateCustomerPortal: { connection },
    cancelJob: { id: "job_nobody" },
    claimPurchase: { input: { user: grantee } },
    connectStripe: { input: { secretKey: SHOP_KEY } },
    createApiKey: { name: "key", role: "READ", expiresAt: until },
    createCheckoutSession: {
      input: { product: "course", user: buyer, successUrl: SUCCESS_URL, priceId: stall.monthly },
    },
    createPortalSession: { input: { user: grantee, returnUrl: "https://shop.example/back" } },
    createProduct: { input: { key: "@", name: "A" } },
    createStripePrice: { input: { link, currency: "usd", unitAmount: 900, interval: "month" } },
    createStripeProduct: { input: { product: "free", currency: "usd", unitAmount: 900, interval: "month" } },
    createUser: { input: {} },
    createUserToken: { user: grantee },
    deleteUser: { user: "nobody" },
    deleteUsers: { users: ["nobody"], dryRun: true },
    disconnectStripe: { connection: "con_nobody" },
    exportActivities: { filter: {} },
    exportUsers: { filter: {} },
    grantAccess: { input: { user: buyer, product: "free", note: "n" } },
    importUsers: { input: { rows: [{ externalId: "@" }], dryRun: true } },
    linkCustomer: { input: { user: grantee, customerId: customer, replace: true } },
    linkProduct: { input: { product: "free", stripeProductId: stripeProduct, dryRun: true } },
    reconcile: { input: { dryRun: true } },
    recordActivity: { input: { user: grantee, type: "opened" } },
    removeResource: { key: "nobody" },
    repairWebhookEndpoint: { connection },
    replayEvents: { connection, since: shop.clock.now().toISOString() },
    revokeAccess: { input: { user: buyer, product: "free", note: "n" } },
    revokeApiKey: { id: "key_nobody" },
    setResource: { input: { key: "page", products: ["course"] } },
    setResourceTag: { input: { tag: "tag", products: ["course"] } },
    testStripeConnection: { connection },
    unlinkCustomer: { user: grantee, customerId: customer },
    unlinkProduct: { input: { link: other, dryRun: true, strategy: "KEEP_GRANTS" } },
    updatePolicy: { input: {} },
    updatePortalSettings: { input: { connection } },
    updateProduct: { input: { product: "free" } },
    updateProductLink: { input: { link, dryRun: true } },
    updateStripeConnection: { input: { connection } },
    updateUser: { input: { user: buyer } },
  };
}

interface Wrong {
  path: string[];
  value: unknown;
}

const TEXTS = ["", "nope", "x".repeat(3_000)];
const MOMENTS = ["0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z"];
const NUMBERS = [-1, 0, 2_147_483_647];

/** Values of the right type that a field may refuse, with the path of each. */
function wrongsOf(type: GraphQLInputType, path: string[]): Wrong[] {
  const nullable = getNullableType(type);
  if (isListType(nullable)) {
    const each = isInputObjectType(getNamedType(type)) ? [{}] : valuesOf(nullable.ofType);
    return [{ path, value: [] }, ...each.map((value) => ({ path, value: [value] }))];
  }
  if (isInputObjectType(nullable)) {
    return Object.values(nullable.getFields()).flatMap((field) => wrongsOf(field.type, [...path, field.name]));
  }
  return valuesOf(nullable).map((value) => ({ path, value }));
}

function valuesOf(type: GraphQLInputType): unknown[] {
  const named = getNamedType(type);
  if (isEnumType(named)) return [];
  if (named.name === "Boolean") return [];
  if (named.name === "Int") return NUMBERS;
  if (named.name === "DateTime") return MOMENTS;
  return named.name === "JSON" ? [{ latchkey_user: "me", ["k".repeat(50)]: "v".repeat(600) }] : TEXTS;
}

function withValue(base: Record<string, unknown>, [name = "", ...rest]: string[], value: unknown): typeof base {
  const inner: unknown = rest.length === 0 ? value : withValue((base[name] ?? {}) as typeof base, rest, value);
  return { ...base, [name]: inner };
}

/** Names that have to be new each time are marked by an at sign. */
function renewed(base: Record<string, unknown>): Record<string, unknown> {
  return JSON.parse(JSON.stringify(base).replaceAll('"@"', `"new-${++turn}"`)) as typeof base;
}

const mutations = Object.values(buildLatchkeySchema().getMutationType()?.getFields() ?? {});

/** The mutation with one variable for each argument, under names that are not those of the arguments. */
function documentOf({ name, args, type }: GraphQLField<unknown, unknown>): string {
  const head = args.map((arg) => `$_${arg.name}: ${String(arg.type)}`).join(", ");
  const given = args.map((arg) => `${arg.name}: $_${arg.name}`).join(", ");
  return `mutation (${head}) { ${name}(${given}) ${isLeafType(getNamedType(type)) ? "" : "{ __typename }"} }`;
}

// What these say is true of whatever is sent.
const WITHOUT_FIELD = /^(?:JOB_RUNNING|LIMIT_EXCEEDED exports)/;

/** Inputs of a base that may be refused before the wrong value is looked at. */
const WRONG_ANYWAY: Readonly<Record<string, readonly string[]>> = {
  // A purchase without an owner, a price for each product and a customer for each call would have to be there.
  claimPurchase: ["input.checkoutSessionId"],
  createCheckoutSession: ["input.priceId", "input.product", "input.guest.email"],
  createPortalSession: ["input.user"],
  linkProduct: ["input.stripeProductId"],
  unlinkCustomer: ["user", "customerId"],
};

function isNamed({ extensions }: TestError, name: string, path: string): boolean {
  const { code, field, details } = extensions as { code: string; field?: string; details?: { limit?: string } };
  if (WITHOUT_FIELD.test(`${code} ${details?.limit ?? ""}`)) return true;
  if (field === undefined) return false;
  if (WRONG_ANYWAY[name]?.includes(field)) return true;
  return field === path || field.startsWith(`${path}.`) || path.startsWith(`${field}.`);
}

test("every refusal of every mutation names the input that it refuses", async () => {
  expect(Object.keys(bases).sort()).toEqual(mutations.map(({ name }) => name).sort());
  const unnamed: string[] = [];
  for (const mutation of mutations) {
    const document = documentOf(mutation);
    for (const { path, value } of mutation.args.flatMap((arg) => wrongsOf(arg.type, [arg.name]))) {
      const wanted = withValue(renewed(bases[mutation.name] ?? {}), path, value);
      const variables = Object.fromEntries(Object.entries(wanted).map(([name, each]) => [`_${name}`, each]));
      const { errors = [] } = await shop.latchkey.ask(document, variables);
      for (const error of errors.filter((each) => !isNamed(each, mutation.name, path.join(".")))) {
        const { code, field } = error.extensions as { code: string; field?: string };
        unnamed.push(
          `${mutation.name} ${path.join(".")}=${JSON.stringify(value).slice(0, 40)}: ${code} ${field ?? "-"} ${error.message.slice(0, 100)}`,
        );
      }
    }
  }
  expect(unnamed).toEqual([]);
});

test.each<[string, string, Record<string, unknown>]>([
  ["input.metadata", "mutation ($i: CreateUserInput!) { createUser(input: $i) { id } }", { i: { metadata: [] } }],
  ["input.metadata", "mutation ($m: JSON) { createUser(input: { metadata: $m }) { id } }", { m: 5 }],
  ["input.metadata.a.0", "mutation ($m: JSON) { createUser(input: { metadata: $m }) { id } }", { m: { a: ["\0"] } }],
  ["input.name", 'mutation { createUser(input: { externalId: "a", name: "\\u0000" }) { id } }', {}],
  ["input.emailVerified", 'mutation { createUser(input: { emailVerified: "perhaps" }) { id } }', {}],
  ["input.key", 'mutation { createProduct(input: { name: "A" }) { id } }', {}],
  ["input.key", "mutation ($p: CreateProductInput!) { createProduct(input: $p) { id } }", { p: { name: "A" } }],
  ["user", "mutation { deleteUser }", {}],
  ["user", "mutation ($u: ID!) { deleteUser(user: $u) }", {}],
  ["since", 'mutation { replayEvents(connection: "con_a", since: "yesterday") { id } }', {}],
  ["filter.types.1", "mutation { exportActivities(filter: { types: [USER_CREATED, NOPE] }) { id } }", {}],
  [
    "filter.types.0",
    "mutation ($f: ActivityFilter) { exportActivities(filter: $f) { id } }",
    { f: { types: ["NOPE"] } },
  ],
  [
    "input.rows.1.externalId",
    "mutation ($rows: [ImportUserRow!]) { importUsers(input: { rows: $rows }) { id } }",
    { rows: [{}, { externalId: [] }] },
  ],
  [
    "input.guest.email",
    "mutation ($s: CreateCheckoutSessionInput!) { createCheckoutSession(input: $s) { id } }",
    { s: { product: "course", successUrl: SUCCESS_URL, guest: { name: "A" } } },
  ],
])("a value of the wrong type is named from its argument on: %s by %s", async (field, document, variables) => {
  const { errors = [] } = await shop.latchkey.ask(document, variables);
  expect(errors.map(({ extensions }) => extensions)).toEqual([{ code: "INVALID_INPUT", retryable: false, field }]);
});

test("a key that Stripe does not accept, a reserved key of metadata and an address with other letters are explained", async () => {
  const ask = async (document: string, input: object, credential?: string) => {
    const { message, extensions } = await shop.latchkey.refused(document, { input }, credential);
    return { message, code: extensions.code, field: extensions["field"] };
  };
  const connect = "mutation ($input: ConnectStripeInput!) { connectStripe(input: $input) { id } }";
  const update = "mutation ($input: UpdateStripeConnectionInput!) { updateStripeConnection(input: $input) { id } }";
  const live = await shop.latchkey.key("ADMIN", "LIVE");
  const field = "input.secretKey";
  expect(await ask(connect, { secretKey: "sk_live_unknown" }, live)).toMatchObject({
    code: "STRIPE_KEY_INVALID",
    field,
  });
  const secretKey = "rk_test_narrow";
  await shop.control("restrict-key", { key: secretKey, missing: ["*"] });
  for (const [document, input] of [
    [connect, { secretKey }],
    [update, { connection: shop.connection, secretKey }],
  ] as const) {
    expect(await ask(document, input)).toMatchObject({ field });
  }

  const open = "mutation ($input: CreateCheckoutSessionInput!) { createCheckoutSession(input: $input) { id } }";
  await api.createUser({ externalId: "cyd" });
  const token = await shop.latchkey.tokenOf("cyd");
  const buying = { product: "course", priceId: stall.monthly, successUrl: SUCCESS_URL };
  const reserved = await ask(open, { ...buying, metadata: { plan: "a", latchkey_user: "me" } }, token);
  expect(reserved).toMatchObject({ code: "FORBIDDEN", field: "input.metadata.latchkey_user" });
  expect(reserved.message).toContain("latchkey_user");
  const successUrl = "https://shop.example/für?s={CHECKOUT_SESSION_ID}";
  const raw = await ask(open, { ...buying, successUrl }, token);
  expect(raw).toMatchObject({ code: "URL_NOT_ALLOWED", field: "input.successUrl" });
  expect(raw.message).toContain("https://shop.example/f%C3%BCr?s={CHECKOUT_SESSION_ID}");
});
