import { createHash } from "node:crypto";
import { type Latchkey, startLatchkey, startLatchkeyOn } from "../kit/start-latchkey";

// The same database behind two servers: one with the lane in front of the pipeline, one without.
let lane: Latchkey;
let pipeline: Latchkey;
let credentials: Record<Who, string>;

type Who = "A" | "R" | "U" | "P";

beforeAll(async () => {
  lane = await startLatchkey();
  pipeline = await startLatchkeyOn(lane.database, { lane: false, clock: lane.clock });
  const user = "mutation ($name: String!) { createUser(input: { externalId: $name, name: $name }) { id } }";
  for (const name of ["ada", "bob"]) await lane.get(user, { name });
  for (const key of ["course", "book", "film"]) {
    const input = { key, name: `The "${key}" \u2028 ü`, metadata: { a: [1, { b: null }] }, tags: ["x", 'y"'] };
    await lane.get("mutation ($input: CreateProductInput!) { createProduct(input: $input) { id } }", { input });
  }
  await lane.get('mutation { createProduct(input: { key: "all", name: "All", includes: ["course", "book"] }) { id } }');
  await lane.get('mutation { createProduct(input: { key: "draft", name: "Draft", status: DRAFT }) { id } }');
  await lane.get('mutation { createProduct(input: { key: "open", name: "Open", accessMode: PUBLIC }) { id } }');
  await lane.get('mutation { setResource(input: { key: "post:1", products: ["course"] }) { id } }');
  await lane.get(
    'mutation { grantAccess(input: { user: "ada", product: "all", note: "friend", endsAt: "2199-01-01T00:00:00Z" }) { id } }',
  );
  await lane.get('mutation { grantAccess(input: { user: "bob", product: "film", note: "friend" }) { id } }');
  credentials = {
    A: await lane.key("ADMIN"),
    R: await lane.key("READ"),
    U: await lane.tokenOf("ada"),
    P: await lane.key("PUBLISHABLE"),
  };
});
afterAll(async () => {
  await pipeline.stop();
  await lane.stop();
});

const REQUEST_ID = "the-same-for-both";

interface Heard {
  status: number;
  headers: Record<string, string>;
  text: string;
}

async function send(to: Latchkey, body: unknown, who: Who, headers: Record<string, string> = {}): Promise<Heard> {
  const answer = await fetch(to.graphqlUrl, {
    method: "POST",
    headers: {
      "content-type": "application/json",
      "x-request-id": REQUEST_ID,
      authorization: `Bearer ${credentials[who]}`,
      ...headers,
    },
    body: typeof body === "string" ? body : JSON.stringify(body),
  });
  const { date: _, ...rest } = Object.fromEntries(answer.headers);
  return { status: answer.status, headers: rest, text: await answer.text() };
}

async function laneAnswers(): Promise<number> {
  const text = await (
    await fetch(`${lane.url}/metrics`, { headers: { authorization: `Bearer ${credentials.A}` } })
  ).text();
  return Number(/^latchkey_lane_answers_total (\d+)/m.exec(text)?.[1] ?? NaN);
}

const DECISION = "allowed reason startsAt endsAt recheckAt asOf";
const ACCESS = `query Check($user: ID, $product: String!) { access(product: $product, user: $user) { ${DECISION} } }`;
const hashOf = (text: string) => createHash("sha256").update(text).digest("hex");

type Body = Record<string, unknown> | string;

