import { createHash } from "node:crypto";
import { getIntrospectionQuery } from "graphql";
import { askGraphql, send } from "../kit/ask-graphql";
import { bearer, limits, type SmallServer, startSmallServer } from "../kit/start-small-server";

let server: SmallServer;
beforeAll(async () => (server = await startSmallServer()));
afterAll(() => server.stop());

const ask = (query: string, variables?: Record<string, unknown>, role = "READ") =>
  askGraphql(server.graphqlUrl, { query, ...(variables ? { variables } : {}) }, bearer(role));

const nested = (levels: number) => `{ items { nodes { ${"items(first: 1) { nodes { ".repeat(levels)} id `;
const closed = (open: string) => open + "}".repeat(open.split("{").length - 1);

describe("what is larger than a limit is refused before anything is executed", () => {
  test.each<[string, string, number, Record<string, unknown>?]>([
    ["tokens", `{ ${"hello ".repeat(1_100)} }`, limits.tokensMax],
    ["tokens", `{ hello ${"@skip(if: false) ".repeat(300)} }`, limits.tokensMax],
    ["depth", closed(nested(2)), limits.depthMax],
    [
      "depth",
      "{ ...a } fragment a on Query { items { ...b } } fragment b on ItemConnection { nodes { items(first: 1) { nodes { items(first: 1) { nodes { id } } } } } }",
      limits.depthMax,
    ],
    ["aliases", `{ ${Array.from({ length: 11 }, (_, i) => `a${i}: hello`).join(" ")} }`, limits.aliasesMax],
    ["cost", "{ items(first: 100) { nodes { items(first: 100) { nodes { id } } } } }", limits.costMax],
    [
      "cost",
      "query ($n: Int) { items(first: $n) { nodes { items(first: $n) { nodes { id } } } } }",
      limits.costMax,
      { n: 100 },
    ],
    ["cost", "{ items { nodes { items { nodes { id } } } } }", limits.costMax],
    [
      "cost",
      "query ($p: [String!]!) { many(products: $p) { items(first: 20) { nodes { id } } } }",
      limits.costMax,
      { p: Array.from({ length: 50 }, String) },
    ],
  ])("%s", async (...[limit, query, max, variables]) => {
    const { status, errors, data } = await ask(query, variables);
    expect(status).toBe(400);
    expect(data).toBeUndefined();
    expect(errors).toHaveLength(1);
    expect(errors?.[0]?.extensions).toMatchObject({
      code: "LIMIT_EXCEEDED",
      retryable: false,
      details: { limit, max },
    });
    expect(errors?.[0]?.extensions.details?.["actual"]).toBeGreaterThan(max);
  });
});

// Whoever counted them one by one would not come to an end.
test("fragments that multiply beyond counting are refused", async () => {
  const fragments = Array.from(
    { length: 40 },
    (_, i) => `fragment f${i} on Query { hello ...f${i + 1} ... on Query { ...f${i + 1} } }`,
  );
  const { errors } = await ask(`{ ...f0 } ${fragments.join(" ")} fragment f40 on Query { hello }`);
  expect(errors?.[0]?.extensions).toMatchObject({ code: "LIMIT_EXCEEDED", details: { limit: "cost" } });
});

test("the same document passes or not by the variables of each request", async () => {
  const query = "query ($n: Int) { items(first: $n) { nodes { items(first: $n) { nodes { id } } } } }";
  const codes = [];
  for (const n of [2, 100, 2, 100]) codes.push((await ask(query, { n })).errors?.[0]?.extensions.code);
  expect(codes).toEqual([undefined, "LIMIT_EXCEEDED", undefined, "LIMIT_EXCEEDED"]);
});

test("an argument that fails later does not hide the cost of the rest", async () => {
  const query = "query ($n: Int = 1) { required(n: $n) items(first: 200) { nodes { items { nodes { id } } } } }";
  const { data, errors } = await ask(query, { n: null });
  expect(data).toBeUndefined();
  expect(errors?.[0]?.extensions.code).toBe("INVALID_INPUT");
});

test("only administrators may ask about the schema, also with a document that an administrator sent before", async () => {
  const query = getIntrospectionQuery();
  const first = await ask(query, undefined, "READ");
  expect(first.status).toBe(403);
  expect(first.errors?.[0]?.extensions.code).toBe("FORBIDDEN");
  expect((await ask(query, undefined, "ADMIN")).data?.["__schema"]).toBeDefined();
  for (const role of ["READ", "WRITE", "PUBLISHABLE"]) {
    expect((await ask(query, undefined, role)).errors?.[0]?.extensions.code).toBe("FORBIDDEN");
  }
  const hidden = '{ ...a } fragment a on Query { ... { b: __type(name: "Item") { name } } }';
  expect((await ask(hidden)).errors?.[0]?.extensions.code).toBe("FORBIDDEN");
});

test("in local mode everybody may ask about the schema and is helped with suggestions", async () => {
  const local = await startSmallServer({ config: { localMode: true } });
  const asked = (query: string) => askGraphql(local.graphqlUrl, { query }, bearer("READ"));
  expect((await asked(getIntrospectionQuery())).data?.["__schema"]).toBeDefined();
  expect((await asked("{ helo }")).errors?.[0]?.message).toMatch(/Did you mean "hello"/);
  await local.stop();
});

describe("persisted queries", () => {
  const query = "query Persisted { hello }";
  const hashOf = (text: string) => createHash("sha256").update(text).digest("hex");
  const persisted = (hash: string) => ({ persistedQuery: { version: 1, sha256Hash: hash } });

  test("an unknown hash asks for the document, which then is known by its hash, by POST and by GET", async () => {
    const extensions = persisted(hashOf(query));
    const missed = await askGraphql(server.graphqlUrl, { extensions }, bearer("READ"));
    expect(missed.errors?.[0]).toMatchObject({
      message: "PersistedQueryNotFound",
      extensions: { code: "PERSISTED_QUERY_NOT_FOUND", retryable: true },
    });
    const registered = await askGraphql(server.graphqlUrl, { query, extensions }, bearer("READ"));
    expect(registered.data).toEqual({ hello: "hello world" });
    const hit = await askGraphql(server.graphqlUrl, { extensions }, bearer("READ"));
    expect(hit.data).toEqual({ hello: "hello world" });
    const search = new URLSearchParams({ extensions: JSON.stringify(extensions) }).toString();
    const got = await send(`${server.graphqlUrl}?${search}`, { headers: bearer("READ") });
    expect(got.data).toEqual({ hello: "hello world" });
  });

  test("a hash that is not the document's is refused", async () => {
    const extensions = persisted(hashOf("another"));
    const { status, errors } = await askGraphql(server.graphqlUrl, { query, extensions }, bearer("READ"));
    expect(status).toBe(400);
    expect(errors?.[0]?.extensions.code).toBe("INVALID_INPUT");
  });

  test("a document that was refused is not kept", async () => {
    const text = "{ items { nodes { items { nodes { id } } } } }";
    const extensions = persisted(hashOf(text));
    await askGraphql(server.graphqlUrl, { query: text, extensions }, bearer("READ"));
    const { errors } = await askGraphql(server.graphqlUrl, { extensions }, bearer("READ"));
    expect(errors?.[0]?.extensions.code).toBe("PERSISTED_QUERY_NOT_FOUND");
  });
});
