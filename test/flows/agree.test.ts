import fc from "fast-check";
import { readPublicIdOf } from "../../src/base/ids";
import type { Grant } from "../../src/access/grant";
import type { Mode } from "../../src/base/mode";
import { NOON, PRODUCT, USER, ms } from "../kit/arbitrary-access";
import { PRODUCTS, RESOURCE, USERS, type World, buildWorld, keyOf, mayOpen, world } from "../kit/arbitrary-world";
import { isLong } from "../kit/is-long";
import { type Latchkey, startLatchkey } from "../kit/start-latchkey";
import { testClock } from "../kit/test-clock";

// AGREE_RUNS=2000 for a very long look.
const numRuns = Number(process.env["AGREE_RUNS"] ?? (isLong ? 100 : 6));
const TIME_MAX = Math.max(120_000, numRuns * 2_000);

let latchkey: Latchkey;
let userIds: string[];
let tokens: string[];

const users = Array.from({ length: USERS }, (_, index) => index);
const products = Array.from({ length: PRODUCTS }, (_, index) => index);
const nameOf = (user: number) => `u${user}`;

beforeAll(async () => {
  latchkey = await startLatchkey({
    clock: testClock(NOON),
    env: { LATCHKEY_COST_MAX: "1000000", LATCHKEY_REQUESTS_PER_MINUTE_PER_USER: "1000000" },
  });
  const create = "mutation ($name: String!) { createUser(input: { externalId: $name }) { id } }";
  const made = await Promise.all(
    users.map((user) => latchkey.get<{ createUser: { id: string } }>(create, { name: nameOf(user) })),
  );
  userIds = made.map(({ createUser }) => readPublicIdOf("user", createUser.id) ?? "");
  tokens = await Promise.all(users.map((user) => latchkey.tokenOf(nameOf(user), "TEST")));
});
afterAll(() => latchkey.stop());

const gift: Grant = {
  id: "00000000-0000-7000-8000-0000000000f1",
  userId: USER,
  productId: PRODUCT,
  source: "GIFT",
  reason: "GIFT",
  startsAt: ms(-1),
  endsAt: null,
  closesAt: null,
  endedAt: null,
  endReason: null,
  asOf: null,
  byAddress: false,
};

/** A live bundle, which includes an archived one, which includes a product. */
const behindArchivedBundle: World = {
  products: [
    { status: "LIVE", accessMode: "ENTITLED", includes: [] },
    { status: "ARCHIVED", accessMode: "ENTITLED", includes: [0] },
    { status: "LIVE", accessMode: "ENTITLED", includes: [1] },
    { status: "LIVE", accessMode: "ENTITLED", includes: [] },
  ],
  grants: [{ user: 0, product: 2, mode: "TEST", life: gift }],
  guards: [0],
};

interface Decision {
  allowed: boolean;
  reason: string;
  endsAt: string | null;
}
interface Listed {
  nodes: { externalId: string }[];
  totalCount: number;
}
interface Shelf {
  nodes: { product: { key: string }; access: Decision }[];
  totalCount: number;
}

const lines = <Item>(items: readonly Item[], line: (item: Item) => string) => items.map(line).join("\n");
const pairs = users.flatMap((user) => products.map((product) => [user, product] as const));
const keys = JSON.stringify(products.map(keyOf));

/** Everything that can be asked about who may open what, at once. */
const everything = `
  fragment D on AccessDecision { allowed reason endsAt }
  fragment S on UserProductConnection { totalCount nodes { product { key } access { ...D } } }
  fragment U on UserConnection { totalCount nodes { externalId } }
  query ($moment: DateTime!) {
    ${lines(
      pairs,
      ([u, p]) => `
      access_${u}_${p}: access(product: "${keyOf(p)}", user: "${nameOf(u)}") { ...D }
      then_${u}_${p}: access(product: "${keyOf(p)}", user: "${nameOf(u)}", at: $moment) { ...D }`,
    )}
    ${lines(
      users,
      (u) => `
      many_${u}: accessMany(user: "${nameOf(u)}", products: ${keys}) { ...D }
      token_${u}: entitlementToken(user: "${nameOf(u)}") { token }
      content_${u}: resourceAccess(resource: "${RESOURCE}", user: "${nameOf(u)}") { ...D }
      user_${u}: user(id: "${nameOf(u)}") {
        all: products { ...S } open: products(allowed: true) { ...S } closed: products(allowed: false) { ...S }
        ${lines(products, (p) => `access_${p}: access(product: "${keyOf(p)}") { ...D }`)}
      }`,
    )}
    ${lines(
      products,
      (p) => `
      has_${p}: users(filter: { hasAccessTo: "${keyOf(p)}" }) { ...U }
      lacks_${p}: users(filter: { lacksAccessTo: "${keyOf(p)}" }) { ...U }`,
    )}
    products { nodes { key ${lines(users, (u) => `user_${u}: access(user: "${nameOf(u)}") { ...D }`)} } }
  }`;

// One operation may ask for so many explanations.
const EXPLANATIONS = 5;
const explanations = Array.from({ length: Math.ceil(pairs.length / EXPLANATIONS) }, (_, at) => {
  const some = pairs.slice(at * EXPLANATIONS, (at + 1) * EXPLANATIONS);
  const asked = ([u, p]: readonly [number, number]) =>
    `explained_${u}_${p}: explainAccess(product: "${keyOf(p)}", user: "${nameOf(u)}") { decision { ...D } }`;
  return `fragment D on AccessDecision { allowed reason endsAt } query { ${lines(some, asked)} }`;
});