// What the lane is there for: from the second time on it answers by itself.
const known: [string, Who, Body][] = [
  ["a check", "R", { query: ACCESS, variables: { user: "ada", product: "course" } }],
  ["a check by ids", "A", { query: ACCESS, variables: { user: "nobody", product: "course" } }],
  ["a check of nothing known", "R", { query: ACCESS, variables: { user: "x", product: "y" } }],
  ["a check without a user", "U", { query: ACCESS, variables: { product: "book" } }],
  ["a check with an absent user said", "P", { query: ACCESS, variables: { user: null, product: "open" } }],
  ["a user that is a number", "R", { query: ACCESS, variables: { user: 7, product: "course" } }],
  ["a draft, seen by the public", "P", { query: ACCESS, variables: { product: "draft" } }],
  ["a variable too many", "R", { query: ACCESS, variables: { user: "ada", product: "course", other: [1] } }],
  ["values in the document", "R", { query: `{ access(product: "course", user: "ada") { ${DECISION} } }` }],
  [
    "an extension that means nothing",
    "R",
    { query: '{ access(product: "all", user: "ada") { allowed } }', extensions: { a: 1 } },
  ],
  [
    "everything below a check",
    "R",
    {
      query: `query ($p: String!) { access(product: $p, user: "ada") { ${DECISION} __typename product { id key name tags metadata createdAt }
        via { key } grant { id status startsAt endsAt user { id externalId name } product { key } } } }`,
      variables: { p: "course" },
    },
  ],
  [
    "many",
    "R",
    {
      query: 'query ($p: [String!]!) { accessMany(user: "ada", products: $p) { allowed reason product { key } } }',
      variables: { p: ["course", "film", "draft", "none", "course"] },
    },
  ],
  [
    "one where a list is asked",
    "R",
    {
      query: 'query ($p: [String!]!) { accessMany(user: "ada", products: $p) { allowed } }',
      variables: { p: "course" },
    },
  ],
  ["an empty list", "R", { query: '{ accessMany(user: "ada", products: []) { allowed } }' }],
  ["a default", "R", { query: 'query ($p: String! = "course") { access(product: $p, user: "ada") { allowed } }' }],
  [
    "a default that is overridden",
    "R",
    {
      query: 'query ($p: String! = "film") { access(product: $p, user: "ada") { allowed } }',
      variables: { p: "course" },
    },
  ],
  [
    "aliases and merged fields",
    "R",
    {
      query: `{ b: access(product: "course", user: "ada") { why: reason } a: access(product: "film", user: "ada") { reason }
        b: access(product: "course", user: "ada") { allowed why: reason product { key } product { name } } }`,
    },
  ],
  [
    "fragments of fragments",
    "R",
    {
      query: `query { ...Root ... { viewer { role } } ... on Query { viewer { mode } } }
        fragment Root on Query { access(product: "course", user: "ada") { ...D ... on AccessDecision { endsAt } } }
        fragment D on AccessDecision { allowed product { ...P } } fragment P on Product { key }`,
    },
  ],
  ...[true, false].map((yes): [string, Who, Body] => [
    `conditions that are ${yes}`,
    "R",
    {
      query: `query ($yes: Boolean!, $no: Boolean = true) { access(product: "course", user: "ada") { allowed @include(if: $yes) reason @skip(if: $yes)
        endsAt @skip(if: $no) ... @include(if: $yes) { product { key } } } viewer @include(if: true) { role } }`,
      variables: { yes },
    },
  ]),
  ["a resource", "P", { query: '{ resourceAccess(resource: "post:1") { allowed reason } }' }],
  [
    "one that was never set",
    "U",
    { query: '{ resourceAccess(resource: "post:9") { allowed reason product { key } } }' },
  ],
  ...(["A", "R", "U", "P"] as const).map((who): [string, Who, Body] => [
    `the catalogue with decisions, as ${who}`,
    who,
    {
      query: `{ products(first: 10) { edges { cursor node { key } } totalCount pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
        nodes { id key name description tags metadata status createdAt includes { key includes { key } } access { ${DECISION} via { key } grant { id } } } } }`,
    },
  ]),
  [
    "the catalogue with somebody's decisions",
    "R",
    { query: '{ products { nodes { key access(user: "ada") { allowed reason } } } }' },
  ],
  ["and with nobody's", "R", { query: '{ products { nodes { key access(user: "nobody") { allowed reason } } } }' }],
  ["a product that is not there", "R", { query: '{ product(key: "none") { key } viewer { role mode } }' }],
  [
    "a hidden product",
    "U",
    { query: '{ product(key: "draft") { key } product2: product(key: "all") { includes { key } } }' },
  ],
  [
    "me",
    "U",
    {
      query:
        '{ me { id externalId email metadata access(product: "book") { allowed } products(first: 3) { nodes { product { key } access { allowed } } } } }',
    },
  ],
  ["nobody", "R", { query: "{ me { id } }" }],
  [
    "users",
    "R",
    {
      query:
        'query ($n: Int) { users(first: $n) { nodes { id name access(product: "course") { allowed } grants { nodes { id } } } } }',
      variables: { n: 5 },
    },
  ],
  [
    "the second of two operations",
    "R",
    { query: "query A { viewer { role } } query B { viewer { mode } }", operationName: "B" },
  ],
];

