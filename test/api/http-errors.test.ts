import { askGraphql, send } from "../kit/ask-graphql";
import { SECRET_OF_BUG } from "../kit/small-schema";
import { bearer, type SmallServer, startSmallServer } from "../kit/start-small-server";
import { errorCodes } from "../../src/base/error-codes";

let server: SmallServer;
beforeAll(async () => (server = await startSmallServer()));
afterAll(() => server.stop());

const ask = (query: string, variables?: Record<string, unknown>, role = "READ") =>
  askGraphql(server.graphqlUrl, { query, ...(variables ? { variables } : {}) }, bearer(role));

test("a refusal keeps its code, its sentence, its field and its details", async () => {
  const { status, data, errors } = await ask("{ refused }");
  expect(status).toBe(200);
  expect(data).toEqual({ refused: null });
  expect(errors).toEqual([
    {
      message: "Another user has it.",
      path: ["refused"],
      locations: [{ line: 1, column: 3 }],
      extensions: { code: "EMAIL_TAKEN", retryable: false, field: "input.email", details: { of: "x" } },
    },
  ]);
});

test("what does not answer at the moment may be tried again", async () => {
  const { errors } = await ask("{ unavailable }");
  expect(errors?.[0]?.extensions).toEqual({ code: "UNAVAILABLE", retryable: true });
});

test("a mistake of ours tells its request id and nothing else, and the log has it without secrets", async () => {
  const { errors, headers, text } = await ask("{ broken }");
  const requestId = headers.get("x-request-id");
  expect(errors?.[0]?.extensions).toEqual({ code: "INTERNAL", retryable: false, details: { requestId } });
  expect(text).not.toMatch(/invariant|stack|small-schema/);
  const lines = server.logged.filter((line) => line.includes(requestId ?? "?") && line.includes('"level":"error"'));
  expect(lines).toHaveLength(1);
  expect(lines[0]).toMatch(/an invariant broke near \[redacted\].*stack/s);
  expect(server.logged.join("")).not.toContain(SECRET_OF_BUG);
});

test("a failure that reaches many rows is logged once", async () => {
  const before = server.logged.filter((line) => line.includes("the same batch")).length;
  const { errors } = await ask("{ sameBug { secretly } }");
  expect(errors).toHaveLength(3);
  expect(server.logged.filter((line) => line.includes("the same batch"))).toHaveLength(before + 1);
});

test("text that the database cannot hold is the caller's mistake", async () => {
  const { errors } = await ask('{ badText(text: "a") }');
  expect(errors?.[0]?.extensions.code).toBe("INVALID_INPUT");
});

