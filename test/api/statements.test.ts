import { existsSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { newUuid, toPublicId } from "../../src/base/ids";
import { root } from "../kit/read-sources";
import { statementsOf } from "../kit/count-statements";
import { type Latchkey, startLatchkey } from "../kit/start-latchkey";
import { swept } from "../kit/swept";

const [FEW, MANY] = [20, 200];

let latchkey: Latchkey;
beforeAll(async () => {
  const env = { LATCHKEY_COST_MAX: "10000000", LATCHKEY_BODY_BYTES_MAX: "1000000" };
  // What the clock brings is swept once, before anything is counted.
  latchkey = await startLatchkey({ env, background: { clockEveryMs: 3_600_000 } });
  await swept(latchkey);
  await fill();
});
afterAll(() => latchkey.stop());

interface Ids {
  users: string[];
  products: string[];
  grants: string[];
  activities: string[];
  resources: string[];
  keys: string[];
}
let ids: Ids;

/** So many of everything; each user holds three products, and each bundle includes the two products before it. */
async function fill(): Promise<void> {
  const now = latchkey.clock.now();
  const make = () => Array.from({ length: MANY }, () => newUuid(now));
  ids = { users: make(), products: make(), grants: make(), activities: make(), resources: make(), keys: make() };
  const { users, products, grants, activities, resources, keys } = ids;
  const { db } = latchkey.server.deps;
  const run = (text: string, ...lists: string[][]) => db.rows(text, [now, ...lists]);
  await run(
    `insert into users (id, external_id, email, email_key, created_at, updated_at)
     select id, 'u' || n, 'u' || n || '@shop.example', 'u' || n || '@shop.example', $1, $1
     from unnest($2::uuid[]) with ordinality as made (id, n)`,
    users,
  );
  await run(
    `insert into products (id, key, name, status, access_mode, purchase_method, tags, created_at, updated_at)
     select id, 'p' || n, 'Product ' || n, 'LIVE', 'ENTITLED', 'NONE', '{}', $1, $1
     from unnest($2::uuid[]) with ordinality as made (id, n)`,
    products,
  );
  await db.rows(
    `with named as (select id, n from unnest($1::uuid[]) with ordinality as made (id, n)), written as (
       insert into product_includes (bundle_id, product_id, position)
       select bundle.id, product.id, product.n from named bundle
       join named product on bundle.n % 3 = 0 and product.n between bundle.n - 2 and bundle.n - 1
       returning bundle_id, product_id)
     insert into product_openers (product_id, opener_id)
     select product_id, bundle_id from written union all select id, id from named`,
    [products],
  );
  await run(
    `insert into grants (user_id, id, product_id, mode, source, reason, starts_at, note, created_at, updated_at)
     select ($2::uuid[])[n], id, ($3::uuid[])[n], 'TEST', 'MANUAL', 'MANUAL', $1::timestamptz, 'because', $1, $1
     from unnest($4::uuid[]) with ordinality as made (id, n)
     union all
     select person, gen_random_uuid(), product, 'TEST', 'GIFT', 'GIFT', $1, 'because', $1, $1
     from unnest($2::uuid[]) person, unnest(($3::uuid[])[1:2]) product`,
    users,
    products,
    grants,
  );
  await run(
    `insert into activities (id, mode, type, at, recorded_at, user_id, product_id, actor, origin, message)
     select id, 'TEST', 'ACCESS_GRANTED', $1, $1, ($2::uuid[])[n], ($3::uuid[])[n], 'ADMIN', 'API', 'Access was granted.'
     from unnest($4::uuid[]) with ordinality as made (id, n)`,
    users,
    products,
    activities,
  );
  await run(
    `with made as (insert into resources (id, key, tags, created_at, updated_at)
       select id, 'post:' || n, '{gold}', $1, $1 from unnest($2::uuid[]) with ordinality as made (id, n) returning id)
     insert into resource_products (resource_id, product_id, position)
     select made.id, product, place from made, unnest(($3::uuid[])[1:3]) with ordinality as p (product, place)`,
    resources,
    products,
  );
  await run(
    `with account as (
       insert into stripe_connections (id, account, mode, status, created_at, updated_at)
       values (($4::uuid[])[1], 'acct_1', 'TEST', 'CONNECTED', $1, $1)),
     sold as (
       insert into stripe_products (connection_id, id, name, active, observation)
       select ($4::uuid[])[1], 'prod_' || n, 'Product ' || n, true, 1 from generate_series(1, ${MANY}) n),
     priced as (
       insert into stripe_prices (connection_id, id, stripe_product, currency, unit_amount, active, observation)
       select ($4::uuid[])[1], 'price_' || n, 'prod_' || n, 'eur', 900, true, 1 from generate_series(1, ${MANY}) n),
     bought as (
       insert into customer_links (id, connection_id, customer, user_id, active, basis, linked_by, linked_at)
       select gen_random_uuid(), ($4::uuid[])[1], 'cus_' || n, id, true, 'HAND', 'test', $1
       from unnest($2::uuid[]) with ordinality as made (id, n))
     insert into product_links (id, connection_id, product_id, stripe_product, state, created_at, updated_at)
     select gen_random_uuid(), ($4::uuid[])[1], id, 'prod_' || n, 'ACTIVE', $1, $1
     from unnest($3::uuid[]) with ordinality as made (id, n)`,
    users,
    products,
    keys,
  );
  await run(
    `insert into api_keys (id, name, role, mode, prefix, hash, created_at, created_by)
     select id, 'key ' || n, 'READ', 'TEST', 'lk_test_', sha256(n::text::bytea), $1, 'test'
     from unnest($2::uuid[]) with ordinality as made (id, n)`,
    keys,
  );
}

const DECISION = "{ allowed reason endsAt product { key } via { key } grant { id user { email } product { key } } }";
const GRANT = "{ id status reason user { email } product { key } }";
const ACTIVITY = "{ id type user { email } product { key includes { key } } }";
const PAGE = "pageInfo { hasNextPage hasPreviousPage } totalCount";

const publicIds = (kind: Parameters<typeof toPublicId>[0], uuids: readonly string[], count: number) =>
  uuids.slice(0, count).map((uuid) => toPublicId(kind, uuid));

// Each with the highest number of statements that it may cost, the credential's own look-up not counted.
const rows: [name: string, most: number, query: string, variables?: (count: number) => Record<string, unknown>][] = [
  ["users", 1, "query ($n: Int) { users(first: $n) { nodes { id } } }"],
  ["users, counted", 2, `query ($n: Int) { users(first: $n) { nodes { id } ${PAGE} } }`],
  ["users from the end", 1, "query ($n: Int) { users(last: $n) { nodes { id } } }"],
  [
    "users with access to a product",
    2,
    'query ($n: Int) { users(first: $n, filter: { hasAccessTo: "p1" }) { nodes { id } } }',
  ],
  ["users without it", 2, 'query ($n: Int) { users(first: $n, filter: { lacksAccessTo: "p9" }) { nodes { id } } }'],
  [
    "users with their decision",
    6,
    `query ($n: Int) { users(first: $n) { nodes { access(product: "p1") ${DECISION} } } }`,
  ],
  [
    "users with their products and decisions",
    10,
    `query ($n: Int) { users(first: $n) { nodes { products(first: 5) { nodes { product { key includes { key } } access ${DECISION} } ${PAGE} } } } }`,
  ],
  [
    "users with the products they may open, and those they may not",
    3,
    `query ($n: Int) { users(first: $n) { nodes {
       open: products(first: 5, allowed: true) { nodes { product { key } } }
       closed: products(first: 5, allowed: false) { nodes { product { key } } } } } }`,
  ],
  [
    "users with their grants",
    5,
    `query ($n: Int) { users(first: $n) { nodes { grants(first: 5) { nodes ${GRANT} ${PAGE} } } } }`,
  ],
  [
    "users with their journal",
    6,
    `query ($n: Int) { users(first: $n) { nodes { activities(first: 5) { nodes ${ACTIVITY} ${PAGE} } } } }`,
  ],
  [
    "users with all of it",
    16,
    `query ($n: Int) { users(first: $n) { nodes { access(product: "p1") ${DECISION}
       products(first: 3) { nodes { access ${DECISION} } } grants(first: 3) { nodes ${GRANT} } activities(first: 3) { nodes ${ACTIVITY} } } } }`,
  ],
  ["products", 1, "query ($n: Int) { products(first: $n) { nodes { key } } }"],
  [
    "products with what they include",
    4,
    "query ($n: Int) { products(first: $n) { nodes { key includes { key includes { key } } } } }",
  ],
  [
    "products with a decision",
    5,
    `query ($n: Int) { products(first: $n) { nodes { access(user: "u1") ${DECISION} } } }`,
  ],
  [
    "products with their links",
    8,
    `query ($n: Int) { products(first: $n) { nodes { isLinked links { stripeProductName stripeProductActive activeSubscriptions
       checkoutPrice { formatted } product { key } connection { account } import { id } } } } }`,
  ],
  ["linked products", 1, "query ($n: Int) { products(first: $n, filter: { linked: true }) { nodes { key } } }"],
  [
    "users with their customers",
    5,
    `query ($n: Int) { users(first: $n) { nodes { stripeCustomers { customerId email name dashboardUrl user { email } connection { account } } } } }`,
  ],
  [
    "users who are linked",
    1,
    "query ($n: Int) { users(first: $n, filter: { linkedToStripe: true }) { nodes { id } } }",
  ],
  ["the journal", 4, `query ($n: Int) { activities(first: $n) { nodes ${ACTIVITY} } }`],
  [
    "the journal of a user",
    5,
    `query ($n: Int) { activities(first: $n, filter: { user: "u1" }) { nodes ${ACTIVITY} } }`,
  ],
  [
    "decisions for many products",
    5,
    `query ($keys: [String!]!) { accessMany(user: "u1", products: $keys) ${DECISION} }`,
    (count) => ({ keys: Array.from({ length: count }, (_, index) => `p${index + 1}`) }),
  ],
  [
    "everything by its id",
    14,
    `query ($ids: [ID!]!) { nodes(ids: $ids) { id
       ... on User { email grants(first: 2) { nodes { id } } } ... on Product { key includes { key } }
       ... on Grant ${GRANT} ... on Activity { type about: user { email } of: product { key } } ... on ApiKey { name }
       ... on Resource { key products { key } effectiveProducts { key } } } }`,
    (count) => ({
      ids: [
        ...publicIds("user", ids.users, count / 10),
        ...publicIds("product", ids.products, count / 10),
        ...publicIds("grant", ids.grants, count / 5),
        ...publicIds("activity", ids.activities, count / 5),
        ...publicIds("resource", ids.resources, count / 5),
        ...publicIds("apiKey", ids.keys, count / 5),
      ],
    }),
  ],
  ["keys", 1, "query { apiKeys { id name } }"],
  ["a token of everything that a user may open", 5, 'query { entitlementToken(user: "u1") { token } }'],
];

const byCount = (n: number): Record<string, unknown> => ({ n });
const lists = rows.map(([name, most, query, variables = byCount]) => [name, most, query, variables] as const);

const nameOf = (statement: string) => /\/\* ([\w.]+) \*\//.exec(statement)?.[1] ?? statement.slice(0, 60);

test.each(lists)("%s: no more than %d statements, for 200 rows as for 20", async (_, most, query, variablesOf) => {
  await latchkey.get(query, variablesOf(FEW)); // what is prepared once is prepared from here on
  const counted: string[][] = [];
  for (const count of [FEW, MANY]) {
    const sent = await statementsOf(() => latchkey.get(query, variablesOf(count)));
    counted.push(sent.map(nameOf).sort());
  }
  const [few, many] = counted;
  expect(new Set(many)).toEqual(new Set(few));
  expect(few?.length).toBeGreaterThan(0);
  // Branches that are read side by side share a statement or just miss each other, so the bound is what counts.
  expect([few, many].map((sent) => (sent?.length ?? 0) <= most || sent)).toEqual([true, true]);
});

test("fifty checks in one request cost one statement", async () => {
  const aliases = Array.from(
    { length: 50 },
    (_, index) => `a${index}: access(product: "p${index + 1}", user: "u1") { allowed }`,
  );
  const query = `{ ${aliases.join(" ")} }`;
  await latchkey.get(query);
  expect((await statementsOf(() => latchkey.get(query))).map(nameOf)).toEqual(["access.check"]);
});

// The statements that are sent most, as they are sent. A difference is looked at, and written anew by UPDATE_SQL=1.
const hot: [file: string, name: string, query: string][] = [
  ["access.check", "access.check", 'query { access(product: "p1", user: "u1") { allowed } }'],
  ["users.page", "users.page", "query { users(first: 10) { nodes { id } } }"],
  ["users.page-with-access", "users.page", 'query { users(filter: { hasAccessTo: "p1" }) { nodes { id } } }'],
  ["users.page-without-access", "users.page", 'query { users(filter: { lacksAccessTo: "p1" }) { nodes { id } } }'],
  ["products.page", "products.page", "query { products(first: 10) { nodes { id } } }"],
  [
    "products.page-of-users",
    "products.page",
    "query { users(first: 2) { nodes { products(allowed: true) { nodes { product { key } } } } } }",
  ],
  [
    "grants.page-of-users",
    "grants.page",
    "query { users(first: 2) { nodes { grants(active: true) { nodes { id } } } } }",
  ],
  ["activities.page", "activities.page", 'query { activities(filter: { user: "u1" }) { nodes { id } } }'],
  ["activities.count", "activities.count", "query { activities { totalCount } }"],
];

test.each(hot)("the SQL of %s is the committed one", async (file, name, query) => {
  const sent = await statementsOf(() => latchkey.get(query));
  const [text = "", ...others] = sent.filter((statement) => nameOf(statement) === name);
  expect(others).toEqual([]);
  const place = path.join(root, "test/sql", `${file}.sql`);
  const plain = `${text.replace(/^ {4}/gm, "").trim()}\n`;
  if (process.env["UPDATE_SQL"]) writeFileSync(place, plain);
  expect(existsSync(place) ? readFileSync(place, "utf8") : "").toBe(plain);
});

test("the next page of a list goes on behind its cursor, in one statement that is committed too", async () => {
  const first = await latchkey.get<{ users: { pageInfo: { endCursor: string } } }>(
    "{ users(first: 2) { pageInfo { endCursor } } }",
  );
  const query =
    "query ($after: String) { users(first: 2, after: $after) { nodes { id } pageInfo { hasPreviousPage } } }";
  const [text = "", ...others] = await statementsOf(() =>
    latchkey.get(query, { after: first.users.pageInfo.endCursor }),
  );
  expect(others).toEqual([]);
  const place = path.join(root, "test/sql/users.page-after.sql");
  const plain = `${text.replace(/^ {4}/gm, "").trim()}\n`;
  if (process.env["UPDATE_SQL"]) writeFileSync(place, plain);
  expect(readFileSync(place, "utf8")).toBe(plain);
});