// Refused, malformed, failing or of another kind: the pipeline answers, whatever the lane has tried before.
const others: [string, Who, Body][] = [
  ["a variable that is missing", "R", { query: ACCESS, variables: { user: "ada" } }],
  ["no variables at all", "R", { query: ACCESS }],
  ["a variable of another type", "R", { query: ACCESS, variables: { user: "ada", product: 5 } }],
  ["a variable that is null", "R", { query: ACCESS, variables: { user: "ada", product: null } }],
  ["an object for a text", "R", { query: ACCESS, variables: { user: { a: 1 }, product: "course" } }],
  ["variables that are a list", "R", { query: ACCESS, variables: [] }],
  ["variables that are a text", "R", { query: ACCESS, variables: "{}" }],
  ["half of a character", "R", `{"query":${JSON.stringify(ACCESS)},"variables":{"user":"\\ud800","product":"course"}}`],
  [
    "half of a character where nothing is asked",
    "R",
    `{"query":${JSON.stringify(ACCESS)},"variables":{"product":"course","x":"\\udfff"}}`,
  ],
  ["a text that cannot be kept", "R", { query: ACCESS, variables: { user: "ada", product: "a\u0000" } }],
  ["somebody else's access", "U", { query: ACCESS, variables: { user: "bob", product: "course" } }],
  ["a user, asked by the public", "P", { query: ACCESS, variables: { user: "ada", product: "course" } }],
  ["a query of another role", "P", { query: "{ users { nodes { id } } }" }],
  [
    "one field that fails among others",
    "R",
    {
      query: '{ viewer { role } product(key: "a\\u0000") { key } access(product: "course", user: "ada") { allowed } }',
    },
  ],
  [
    "a failure below a list that may not be null",
    "U",
    { query: '{ products { nodes { key access(user: "bob") { allowed } } } }' },
  ],
  [
    "a failure that a nullable parent takes",
    "U",
    { query: '{ me { id products(first: 2, after: "x") { nodes { product { key } } } } viewer { role } }' },
  ],
  ["a page too long", "R", { query: "query ($n: Int) { users(first: $n) { nodes { id } } }", variables: { n: 500 } }],
  [
    "a list too long",
    "R",
    {
      query: 'query ($p: [String!]!) { accessMany(user: "ada", products: $p) { allowed } }',
      variables: { p: Array.from({ length: 201 }, () => "a") },
    },
  ],
  [
    "too costly with these variables",
    "A",
    {
      query:
        "query ($n: Int) { users(first: $n) { nodes { products(first: $n) { nodes { access { allowed reason product { key } } } } } } }",
      variables: { n: 200 },
    },
  ],
  ["an operation that is not there", "R", { query: "query A { viewer { role } }", operationName: "B" }],
  ["two operations and no name", "R", { query: "query A { viewer { role } } query B { viewer { mode } }" }],
  ["a field that is not there", "R", { query: "{ viewer { nothing } }" }],
  ["no query", "R", { query: "" }],
  ["a query that is a number", "R", { query: 5 }],
  ["a list of queries", "R", "[]"],
  ["the schema, asked by an administrator", "A", { query: "{ __schema { queryType { name } } viewer { role } }" }],
  ["the schema, asked by another", "R", { query: '{ __type(name: "Query") { name } }' }],
  [
    "a node of any kind",
    "R",
    {
      query: "query ($id: ID!) { node(id: $id) { id __typename ... on User { externalId } } }",
      variables: { id: "usr_none" },
    },
  ],
  ["a mutation", "R", { query: 'mutation { removeResource(key: "none") }' }],
  ["a hash that nobody knows", "R", { extensions: { persistedQuery: { version: 1, sha256Hash: hashOf("none") } } }],
  [
    "a hash of another text",
    "R",
    { query: ACCESS, extensions: { persistedQuery: { version: 1, sha256Hash: hashOf("none") } } },
  ],
  ["a hash of another version", "R", { extensions: { persistedQuery: { version: 2, sha256Hash: hashOf(ACCESS) } } }],
];

async function compare(body: Body, who: Who, headers: Record<string, string> = {}): Promise<number> {
  const before = await laneAnswers();
  const wanted = await send(pipeline, body, who, headers);
  for (let time = 0; time < 3; time++) expect(await send(lane, body, who, headers)).toEqual(wanted);
  return (await laneAnswers()) - before;
}