describe("every mistake in a request is coded INVALID_INPUT, without stack, suggestion or name of a type", () => {
  test.each<[string, string, Record<string, unknown>?]>([
    ["syntax", "{ hello"],
    ["empty document", " "],
    ["only a comment", "# nothing"],
    ["unknown field", "{ helo }"],
    ["unknown field of a type", '{ item(id: "1") { nam } }'],
    ["unknown argument", "{ hello(nam: 1) }"],
    ["unknown fragment", "{ ...missing }"],
    ["fragment on an unknown type", "{ ... on Itm { id } }"],
    ["missing subselection", '{ item(id: "1") }'],
    ["subselection of a leaf", "{ hello { a } }"],
    ["fragments in a circle", "{ ...a } fragment a on Query { ...b } fragment b on Query { ...a }"],
    ["unused variable", "query ($x: Int) { hello }"],
    ["unknown type of a variable", "query ($x: RenameInpt) { hello }"],
    ["variable in the wrong place", "query ($x: Int) { hello(name: $x) }"],
    ["missing variable", "mutation ($i: RenameInput!) { rename(input: $i) { id } }"],
    ["wrong variable", "mutation ($i: RenameInput!) { rename(input: $i) { id } }", { i: { id: "1", nam: 2 } }],
    ["wrong literal", "{ required(n: 99999999999) }"],
    ["null variable for a default", "query ($n: Int = 1) { required(n: $n) }", { n: null }],
    ["two operations without a name", "query a { hello } query b { hello }"],
    ["type definitions", "type A { a: Int }"],
    ["unknown directive", "{ hello @nope }"],
    ["a subscription that the schema has not", "subscription { a }"],
  ])("%s", async (...[, query, variables]) => {
    const { status, errors, text } = await ask(query, variables);
    expect([200, 400]).toContain(status);
    expect(errors?.length).toBeGreaterThan(0);
    for (const error of errors ?? []) expect(error.extensions.code).toBe("INVALID_INPUT");
    expect(text).not.toMatch(/Did you mean|stack|"Item|RenameInput\b|node_modules|\.js:/);
  });
});

test("administrators are helped with suggestions and names of types", async () => {
  const { errors } = await ask('{ item(id: "1") { nam } }', undefined, "ADMIN");
  expect(errors?.[0]?.message).toMatch(/on type "Item". Did you mean "name"/);
});

test("the field at fault is named", async () => {
  const query = "mutation ($input: RenameInput!) { rename(input: $input) { id } }";
  const { errors } = await ask(query, { input: { id: "1", name: { first: 1 } } });
  expect(errors?.[0]?.extensions).toMatchObject({ code: "INVALID_INPUT", field: "input.name" });
});

test("a huge value is not sent back", async () => {
  const { text } = await ask("query ($n: Int!) { required(n: $n) }", { n: "x".repeat(10_000) });
  expect(text.length).toBeLessThan(1_000);
  expect(text).toMatch(/cannot represent non-integer value/);
});

describe("bodies that are no GraphQL request get a coded JSON error", () => {
  const json = { "content-type": "application/json" };
  test.each<[string, number, string, Record<string, string>, string | Uint8Array]>([
    ["broken JSON", 400, "INVALID_INPUT", json, "{"],
    ["no body", 400, "INVALID_INPUT", json, ""],
    ["a string", 400, "INVALID_INPUT", json, '"hello"'],
    ["null", 400, "INVALID_INPUT", json, "null"],
    ["a batch", 400, "INVALID_INPUT", json, '[{"query":"{ hello }"}]'],
    ["an empty object", 400, "INVALID_INPUT", json, "{}"],
    ["a query that is a number", 400, "INVALID_INPUT", json, '{"query":1}'],
    ["variables that are a list", 400, "INVALID_INPUT", json, '{"query":"{ hello }","variables":[]}'],
    ["extensions that are text", 400, "INVALID_INPUT", json, '{"query":"{ hello }","extensions":"a"}'],
    ["bytes that are no UTF-8", 400, "INVALID_INPUT", json, Buffer.from('{"query":"{ hello # \xff\\n}"}', "latin1")],
    ["another type", 415, "INVALID_INPUT", { "content-type": "text/plain" }, '{"query":"{ hello }"}'],
    ["a form", 415, "INVALID_INPUT", { "content-type": "application/x-www-form-urlencoded" }, "query={hello}"],
    ["another charset", 415, "INVALID_INPUT", { "content-type": "application/json; charset=utf-7" }, "{}"],
    ["an unknown compression", 415, "INVALID_INPUT", { ...json, "content-encoding": "zstd" }, "{}"],
    [
      "a compression with a name from nowhere",
      415,
      "INVALID_INPUT",
      { ...json, "content-encoding": "constructor" },
      "{}",
    ],
    ["a compression that it is not", 400, "INVALID_INPUT", { ...json, "content-encoding": "gzip" }, "{}"],
    ["deep brackets", 400, "LIMIT_EXCEEDED", json, `{"query":"{ hello }","variables":{"a":${"[".repeat(5_000)}`],
    ["a deep document", 400, "LIMIT_EXCEEDED", json, JSON.stringify({ query: "{hello".repeat(300) + "}".repeat(300) })],
    ["too many bytes", 413, "LIMIT_EXCEEDED", json, `{"query":"${"#".repeat(30_000)}"}`],
  ])("%s", async (_, status, code, headers, body) => {
    const answer = await send(server.graphqlUrl, { method: "POST", headers: { ...bearer("READ"), ...headers }, body });
    expect(answer.status).toBe(status);
    expect(answer.headers.get("content-type")).toMatch(/json/);
    expect(answer.errors?.map((error) => error.extensions.code)).toEqual([code]);
    expect(answer.text).not.toMatch(/stack|\.js:|<html/i);
  });
});

test("every code that was told is on the closed list", () => {
  const codes = server.logged.flatMap((line) => /"code":"([A-Z_]+)"/.exec(line)?.[1] ?? []);
  expect(codes.filter((code) => !(code in errorCodes))).toEqual([]);
});
