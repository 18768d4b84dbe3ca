import { Bug } from "../base/refusal";
import { demoGrants, demoProducts, type DemoGrant, demoResources, demoUsers } from "./demo-world";

export interface DemoTarget {
  /** The server's address, such as `http://127.0.0.1:4000`. */
  url: string;
  /** An administrator's key. */
  key: string;
  now: Date;
}

const SOURCE = "demo";
// What has been done before is done.
const DONE_BEFORE = new Set(["KEY_TAKEN", "EXTERNAL_ID_TAKEN", "EMAIL_TAKEN"]);

/**
 * Fills an empty server with a small shop, through its public API. The first product carries a mark until everything is
 * there: a start that died half-way is completed by the next one, and a shop that has products of its own is left alone.
 */
export async function seedDemo(target: DemoTarget): Promise<{ seeded: boolean }> {
  if (!(await isWanted(target))) return { seeded: false };
  for (const [index, product] of demoProducts.entries()) {
    const mark = index === 0 ? { metadata: { demo: "begun" } } : {};
    await run(target, CREATE_PRODUCT, { status: "LIVE", ...product, ...mark });
  }
  for (const user of demoUsers) await run(target, CREATE_USER, user);
  for (const grant of demoGrants(target.now)) await giveGrant(target, grant);
  for (const resource of demoResources) await run(target, SET_RESOURCE, resource);
  await run(target, UPDATE_PRODUCT, { product: demoProducts[0].key, metadata: { demo: "complete" } });
  return { seeded: true };
}

async function isWanted(target: DemoTarget): Promise<boolean> {
  const { data } = await ask(target, WANTED, { key: demoProducts[0].key });
  const { products, product } = data as {
    products: { nodes: unknown[] };
    product: { metadata: { demo?: string } } | null;
  };
  return products.nodes.length === 0 || product?.metadata.demo === "begun";
}

/** Asks first: granting again what was taken back would bring it to life. */
async function giveGrant(target: DemoTarget, { revoked, ...grant }: DemoGrant): Promise<void> {
  const named = { source: SOURCE, externalRef: `${grant.user}:${grant.product}` };
  const before = await findGrant(target, grant);
  if (!before) await run(target, GRANT_ACCESS, { ...grant, ...named });
  if (revoked && before?.status !== "ENDED") await run(target, REVOKE_ACCESS, { ...named, note: "It was a mistake" });
}

interface FoundGrant {
  status: string;
  product: { key: string };
}

async function findGrant(target: DemoTarget, { user, product }: DemoGrant): Promise<FoundGrant | undefined> {
  const { data } = await ask(target, GRANTS, { user });
  const found = data as { user: { grants: { nodes: FoundGrant[] } } | null } | null;
  return found?.user?.grants.nodes.find((grant) => grant.product.key === product);
}

async function run(target: DemoTarget, query: string, input: object): Promise<void> {
  const { errors = [] } = await ask(target, query, { input });
  const trouble = errors.find((error) => !DONE_BEFORE.has(error.extensions?.code ?? ""));
  if (trouble) throw new Bug(`the demo data were refused: ${trouble.message}`, { code: trouble.extensions?.code });
}

interface Answer {
  data?: unknown;
  errors?: { message: string; extensions?: { code?: string } }[];
}

async function ask(target: DemoTarget, query: string, variables: object): Promise<Answer> {
  const response = await fetch(new URL("/graphql", target.url), {
    method: "POST",
    headers: { "content-type": "application/json", authorization: `Bearer ${target.key}` },
    body: JSON.stringify({ query, variables }),
  });
  const answer = (await response.json()) as Answer;
  if (!answer.data && !answer.errors) throw new Bug("the server gave no answer", { status: response.status });
  return answer;
}

const WANTED = "query ($key: String!) { products(first: 1) { nodes { key } } product(key: $key) { metadata } }";
const CREATE_PRODUCT = "mutation ($input: CreateProductInput!) { createProduct(input: $input) { id } }";
const UPDATE_PRODUCT = "mutation ($input: UpdateProductInput!) { updateProduct(input: $input) { id } }";
const CREATE_USER = "mutation ($input: CreateUserInput!) { createUser(input: $input) { id } }";
const GRANTS = "query ($user: ID!) { user(id: $user) { grants { nodes { status product { key } } } } }";
const GRANT_ACCESS = "mutation ($input: GrantAccessInput!) { grantAccess(input: $input) { id } }";
const REVOKE_ACCESS = "mutation ($input: RevokeAccessInput!) { revokeAccess(input: $input) { id } }";
const SET_RESOURCE = "mutation ($input: SetResourceInput!) { setResource(input: $input) { id } }";
