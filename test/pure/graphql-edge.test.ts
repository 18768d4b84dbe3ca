import { Kind, buildSchema, parse } from "graphql";
import { hideSchemaDetails } from "../../src/graphql/hide-schema-details";
import { keepRecent } from "../../src/graphql/keep-recent";
import { measureCost } from "../../src/graphql/measure-cost";
import { measureDocument } from "../../src/graphql/measure-document";
import { shortenMessage } from "../../src/graphql/shorten-message";

function read(text: string) {
  const document = parse(text);
  const operation = document.definitions.find((node) => node.kind === Kind.OPERATION_DEFINITION);
  if (!operation) throw new Error("no operation");
  return { document, operation };
}

describe("a document is measured", () => {
  const measure = (text: string) => {
    const { document, operation } = read(text);
    return measureDocument(document, operation);
  };

  test.each<[string, number]>([
    ["{ a }", 1],
    ["{ a { b { c } } }", 3],
    ["{ ...f } fragment f on Query { a { ...g } } fragment g on A { b }", 2],
    ["{ ... { a { ... on A { b } } } }", 2],
    ["{ a { __typename } }", 1],
    ["{ __schema { types { fields { type { ofType { ofType { name } } } } } } a }", 1],
  ])("%s is %d levels deep", (text, depth) => expect(measure(text).depth).toBe(depth));

  test("aliases count wherever they stand, and root fields by their names", () => {
    const measured = measure("{ x: a y: a ...f } fragment f on Query { z: b { c: d } a }");
    expect(measured.aliases).toBe(4);
    expect(measured.rootFields).toEqual(["a", "b"]);
  });

  test("questions about the schema are found in fragments and under aliases", () => {
    expect(measure('{ ...f } fragment f on Query { x: __type(name: "A") { name } }').introspects).toBe(true);
    expect(measure("{ a { __typename } }").introspects).toBe(false);
  });
});

describe("cost", () => {
  const schema = buildSchema(`
    type Query {
      products(first: Int, last: Int): ProductConnection! product: Product
      accessMany(products: [String!]!): [Product!]!
    }
    type ProductConnection { nodes: [Product!]! totalCount: Int }
    type Product { key: String products(first: Int): ProductConnection! }
  `);
  const cost = (text: string, variables = {}) => measureCost({ schema, weights: new Map(), ...read(text), variables });

  test.each<[string, number | null, Record<string, unknown>]>([
    ["{ product { key } }", 2, {}],
    ["{ products { nodes { key } } }", 1 + 50 * 2, {}],
    ["{ products(first: 10) { nodes { key } } }", 1 + 10 * 2, {}],
    ["{ products(last: 10) { nodes { key } } }", 1 + 10 * 2, {}],
    ["{ products(first: 10) { nodes { products(first: 5) { nodes { key } } } } }", 1 + 10 * (1 + 1 + 5 * 2), {}],
    ["query ($n: Int) { products(first: $n) { totalCount } }", 1 + 7, { n: 7 }],
    ["query ($n: Int = 3) { products(first: $n) { totalCount } }", 1 + 3, {}],
    ['{ accessMany(products: ["a", "b"]) { key } }', 1 + 2, {}],
    ["query ($p: [String!]!) { accessMany(products: $p) { key } }", 1 + 3, { p: ["a", "b", "c"] }],
    ["query ($yes: Boolean!) { products @include(if: $yes) { totalCount } }", 0, { yes: false }],
    ["{ products(first: -1000) { nodes { key } } }", 1 + 2, {}],
    ["{ products(first: 1000000) { nodes { key } } }", 1 + 200 * 2, {}],
    ["query ($n: Int) { products(first: $n) { totalCount } }", null, { n: "many" }],
  ])("%s costs %d", (text, expected, variables) => expect(cost(text, variables)).toBe(expected));

  test("only the named operation is counted", () => {
    expect(cost("query a { product { key } } query b { products { nodes { key } } }")).toBe(2);
  });
});

describe("details of the schema are hidden", () => {
  const isTypeName = (name: string) => ["User", "CreateUserInput", "Int"].includes(name);
  test.each([
    [
      'Cannot query field "nam" on type "User". Did you mean "name" or "names"?',
      'Cannot query field "nam" on type "[hidden]".',
    ],
    [
      'Field "CreateUserInput.key" of required type "Int!" was not provided.',
      'Field "key" of required type "Int!" was not provided.',
    ],
    ['expected type "[User!]!"', 'expected type "[[hidden]!]!"'],
    ['Unknown type "Usr". Did you mean "User"?', 'Unknown type "Usr".'],
    ['got invalid value "user@example.com"', 'got invalid value "user@example.com"'],
  ])("%s", (message, hidden) => expect(hideSchemaDetails(message, isTypeName)).toBe(hidden));

  // Work that grows with the square of the length would not end here.
  test("in steps that grow with the length alone, whatever a caller writes into a value", () => {
    expect(hideSchemaDetails("Did you mean ".repeat(100_000), isTypeName)).not.toBe("");
    expect(hideSchemaDetails('"[['.repeat(300_000), isTypeName)).not.toBe("");
    expect(shortenMessage('"\\'.repeat(300_000)).length).toBeLessThan(10_000);
  });
});

describe("a memory of what was asked for lately", () => {
  const open = () => keepRecent<string>({ entriesMax: 3, sizeMax: 10, sizeOf: (text) => text.length });

  test("forgets what was not asked for the longest", async () => {
    const store = open();
    for (const key of ["a", "b", "c"]) store.set(key, key);
    store.get("a");
    store.set("d", "d");
    expect(["a", "b", "c", "d"].map((key) => store.get(key))).toEqual(["a", undefined, "c", "d"]);
  });

  test("holds no more than its size, and nothing that is larger alone", async () => {
    const store = open();
    store.set("a", "123456");
    store.set("b", "123456");
    expect([store.get("a"), store.get("b")]).toEqual([undefined, "123456"]);
    store.set("b", "12345678901");
    expect(store.get("b")).toBeUndefined();
    store.set("c", "1234567890");
    expect(store.get("c")).toBe("1234567890");
  });
});
