import { keysOf, operationsOf, type Operations } from "../kit/operations";
import { type Latchkey, startLatchkey } from "../kit/start-latchkey";

let latchkey: Latchkey;
let api: Operations;
let reader: string;

beforeAll(async () => {
  latchkey = await startLatchkey();
  api = operationsOf(latchkey);
  reader = (await api.createUser()).id;
});
afterAll(() => latchkey.stop());

const product = async (input = {}) => (await api.createProduct(input)).key;
const holding = async (key: string) => {
  const { id } = await api.createUser();
  await api.grantAccess({ user: id, product: key });
  return id;
};

test("RWS-S2 RWS-X3 any one of the products of a piece of content opens it; without any of them it stays closed", async () => {
  const [a, b, c] = [await product(), await product(), await product()];
  const resource = await api.setResource({ key: "post:42", products: [a, b] });
  expect(resource).toMatchObject({ key: "post:42", products: [{ key: a }, { key: b }], tags: [] });
  for (const held of [a, b]) {
    const decision = await api.resourceAccess("post:42", await holding(held));
    expect(decision).toMatchObject({ allowed: true, reason: "MANUAL", product: null });
  }
  expect(await api.resourceAccess("post:42", await holding(c))).toMatchObject({ allowed: false, reason: "NO_GRANT" });
});

test("RWS-X22 the products of a piece of content are its own and those of its tags, each once, its own first", async () => {
  const [own, both, tagged] = [await product(), await product(), await product()];
  await api.setResourceTag("premium", [both, tagged]);
  const resource = await api.setResource({ key: "post:43", tags: ["premium"], products: [own, both] });
  expect(keysOf(resource.products)).toEqual([own, both]);
  expect(keysOf(resource.effectiveProducts)).toEqual([own, both, tagged]);
  expect(await api.resource("post:43")).toEqual(resource);
  expect(await api.resourceAccess("post:43", await holding(tagged))).toMatchObject({ allowed: true });
});

test("RWS-X22 content that only carries tags is opened by the products of all of them", async () => {
  const [a, b] = [await product(), await product()];
  await api.setResourceTag("tag-a", [a]);
  await api.setResourceTag("tag-b", [b]);
  await api.setResource({ key: "tagged", tags: ["tag-a", "tag-b"] });
  for (const held of [a, b]) {
    expect(await api.resourceAccess("tagged", await holding(held))).toMatchObject({ allowed: true });
  }
  expect(await api.resourceAccess("tagged", reader)).toMatchObject({ allowed: false });
});

test("RWS-X22 a change of a tag's products takes effect at once, on everything that carries it", async () => {
  const [old, fresh] = [await product(), await product()];
  await api.setResourceTag("moving", [old]);
  await api.setResource({ key: "moving:1", tags: ["moving"] });
  await api.setResource({ key: "moving:2", tags: ["moving"] });
  const [hadOld, hasFresh] = [await holding(old), await holding(fresh)];
  expect(await api.setResourceTag("moving", [fresh])).toBe(true);
  for (const key of ["moving:1", "moving:2"]) {
    expect(await api.resourceAccess(key, hadOld)).toMatchObject({ allowed: false });
    expect(await api.resourceAccess(key, hasFresh)).toMatchObject({ allowed: true });
  }
  await api.setResource({ key: "moving:1", tags: [] });
  expect(await api.resourceAccess("moving:1", hadOld)).toMatchObject({ allowed: true, reason: "PUBLIC" });
});

test("a piece of content without products is open to everybody, also to nobody in particular", async () => {
  await api.setResource({ key: "free" });
  const open = { allowed: true, reason: "PUBLIC", product: null, grant: null };
  expect(await api.resourceAccess("free", reader)).toMatchObject(open);
  expect(await api.resourceAccess("free", null, await latchkey.key("PUBLISHABLE"))).toMatchObject(open);
});

test("a piece of content that nobody has named is closed, and so is one that was removed", async () => {
  const closed = { allowed: false, reason: "UNKNOWN_PRODUCT", product: null };
  expect(await api.resourceAccess("never-set", reader)).toMatchObject(closed);
  await api.setResource({ key: "short-lived" });
  expect(await api.removeResource("short-lived")).toBe(true);
  expect(await api.resourceAccess("short-lived", reader)).toMatchObject(closed);
  expect(await api.removeResource("short-lived")).toBe(false);
  expect(await api.resource("short-lived")).toBeNull();
});

