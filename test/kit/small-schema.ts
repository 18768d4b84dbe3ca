import { type GraphQLFieldResolver, type GraphQLSchema, buildSchema } from "graphql";
import { Bug, Refusal, Unavailable } from "../../src/base/refusal";

/** A schema with one field of each kind that the edge has to cope with, and nothing of the product. */
const SDL = `
  type Query {
    hello(name: String): String!
    item(id: ID!): Item
    items(first: Int, last: Int): ItemConnection!
    many(products: [String!]!): [Item!]!
    slow: String!
    refused: String
    unavailable: String
    broken: String
    sameBug: [Item!]!
    badText(text: String!): String
    required(n: Int!): Int!
  }
  type Mutation { rename(input: RenameInput!): Item! }
  input RenameInput { id: ID! name: String! }
  type Item { id: ID! name: String! secretly: String items(first: Int): ItemConnection! }
  type ItemConnection { edges: [ItemEdge!]! nodes: [Item!]! totalCount: Int! }
  type ItemEdge { cursor: String! node: Item! }
`;

export const SECRET_OF_BUG = "sk_test_abcdefghijk";

export interface SmallSchema {
  schema: GraphQLSchema;
  /** Lets everybody who waits in the slow field go on. */
  release(): void;
  /** Resolves when somebody has begun to wait there. */
  waiting(): Promise<void>;
}

type Resolvers = Record<string, GraphQLFieldResolver<unknown, unknown>>;

export function makeSmallSchema(): SmallSchema {
  const schema = buildSchema(SDL);
  const gate = makeGate();
  const failure = new Error(`the same batch, with ${SECRET_OF_BUG}`);
  const item = { id: "1", name: "one" };
  const connection = { edges: [{ cursor: "a", node: item }], nodes: [item], totalCount: 1 };
  const query: Resolvers = {
    hello: (_, { name }) => `hello ${String(name ?? "world")}`,
    item: () => item,
    items: () => connection,
    many: (_, { products }: { products: string[] }) => products.map((id) => ({ id, name: id })),
    slow: () => gate.wait().then(() => "at last"),
    refused: () => {
      throw new Refusal("EMAIL_TAKEN", { say: "Another user has it.", field: "input.email", details: { of: "x" } });
    },
    unavailable: () => {
      throw new Unavailable({ say: "The database does not answer at the moment." });
    },
    broken: () => {
      throw new Bug(`an invariant broke near ${SECRET_OF_BUG}`);
    },
    sameBug: () => [item, item, item],
    badText: () => {
      throw Object.assign(new Error("invalid byte sequence"), { driverError: { code: "22021" } });
    },
  };
  resolveWith(schema, "Query", query);
  resolveWith(schema, "Mutation", { rename: () => item });
  resolveWith(schema, "Item", {
    secretly: () => {
      throw failure;
    },
    items: () => connection,
  });
  return { schema, release: gate.open, waiting: gate.someoneWaits };
}

function resolveWith(schema: GraphQLSchema, typeName: string, resolvers: Resolvers): void {
  const type = schema.getType(typeName);
  if (!type || !("getFields" in type)) throw new Error(`no type ${typeName}`);
  for (const [name, resolve] of Object.entries(resolvers)) Object.assign(type.getFields()[name] ?? {}, { resolve });
}

function makeGate() {
  let open: () => void = () => undefined;
  const opened = new Promise<void>((resolve) => (open = resolve));
  let come: () => void = () => undefined;
  const someoneCame = new Promise<void>((resolve) => (come = resolve));
  const wait = (): Promise<void> => {
    come();
    return opened;
  };
  return { wait, open, someoneWaits: () => someoneCame };
}
