import { type DemoApi, ask, run } from "./ask-demo";
import { demoBuyer, demoGrants, demoProducts, type DemoGrant, demoResources, demoUsers } from "./demo-world";

export interface DemoTarget extends DemoApi {
  now: Date;
}

const SOURCE = "demo";

/**
 * Fills an empty server with a small shop, through its public API. The first product carries a mark until everything is
 * there: a start that died half-way is completed by the next one, and a shop that has products of its own is left alone.
 */
export async function seedDemo(target: DemoTarget): Promise<{ isDemo: boolean }> {
  const shop = await readShop(target);
  if (shop === "OWN") return { isDemo: false };
  // A shop that an older build has filled may lack the buyer.
  await run(target, CREATE_USER, demoBuyer);
  if (shop === "DEMO") return { isDemo: true };
  for (const [index, product] of demoProducts.entries()) {
    const mark = index === 0 ? { metadata: { demo: "begun" } } : {};
    await run(target, CREATE_PRODUCT, { status: "LIVE", ...product, ...mark });
  }
  for (const user of demoUsers) await run(target, CREATE_USER, user);
  for (const grant of demoGrants(target.now)) await giveGrant(target, grant);
  for (const resource of demoResources) await run(target, SET_RESOURCE, resource);
  await run(target, UPDATE_PRODUCT, { product: demoProducts[0].key, metadata: { demo: "complete" } });
  return { isDemo: true };
}

/** Whether the demo is there, has still to be filled in, or would be in the way of somebody's own products. */
async function readShop(target: DemoTarget): Promise<"DEMO" | "OWN" | "UNFINISHED"> {
  const { data } = await ask(target, WANTED, { key: demoProducts[0].key });
  const { products, product } = data as {
    products: { nodes: unknown[] };
    product: { metadata: { demo?: string } } | null;
  };
  if (products.nodes.length === 0 || product?.metadata.demo === "begun") return "UNFINISHED";
  return product?.metadata.demo === undefined ? "OWN" : "DEMO";
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

const WANTED = "query ($key: String!) { products(first: 1) { nodes { key } } product(key: $key) { metadata } }";
const CREATE_PRODUCT = "mutation ($input: CreateProductInput!) { createProduct(input: $input) { id } }";
const UPDATE_PRODUCT = "mutation ($input: UpdateProductInput!) { updateProduct(input: $input) { id } }";
const CREATE_USER = "mutation ($input: CreateUserInput!) { createUser(input: $input) { id } }";
const GRANTS = "query ($user: ID!) { user(id: $user) { grants { nodes { status product { key } } } } }";
const GRANT_ACCESS = "mutation ($input: GrantAccessInput!) { grantAccess(input: $input) { id } }";
const REVOKE_ACCESS = "mutation ($input: RevokeAccessInput!) { revokeAccess(input: $input) { id } }";
const SET_RESOURCE = "mutation ($input: SetResourceInput!) { setResource(input: $input) { id } }";
