import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import {
  type GraphQLField,
  type GraphQLNamedType,
  type GraphQLObjectType,
  getNamedType,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isListType,
  isNonNullType,
  isObjectType,
  lexicographicSortSchema,
  printSchema,
} from "graphql";
import { fieldWeights } from "../../src/app/field-weights";
import { buildLatchkeySchema } from "../../src/app/schema";
import { errorCodes } from "../../src/base/error-codes";
import { root } from "../kit/read-sources";

const schema = buildLatchkeySchema();
const types = Object.values(schema.getTypeMap()).filter((type) => !type.name.startsWith("__"));
const builtIn = new Set(["String", "Int", "Float", "Boolean", "ID"]);
// What these two are for, everybody knows.
const roots = new Set(["Query", "Mutation", "Subscription"]);
const ours = types.filter((type) => !builtIn.has(type.name));
const outputs = types.filter((type) => isObjectType(type) || isInterfaceType(type));
const fields = outputs.flatMap((type) => Object.values(type.getFields()).map((field) => [type, field] as const));

const SENTENCE = /^[A-Z"'`].*[.!?]["'`)]?$/s;

/** Every name that callers can meet, with what is said about it. */
function* described(): Iterable<[string, string | null | undefined]> {
  for (const type of ours.filter((type) => !roots.has(type.name))) yield [type.name, type.description];
  for (const [type, field] of fields) {
    yield [`${type.name}.${field.name}`, field.description];
    for (const argument of field.args) yield [`${type.name}.${field.name}(${argument.name})`, argument.description];
  }
  for (const type of types.filter(isInputObjectType)) {
    for (const field of Object.values(type.getFields())) yield [`${type.name}.${field.name}`, field.description];
  }
  for (const type of types.filter(isEnumType)) {
    for (const value of type.getValues()) yield [`${type.name}.${value.name}`, value.description];
  }
}

test("every type, field, argument, input field and enum value is described by a sentence", () => {
  const all = [...described()];
  expect(all.length).toBeGreaterThan(300);
  expect(all.filter(([, text]) => !text || !SENTENCE.test(text)).map(([name]) => name)).toEqual([]);
});

test("every root field and every list has a weight, and no weight is of a field that is gone", () => {
  const wanted = fields
    .filter(([type, field]) => roots.has(type.name) || isPage(field))
    .map(([type, field]) => `${type.name}.${field.name}`);
  expect([...fieldWeights.keys()].sort()).toEqual(wanted.sort());
});

/** Lists are types such as `UserConnection`; a `StripeConnection` is an account. */
function isPage(field: GraphQLField<unknown, unknown>): boolean {
  const { name } = getNamedType(field.type);
  return name.endsWith("Connection") && name !== "StripeConnection";
}

test("the committed schema is the one that is served", () => {
  expect(readFileSync(path.join(root, "schema.graphql"), "utf8")).toBe(
    `${printSchema(lexicographicSortSchema(schema))}\n`,
  );
});

test("the codes of errors are the closed list", () => {
  const type = schema.getType("ErrorCode");
  expect(isEnumType(type) && type.getValues().map((value) => value.name)).toEqual(Object.keys(errorCodes));
});

describe("lists", () => {
  const isConnection = (type: GraphQLNamedType): type is GraphQLObjectType =>
    isObjectType(type) && type.name.endsWith("Connection") && type.name !== "StripeConnection";
  const connections = types.filter(isConnection);
  const typesOf = (type: GraphQLObjectType) =>
    Object.fromEntries(Object.values(type.getFields()).map((field) => [field.name, String(field.type)]));

  test.each(connections.map((type) => [type.name, type] as const))("%s has the shape of Relay", (name, type) => {
    const node = name.replace(/Connection$/, "");
    expect(typesOf(type)).toMatchObject({
      edges: `[${node}Edge!]!`,
      nodes: `[${node}!]!`,
      pageInfo: "PageInfo!",
      totalCount: "Int!",
    });
    const edge = schema.getType(`${node}Edge`);
    expect(isObjectType(edge) && typesOf(edge)).toMatchObject({ cursor: "String!", node: `${node}!` });
  });

  // Stripe's own lists are read from their beginning.
  const forwardOnly = ["Query.stripeProducts"];
  const paged = fields.filter(([, field]) => isConnection(getNamedType(field.type)));
  test.each(paged.map(([type, field]) => [`${type.name}.${field.name}`, field] as const))(
    "%s is asked for page by page",
    (name, field: GraphQLField<unknown, unknown>) => {
      expect(String(field.type)).toMatch(/!$/);
      const args = Object.fromEntries(field.args.map((argument) => [argument.name, String(argument.type)]));
      const backwards = forwardOnly.includes(name) ? {} : { last: "Int", before: "String" };
      expect(args).toMatchObject({ first: "Int", after: "String", ...backwards });
    },
  );

  // Short by their nature, or as long as what the caller named.
  const short = [
    "AccessDecision.purchaseOptions",
    "AccessExplanation.grants",
    "AccessExplanation.steps",
    "AccessPreview.sample",
    "DeleteUsersPayload.notFound",
    "DeleteUsersPayload.users",
    "LinkCustomerPayload.gained",
    "LinkCustomerPayload.keptByOthers",
    "LinkCustomerPayload.lost",
    "Mutation.revokeAccess",
    "Product.includes",
    "Product.links",
    "Product.purchaseOptions",
    "Product.remindDaysBefore",
    "Product.tags",
    "Query.accessMany",
    "Query.apiKeys",
    "Query.nodes",
    "Query.stripeConnections",
    "Resource.effectiveProducts",
    "Resource.products",
    "Resource.tags",
    "SetupStatus.steps",
    "StripeProduct.prices",
    "StripeProductLink.offeredPriceIds",
    "StripeProductLink.priceIds",
    "UnclaimedPurchase.products",
    "User.stripeCustomers",
    "WebhookHealth.missingEventTypes",
  ];
  test("that are not pages are short by their nature, and stand here", () => {
    const plain = fields.filter(([type, field]) => {
      const inner = isNonNullType(field.type) ? field.type.ofType : field.type;
      return isListType(inner) && !/(Connection|Edge)$/.test(type.name);
    });
    expect(plain.map(([type, field]) => `${type.name}.${field.name}`).sort()).toEqual(short);
  });
});

test("whatever has an id can be asked for by it, as a Node", () => {
  // Those with an id of Stripe's are asked for through the account in which they are.
  const withId = types.filter(isObjectType).filter((type) => type.getFields()["id"]);
  const named = (list: readonly GraphQLNamedType[]) => list.map((type) => type.name);
  const foreign = ["CheckoutSession", "StripePrice", "StripeProduct"];
  expect(named(withId.filter((type) => !named(type.getInterfaces()).includes("Node"))).sort()).toEqual(foreign);
  expect(String(schema.getQueryType()?.getFields()["node"]?.type)).toBe("Node");
});

// What a page that is built with Relay would say: one list in the middle of an object, one at the top.
const page = `
import { graphql } from "relay-runtime";
export const grants = graphql\`
  fragment page_grants on User
    @argumentDefinitions(first: { type: "Int", defaultValue: 10 }, after: { type: "String" })
    @refetchable(queryName: "pageGrantsQuery") {
    grants(first: $first, after: $after) @connection(key: "page_grants") {
      edges { node { id status product { name } } }
    }
  }\`;
export const users = graphql\`
  fragment page_users on Query
    @argumentDefinitions(first: { type: "Int", defaultValue: 10 }, after: { type: "String" }, search: { type: "String" })
    @refetchable(queryName: "pageUsersQuery") {
    users(first: $first, after: $after, filter: { search: $search }) @connection(key: "page_users") {
      edges { node { id ...page_grants } }
    }
  }\`;
export const page = graphql\`query pageQuery { ...page_users }\`;
`;

describe("Relay's compiler", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(path.join(os.tmpdir(), "latchkey-relay-"));
    mkdirSync(path.join(folder, "src"));
    const config = { src: "./src", schema: "./schema.graphql", language: "typescript", eagerEsModules: false };
    writeFileSync(path.join(folder, "relay.config.json"), JSON.stringify(config));
    writeFileSync(path.join(folder, "schema.graphql"), printSchema(schema));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  async function compile(text: string): Promise<string> {
    writeFileSync(path.join(folder, "src", "page.ts"), text);
    const cli = path.join(root, "node_modules", "relay-compiler", "cli.js");
    const options = { cwd: folder, env: { PATH: process.env["PATH"] }, timeout: 25_000 };
    const { stdout, stderr } = await promisify(execFile)(process.execPath, [cli, "relay.config.json"], options);
    return stdout + stderr;
  }

  test("takes the schema, with lists that can be fetched again and paged", async () => {
    await compile(page);
    const made = (name: string) =>
      readFileSync(path.join(folder, "src", "__generated__", `${name}.graphql.ts`), "utf8");
    expect(made("pageGrantsQuery")).toContain("node(");
    expect(made("page_users")).toContain("pageUsersQuery");
  });

  test("would notice a list that is none", async () => {
    await expect(compile(page.replace("users(first", "apiKeys(first"))).rejects.toThrow("Command failed");
  });
});