test.each(known)("the lane answers %s byte for byte like the pipeline", async (_, who, body) => {
  // The first time teaches it, unless an earlier line has done so for the same document.
  expect(await compare(body, who)).toBeGreaterThanOrEqual(2);
});

test.each(others)("%s is answered by the pipeline, to the byte", async (_, who, body) => {
  expect(await compare(body, who)).toBe(0);
});

describe("a document by its hash", () => {
  const query = "query ByHash($product: String!) { access(product: $product) { allowed reason } }";
  const extensions = { persistedQuery: { version: 1, sha256Hash: hashOf(query) } };
  const variables = { product: "course" };

  test("is unknown until it was sent with its text, then answered alike", async () => {
    expect(await compare({ extensions, variables }, "U")).toBe(0);
    await compare({ query, extensions, variables }, "U");
    expect(await compare({ extensions, variables }, "U")).toBe(3);
  });

  test("known to one role, it says nothing about another", async () => {
    // The pipeline looks at it for each role once.
    expect(await compare({ extensions, variables }, "P")).toBe(2);
  });
});

const accepted: [string, number][] = [
  ["*/*", 3],
  ["application/json", 3],
  ["application/graphql-response+json", 3],
  ["application/json, text/plain, */*", 3],
  ["application/graphql-response+json, application/json", 3],
  ["application/graphql-response+json,application/json;q=0.9", 3],
  [
    "application/graphql-response+json, application/graphql+json, application/json, text/event-stream, multipart/mixed",
    3,
  ],
  ["application/json;q=0.5, application/graphql-response+json", 0],
  ["text/html", 0],
  ["nonsense", 0],
];

test.each(accepted)("whoever accepts %s is told in the same media type", async (accept, answers) => {
  const body = { query: ACCESS, variables: { user: "ada", product: "course" } };
  await send(lane, body, "R");
  expect(await compare(body, "R", { accept })).toBe(answers);
});

test("a key that was revoked opens nothing on the lane either, and limits of requests count there too", async () => {
  const make = 'mutation { createApiKey(name: "short", role: READ) { secret apiKey { id } } }';
  const { secret, apiKey } = (await lane.get<{ createApiKey: { secret: string; apiKey: { id: string } } }>(make))
    .createApiKey;
  const ask = () => lane.ask(ACCESS, { user: "ada", product: "course" }, secret);
  for (let time = 0; time < 3; time++) expect((await ask()).status).toBe(200);
  await lane.get("mutation ($id: ID!) { revokeApiKey(id: $id) { id } }", { id: apiKey.id });
  expect((await ask()).status).toBe(401);
});

describe("checks that come together", () => {
  const ask = (product: string) => lane.ask(ACCESS, { user: "ada", product });

  test("read each its own answer", async () => {
    const products = Array.from({ length: 40 }, (_, index) => ["course", "book", "film", "none"][index % 4] ?? "");
    const answers = await Promise.all(products.map(ask));
    const allowed = answers.map(({ data }) => (data?.["access"] as { allowed: boolean } | undefined)?.allowed);
    expect(allowed).toEqual(products.map((product) => product === "course" || product === "book"));
  });

  test("do not fail with one that the database cannot read", async () => {
    const products = Array.from({ length: 20 }, (_, index) => (index === 7 ? "a\u0000" : "course"));
    const answers = await Promise.all(products.map(ask));
    const codes = answers.map(({ errors, data }) => errors?.[0]?.extensions.code ?? data?.["access"]);
    expect(codes.filter((code) => typeof code === "string")).toEqual(["INVALID_INPUT"]);
    expect(codes[7]).toBe("INVALID_INPUT");
  });

  test("see what was written before they were asked, however busy the others are", async () => {
    const busy = { still: true };
    const others = Array.from({ length: 8 }, async () => {
      while (busy.still) await ask("course");
    });
    const grant = (product: string) =>
      lane.get(
        'mutation ($product: String!) { grantAccess(input: { user: "ada", product: $product, note: "now" }) { id } }',
        { product },
      );
    for (let time = 0; time < 5; time++) {
      await grant("film");
      expect((await ask("film")).data).toMatchObject({ access: { allowed: true } });
      await lane.get('mutation { revokeAccess(input: { user: "ada", product: "film", note: "over" }) { id } }');
      expect((await ask("film")).data).toMatchObject({ access: { allowed: false, reason: "REVOKED" } });
    }
    busy.still = false;
    await Promise.all(others);
  });
});
