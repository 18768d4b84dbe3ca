import { operationsOf } from "../kit/operations";
import { type Latchkey, startLatchkey } from "../kit/start-latchkey";

let latchkey: Latchkey;
let ops: ReturnType<typeof operationsOf>;
let ada: string;
let token: string;
let publishable: string;
let read: string;

beforeAll(async () => {
  latchkey = await startLatchkey();
  ops = operationsOf(latchkey);
  ada = (await ops.createUser({ externalId: "ada" })).id;
  token = await latchkey.tokenOf(ada);
  publishable = await latchkey.key("PUBLISHABLE");
  read = await latchkey.key("READ");
  const sold = { purchaseMethod: "EXTERNAL_URL", externalUrl: "https://elsewhere.example/buy" } as const;
  await ops.createProduct({ key: "shown", ...sold });
  await ops.createProduct({ key: "hidden", showWhenLocked: false, ...sold });
  await ops.createProduct({ key: "hidden-held", showWhenLocked: false });
  await ops.createProduct({ key: "hidden-in-bundle", showWhenLocked: false });
  await ops.createProduct({ key: "bundle", includes: ["hidden-in-bundle"] });
  await ops.createProduct({ key: "hidden-public", showWhenLocked: false, accessMode: "PUBLIC" });
  await ops.createProduct({ key: "hidden-members", showWhenLocked: false, accessMode: "AUTHENTICATED" });
  await ops.createProduct({ key: "draft", status: "DRAFT" });
  await ops.grantAccess({ user: ada, product: "hidden-held", note: "hers" });
  await ops.grantAccess({ user: ada, product: "bundle", note: "hers" });
});
afterAll(() => latchkey.stop());

const listed = async (credential: string) => {
  const query = "{ products(first: 100) { totalCount nodes { key } } }";
  type Answer = { products: { totalCount: number; nodes: { key: string }[] } };
  const { products } = await latchkey.get<Answer>(query, {}, credential);
  expect(products.totalCount).toBe(products.nodes.length);
  return products.nodes.map(({ key }) => key);
};

const ofUser = async (credential: string, allowed: boolean | null = null) => {
  const query = `query ($user: ID!, $allowed: Boolean) { user(id: $user) { products(first: 100, allowed: $allowed) {
    totalCount nodes { product { key purchaseUrl } access { allowed purchaseOptions { url } } } } } }`;
  type Row = {
    product: { key: string; purchaseUrl: string | null };
    access: { allowed: boolean; purchaseOptions: [] };
  };
  type Answer = { user: { products: { totalCount: number; nodes: Row[] } } };
  const { products } = (await latchkey.get<Answer>(query, { user: ada, allowed }, credential)).user;
  expect(products.totalCount).toBe(products.nodes.length);
  return products.nodes;
};
const keysOf = (rows: { product: { key: string } }[]) => rows.map(({ product }) => product.key);

const everything = [
  "shown",
  "hidden",
  "hidden-held",
  "hidden-in-bundle",
  "bundle",
  "hidden-public",
  "hidden-members",
  "draft",
];

test("CH-S23, CH-S24: the catalogue of a visitor has the locked ones that are shown, and whatever is open to all", async () => {
  expect(await listed(publishable)).toEqual(["shown", "bundle", "hidden-public"]);
});

test("CH-S23: that of a signed-in user has what they may open besides, by themselves or by a bundle", async () => {
  const seen = ["shown", "hidden-held", "hidden-in-bundle", "bundle", "hidden-public", "hidden-members"];
  expect(await listed(token)).toEqual(seen);
  expect(keysOf(await ofUser(token))).toEqual(seen);
  expect(keysOf(await ofUser(token, false))).toEqual(["shown"]);
  expect(keysOf(await ofUser(token, true))).toEqual(seen.slice(1));
});

test("CH-S23: a locked one leads to where it is sold", async () => {
  const [locked] = await ofUser(token, false);
  expect(locked).toMatchObject({
    product: { key: "shown", purchaseUrl: expect.stringMatching(/\/buy\/shown\?mode=test$/) },
    access: { allowed: false, purchaseOptions: [{ url: "https://elsewhere.example/buy" }] },
  });
});

test("servers see everything, and decide for themselves", async () => {
  expect(await listed(read)).toEqual(everything);
  expect(keysOf(await ofUser(read))).toEqual(everything);
});

test("one that is hidden from listings is still there for those who ask for it by name", async () => {
  const query = '{ product(key: "hidden") { key access { allowed reason } } }';
  expect(await latchkey.get(query, {}, publishable)).toEqual({
    product: { key: "hidden", access: { allowed: false, reason: "NOT_AUTHENTICATED" } },
  });
});