test("content whose only product is not live stays closed: archiving opens nothing", async () => {
  const key = await product();
  await api.setResource({ key: "archived", products: [key] });
  const user = await holding(key);
  await api.updateProduct({ product: key, status: "ARCHIVED" });
  expect(await api.resourceAccess("archived", user)).toMatchObject({ allowed: false, reason: "PRODUCT_NOT_LIVE" });
  const token = await latchkey.tokenOf(user);
  expect(await api.resourceAccess("archived", null, token)).toMatchObject({ allowed: false });
});

test("what is left out of a change stays; an empty list clears; a name means one piece of content", async () => {
  const key = await product();
  const made = await api.setResource({ key: "kept", products: [key], tags: ["x", "x"] });
  expect(made.tags).toEqual(["x"]);
  expect(await api.setResource({ key: "kept" })).toEqual(made);
  expect(await api.setResource({ key: "kept", tags: ["y"] })).toMatchObject({ products: [{ key }], tags: ["y"] });
  expect(await api.setResource({ key: "kept", products: [] })).toMatchObject({
    id: made.id,
    products: [],
    tags: ["y"],
  });
  const twenty = await Promise.all(
    Array.from({ length: 20 }, () => api.setResource({ key: "raced", products: [key] })),
  );
  expect(new Set(twenty.map(({ id }) => id)).size).toBe(1);
});

test("a product that does not exist is refused, and what was set before stays closed", async () => {
  const key = await product();
  await api.setResource({ key: "guarded", products: [key] });
  const input = { key: "guarded", products: ["no-such"] };
  const { extensions } = await api.refused("setResource", { input });
  expect(extensions).toMatchObject({ code: "NOT_FOUND", field: "input.products" });
  const tag = await api.refused("setResourceTag", { input: { tag: "t", products: ["no-such"] } });
  expect(tag.extensions).toMatchObject({ code: "NOT_FOUND", field: "input.products" });
  expect(await api.resourceAccess("guarded", reader)).toMatchObject({ allowed: false });
});

test("the longest of several grants decides, and the answer may change when the first of them does", async () => {
  const [a, b] = [await product(), await product()];
  await api.setResource({ key: "lasting", products: [a, b] });
  const { id } = await api.createUser();
  await api.grantAccess({ user: id, product: a, endsAt: "2026-04-01T00:00:00.000Z" });
  await api.grantAccess({ user: id, product: b, endsAt: "2026-05-01T00:00:00.000Z", gift: true });
  expect(await api.resourceAccess("lasting", id)).toMatchObject({
    reason: "GIFT",
    endsAt: "2026-05-01T00:00:00.000Z",
    recheckAt: "2026-04-01T00:00:00.000Z",
  });
});

test("content of several products is open until the last of grants that follow one another", async () => {
  const [a, b] = [await product(), await product()];
  await api.setResource({ key: "relay", products: [a, b] });
  const { id } = await api.createUser();
  await api.grantAccess({ user: id, product: a, endsAt: "2026-04-01T00:00:00.000Z" });
  await api.grantAccess({ user: id, product: b, startsAt: "2026-04-01T00:00:00Z", endsAt: "2026-05-01T00:00:00.000Z" });
  expect(await api.resourceAccess("relay", id)).toMatchObject({ endsAt: "2026-05-01T00:00:00.000Z" });
});

test("a denial says what helps most: what the person had before what they never had", async () => {
  const [never, had] = [await product(), await product()];
  await api.setResource({ key: "helpful", products: [never, had] });
  const { id } = await api.createUser();
  await api.grantAccess({ user: id, product: had });
  await api.revokeAccess({ user: id, product: had });
  expect(await api.resourceAccess("helpful", id)).toMatchObject({ allowed: false, reason: "REVOKED" });
  expect(await api.resourceAccess("helpful", "nobody")).toMatchObject({ allowed: false, reason: "UNKNOWN_USER" });
  expect(await api.resourceAccess("helpful")).toMatchObject({ allowed: false, reason: "NOT_AUTHENTICATED" });
});
