import type {
  AccessDecision,
  Activity,
  ActivityFilter,
  ApiKey,
  CreateProductInput,
  CreateUserInput,
  Grant,
  GrantAccessInput,
  Product,
  RecordActivityInput,
  Resource,
  RevokeAccessInput,
  Role,
  SetResourceInput,
  UpdateProductInput,
  UpdateUserInput,
  User,
} from "../generated/operations";
import type { TestError } from "./ask-graphql";
import type { Latchkey } from "./start-latchkey";

const userFields = "id externalId email emailVerified name metadata createdAt lastSeenAt";
const productFields =
  "id key name description teaser imageUrl status accessMode purchaseMethod salesPageUrl externalUrl showWhenLocked tags remindDaysBefore metadata includes { key }";
const grantFields =
  "id source status reason startsAt endsAt quantity note grantedBy createdAt user { id } product { key }";
const decisionFields =
  "allowed reason startsAt endsAt recheckAt asOf product { key } via { key } grant { id note grantedBy }";
const activityFields =
  "id type customType at recordedAt actor origin originKind message data user { id externalId } product { key }";
const resourceFields = "id key tags products { key } effectiveProducts { key }";
const keyFields = "id name role mode prefix createdAt lastUsedAt revokedAt expiresAt";

export const documents = {
  createUser: `mutation ($input: CreateUserInput!) { answer: createUser(input: $input) { ${userFields} } }`,
  updateUser: `mutation ($input: UpdateUserInput!) { answer: updateUser(input: $input) { ${userFields} } }`,
  deleteUser: `mutation ($user: ID!) { answer: deleteUser(user: $user) }`,
  user: `query ($id: ID!) { answer: user(id: $id) { ${userFields} } }`,
  createProduct: `mutation ($input: CreateProductInput!) { answer: createProduct(input: $input) { ${productFields} } }`,
  updateProduct: `mutation ($input: UpdateProductInput!) { answer: updateProduct(input: $input) { ${productFields} } }`,
  product: `query ($key: String!) { answer: product(key: $key) { ${productFields} } }`,
  setResource: `mutation ($input: SetResourceInput!) { answer: setResource(input: $input) { ${resourceFields} } }`,
  setResourceTag: `mutation ($input: SetResourceTagInput!) { answer: setResourceTag(input: $input) }`,
  removeResource: `mutation ($key: String!) { answer: removeResource(key: $key) }`,
  resource: `query ($key: String!) { answer: resource(key: $key) { ${resourceFields} } }`,
  resourceAccess: `query ($resource: String!, $user: ID) {
    answer: resourceAccess(resource: $resource, user: $user) { ${decisionFields} } }`,
  grantAccess: `mutation ($input: GrantAccessInput!) { answer: grantAccess(input: $input) { ${grantFields} } }`,
  revokeAccess: `mutation ($input: RevokeAccessInput!) { answer: revokeAccess(input: $input) { ${grantFields} } }`,
  access: `query ($product: String!, $user: ID, $at: DateTime) {
    answer: access(product: $product, user: $user, at: $at) { ${decisionFields} } }`,
  accessMany: `query ($products: [String!]!, $user: ID) {
    answer: accessMany(products: $products, user: $user) { allowed reason product { key } } }`,
  grants: `query ($user: ID!, $active: Boolean) {
    answer: user(id: $user) { grants(active: $active) { nodes { ${grantFields} } totalCount } } }`,
  activities: `query ($filter: ActivityFilter, $first: Int) {
    answer: activities(filter: $filter, first: $first) { nodes { ${activityFields} } totalCount } }`,
  recordActivity: `mutation ($input: RecordActivityInput!) {
    answer: recordActivity(input: $input) { ${activityFields} } }`,
  createApiKey: `mutation ($name: String!, $role: Role!, $expiresAt: DateTime) {
    answer: createApiKey(name: $name, role: $role, expiresAt: $expiresAt) { secret apiKey { ${keyFields} } } }`,
  revokeApiKey: `mutation ($id: ID!) { answer: revokeApiKey(id: $id) { ${keyFields} } }`,
  apiKeys: `{ answer: apiKeys { ${keyFields} } }`,
  viewer: `{ answer: viewer { role mode user { ${userFields} } } }`,
} as const;

type Name = keyof typeof documents;
type Answer<Value> = { answer: Value };
/** What a test says; what it leaves out is filled in. */
type Some<Input, Given extends keyof Input> = Pick<Input, Given> & Partial<Input>;