/** The same by a user's own token, who is told of live products only. */
const own = `
  fragment D on AccessDecision { allowed reason endsAt }
  query {
    ${lines(products, (p) => `access_${p}: access(product: "${keyOf(p)}") { ...D }`)}
    many: accessMany(products: ${keys}) { ...D }
    products { nodes { key access { ...D } } }
    me { open: products(allowed: true) { nodes { product { key } access { ...D } } } }
    token: entitlementToken { token }
    content: resourceAccess(resource: "${RESOURCE}") { ...D }
  }`;

const claimsOf = (token: string): Record<string, { reason: string; ends_at?: string }> =>
  JSON.parse(Buffer.from(token.split(".")[1] ?? "", "base64url").toString()).products;

const sorted = (names: readonly string[]) => [...names].sort();
const openOf = (asked: World, user: number, mode: Mode) =>
  products.filter((product) => mayOpen(asked, { user, product, mode, at: NOON })).map(keyOf);

async function compareForServers(asked: World, mode: Mode, then: Date): Promise<void> {
  const key = await latchkey.key("READ", mode);
  // oxlint-disable-next-line typescript/no-explicit-any -- the names of the fields are made above
  const data = await latchkey.get<any>(everything, { moment: then.toISOString() }, key);
  for (const query of explanations) Object.assign(data, await latchkey.get<object>(query, {}, key));
  for (const user of users) {
    const open = openOf(asked, user, mode);
    const shelves: Record<"all" | "open" | "closed", Shelf> = data[`user_${user}`];
    expect(sorted(shelves.open.nodes.map((node) => node.product.key))).toEqual(open);
    expect(shelves.open.totalCount).toBe(open.length);
    expect(shelves.closed.totalCount).toBe(PRODUCTS - open.length);
    expect([...shelves.open.nodes, ...shelves.closed.nodes]).toHaveLength(shelves.all.nodes.length);
    expect(sorted(Object.keys(claimsOf(data[`token_${user}`].token)))).toEqual(open);
    const guards = asked.guards.map(keyOf);
    const content = guards.length === 0 || guards.some((guard) => open.includes(guard));
    expect(data[`content_${user}`].allowed).toBe(content);
    for (const product of products) compareOne(asked, data, { user, product, mode }, then);
  }
  for (const product of products) {
    const holders = users.filter((user) => mayOpen(asked, { user, product, mode, at: NOON })).map(nameOf);
    const [has, lacks]: [Listed, Listed] = [data[`has_${product}`], data[`lacks_${product}`]];
    expect(sorted(has.nodes.map((node) => node.externalId))).toEqual(holders);
    expect(sorted([...has.nodes, ...lacks.nodes].map((node) => node.externalId))).toEqual(users.map(nameOf));
    expect([has.totalCount, lacks.totalCount]).toEqual([holders.length, USERS - holders.length]);
  }
}

/** One user and one product, wherever they are asked about: the whole decision, not only yes or no. */
function compareOne(
  asked: World,
  // oxlint-disable-next-line typescript/no-explicit-any -- the names of the fields are made above
  data: any,
  pair: { user: number; product: number; mode: Mode },
  then: Date,
): void {
  const { user, product } = pair;
  const decision: Decision = data[`access_${user}_${product}`];
  expect(decision.allowed).toBe(mayOpen(asked, { ...pair, at: NOON }));
  expect(data[`then_${user}_${product}`].allowed).toBe(mayOpen(asked, { ...pair, at: then }));
  const shelf: Shelf = data[`user_${user}`].all;
  const elsewhere: Decision[] = [
    data[`many_${user}`][product],
    data[`explained_${user}_${product}`].decision,
    data[`user_${user}`][`access_${product}`],
    shelf.nodes.find((node) => node.product.key === keyOf(product))?.access,
    data.products.nodes.find((node: { key: string }) => node.key === keyOf(product))[`user_${user}`],
  ];
  expect(elsewhere).toEqual(elsewhere.map(() => decision));
  const claim = claimsOf(data[`token_${user}`].token)[keyOf(product)];
  if (claim) expect({ ...decision, reason: claim.reason, endsAt: claim.ends_at ?? null }).toEqual(decision);
}

async function compareForOneself(asked: World, user: number): Promise<void> {
  // oxlint-disable-next-line typescript/no-explicit-any -- the names of the fields are made above
  const data = await latchkey.get<any>(own, {}, tokens[user]);
  const open = openOf(asked, user, "TEST");
  const live = products.filter((product) => asked.products[product]?.status === "LIVE").map(keyOf);
  expect(data.products.nodes.map((node: { key: string }) => node.key)).toEqual(live);
  expect(data.me.open.nodes.map((node: Shelf["nodes"][number]) => node.product.key)).toEqual(open);
  expect(sorted(Object.keys(claimsOf(data.token.token)))).toEqual(open);
  for (const product of products) {
    const decision: Decision = data[`access_${product}`];
    expect(decision.allowed).toBe(open.includes(keyOf(product)));
    expect(data.many[product]).toEqual(decision);
    if (!live.includes(keyOf(product))) expect(decision.reason).toBe("UNKNOWN_PRODUCT");
  }
  for (const { key, access } of data.products.nodes) expect(access.allowed).toBe(open.includes(key));
}

test(
  "every way to ask who may open what gives the same answer, in both modes and to everybody",
  async () => {
    const moments = fc.integer({ min: -8, max: 8 }).map(ms);
    const property = fc.asyncProperty(world, moments, fc.nat(USERS - 1), async (asked, then, user) => {
      await buildWorld(latchkey.server.deps.db, asked, userIds);
      await compareForServers(asked, "TEST", then);
      await compareForServers(asked, "LIVE", then);
      await compareForOneself(asked, user);
    });
    await fc.assert(property, { numRuns, examples: [[behindArchivedBundle, NOON, 0]] });
  },
  TIME_MAX,
);