/** The operations that callers know, by their names. Without a credential an administrator's test key asks. */
export interface Operations {
  createUser(input?: CreateUserInput, credential?: string): Promise<User>;
  updateUser(input: UpdateUserInput, credential?: string): Promise<User>;
  deleteUser(user: string, credential?: string): Promise<string>;
  user(id: string, credential?: string): Promise<User | null>;
  createProduct(input?: Partial<CreateProductInput>, credential?: string): Promise<Product>;
  updateProduct(input: UpdateProductInput, credential?: string): Promise<Product>;
  product(key: string, credential?: string): Promise<Product | null>;
  setResource(input: SetResourceInput): Promise<Resource>;
  setResourceTag(tag: string, products: string[]): Promise<boolean>;
  removeResource(key: string): Promise<boolean>;
  resource(key: string): Promise<Resource | null>;
  resourceAccess(resource: string, user?: string | null, credential?: string): Promise<AccessDecision>;
  grantAccess(input: Some<GrantAccessInput, "user" | "product">, credential?: string): Promise<Grant>;
  revokeAccess(input: Partial<RevokeAccessInput>, credential?: string): Promise<Grant[]>;
  access(product: string, user?: string | null, credential?: string): Promise<AccessDecision>;
  accessAt(product: string, user: string, at: Date | string): Promise<AccessDecision>;
  grants(user: string, active?: boolean | null, credential?: string): Promise<Grant[]>;
  activities(filter?: ActivityFilter, credential?: string): Promise<Activity[]>;
  recordActivity(input: RecordActivityInput, credential?: string): Promise<Activity>;
  createApiKey(role: Role, expiresAt?: Date | null, credential?: string): Promise<{ secret: string; apiKey: ApiKey }>;
  revokeApiKey(id: string, credential?: string): Promise<ApiKey>;
  apiKeys(credential?: string): Promise<ApiKey[]>;
  viewer(credential: string): Promise<{ role: Role; mode: string; user: User | null }>;
  /** Any of the operations, refused. */
  refused(name: Name, variables?: Record<string, unknown>, credential?: string): Promise<TestError>;
}

let products = 0;

export function operationsOf(latchkey: Latchkey): Operations {
  const run = async <Value>(name: Name, variables: Record<string, unknown> = {}, credential?: string) =>
    (await latchkey.get<Answer<Value>>(documents[name], variables, credential)).answer;
  return {
    createUser: (input = {}, credential) => run("createUser", { input }, credential),
    updateUser: (input, credential) => run("updateUser", { input }, credential),
    deleteUser: (user, credential) => run("deleteUser", { user }, credential),
    user: (id, credential) => run("user", { id }, credential),
    createProduct: (input = {}, credential) => {
      const key = `product-${++products}`;
      return run("createProduct", { input: { key, name: input.key ?? key, ...input } }, credential);
    },
    updateProduct: (input, credential) => run("updateProduct", { input }, credential),
    product: (key, credential) => run("product", { key }, credential),
    setResource: (input) => run("setResource", { input }),
    setResourceTag: (tag, products) => run("setResourceTag", { input: { tag, products } }),
    removeResource: (key) => run("removeResource", { key }),
    resource: (key) => run("resource", { key }),
    resourceAccess: (resource, user, credential) => run("resourceAccess", { resource, user }, credential),
    grantAccess: (input, credential) => run("grantAccess", { input: { note: "a test", ...input } }, credential),
    revokeAccess: (input, credential) => run("revokeAccess", { input: { note: "a test", ...input } }, credential),
    access: (product, user, credential) => run("access", { product, user }, credential),
    accessAt: (product, user, at) => run("access", { product, user, at }),
    grants: async (user, active, credential) =>
      (await run<{ grants: { nodes: Grant[] } }>("grants", { user, active }, credential)).grants.nodes,
    activities: async (filter = {}, credential) =>
      (await run<{ nodes: Activity[] }>("activities", { filter, first: 200 }, credential)).nodes,
    recordActivity: (input, credential) => run("recordActivity", { input }, credential),
    createApiKey: (role, expiresAt, credential) =>
      run("createApiKey", { name: `a ${role} key`, role, expiresAt }, credential),
    revokeApiKey: (id, credential) => run("revokeApiKey", { id }, credential),
    apiKeys: (credential) => run("apiKeys", {}, credential),
    viewer: (credential) => run("viewer", {}, credential),
    refused: (name, variables, credential) => latchkey.refused(documents[name], variables, credential),
  };
}

/** Does the same thing many times at once. */
export function atOnce<Result>(times: number, work: (index: number) => Promise<Result>): Promise<Result[]> {
  return Promise.all(Array.from({ length: times }, (_, index) => work(index)));
}

/** The keys of some products, for comparing. */
export function keysOf(products: readonly { key: string }[]): string[] {
  return products.map((product) => product.key);
}

/** Every row of every table as text: what is not in here is not in the database. */
export async function dumpRows(latchkey: Latchkey): Promise<string> {
  const tables = await latchkey.server.deps.db.rows<{ name: string }>(
    "select quote_ident(table_name) as name from information_schema.tables where table_schema = 'public' order by 1",
  );
  const dumps = tables.map(async ({ name }) => {
    const rows = await latchkey.server.deps.db.rows<{ row: string }>(`select t::text as row from ${name} t`);
    return rows.map(({ row }) => `${name} ${row}`);
  });
  return (await Promise.all(dumps)).flat().join("\n");
}

export { until } from "./until";
