import { atOnce, keysOf, operationsOf, type Operations } from "../kit/operations";
import { type Latchkey, startLatchkey } from "../kit/start-latchkey";

let latchkey: Latchkey;
let api: Operations;

beforeAll(async () => {
  latchkey = await startLatchkey();
  api = operationsOf(latchkey);
});
afterAll(() => latchkey.stop());

/** A chain of bundles, the widest first: each includes the next. */
async function chain(length: number): Promise<string[]> {
  const keys: string[] = [];
  for (let i = 0; i < length; i++) {
    const includes = keys[0] === undefined ? [] : [keys[0]];
    keys.unshift((await api.createProduct({ includes })).key);
  }
  return keys;
}

const holderOf = async (product: string) => {
  const { id } = await api.createUser();
  await api.grantAccess({ user: id, product });
  return id;
};
const cycle = { code: "CYCLE", field: "input.includes" };
const wouldBe = async (product: string, includes: string[]) =>
  (await api.refused("updateProduct", { input: { product, includes } })).extensions;

test("CH-X21 a bundle opens what it includes, over any number of levels, and the answer names it", async () => {
  const [all = "", half = "", course = "", lesson = ""] = await chain(4);
  const user = await holderOf(all);
  for (const product of [half, course, lesson]) {
    expect(await api.access(product, user)).toMatchObject({ allowed: true, reason: "MANUAL", via: { key: all } });
  }
  expect(await api.access(all, user)).toMatchObject({ allowed: true, via: null });
  const halfway = await holderOf(course);
  expect(await api.access(lesson, halfway)).toMatchObject({ allowed: true, via: { key: course } });
  expect(await api.access(half, halfway)).toMatchObject({ allowed: false, reason: "NO_GRANT" });
});

test("CH-X21 what is added to a bundle opens at once to those who hold it, and what is taken out closes", async () => {
  const [extra, course] = [await api.createProduct(), await api.createProduct()];
  const bundle = await api.createProduct({ includes: [course.key] });
  const user = await holderOf(bundle.key);
  const changed = await api.updateProduct({ product: bundle.key, includes: [extra.id, course.key, extra.key] });
  expect(keysOf(changed.includes)).toEqual([extra.key, course.key]);
  expect(await api.access(extra.key, user)).toMatchObject({ allowed: true });
  await api.updateProduct({ product: bundle.key, includes: [extra.key] });
  expect(await api.access(course.key, user)).toMatchObject({ allowed: false, reason: "NO_GRANT" });
  await api.updateProduct({ product: bundle.key, name: "Renamed" });
  expect(await api.access(extra.key, user)).toMatchObject({ allowed: true });
  await api.updateProduct({ product: bundle.key, includes: null });
  expect(await api.access(extra.key, user)).toMatchObject({ allowed: false });
});

test("CH-X21 a product in two bundles stays open as long as either is held", async () => {
  const course = await api.createProduct();
  const [a, b] = [
    await api.createProduct({ includes: [course.key] }),
    await api.createProduct({ includes: [course.key] }),
  ];
  const user = await holderOf(a.key);
  await api.grantAccess({ user, product: b.key });
  await api.revokeAccess({ user, product: a.key });
  expect(await api.access(course.key, user)).toMatchObject({ allowed: true, via: { key: b.key } });
  await api.revokeAccess({ user, product: b.key });
  expect(await api.access(course.key, user)).toMatchObject({ allowed: false, reason: "REVOKED" });
});

test("CH-X21 a bundle that is a draft or archived opens nothing, and opens again when it is live", async () => {
  const course = await api.createProduct();
  const bundle = await api.createProduct({ includes: [course.key] });
  const user = await holderOf(bundle.key);
  for (const status of ["ARCHIVED", "DRAFT"] as const) {
    await api.updateProduct({ product: bundle.key, status });
    expect(await api.access(course.key, user)).toMatchObject({ allowed: false, reason: "NO_GRANT" });
    expect(await api.access(bundle.key, user)).toMatchObject({ allowed: false, reason: "PRODUCT_NOT_LIVE" });
  }
  await api.updateProduct({ product: bundle.key, status: "LIVE" });
  expect(await api.access(course.key, user)).toMatchObject({ allowed: true, via: { key: bundle.key } });
});

test("CH-X21 a bundle cannot include itself, directly or through others, and a refusal changes nothing", async () => {
  const [top = "", second = "", third = "", bottom = ""] = await chain(4);
  for (const [product, includes] of [
    [top, [top]],
    [second, [top]],
    [bottom, [top]],
    [third, [bottom, second]],
  ] as const) {
    const before = await api.product(product);
    expect(await wouldBe(product, [...includes])).toMatchObject(cycle);
    expect(await api.product(product)).toEqual(before);
  }
  const user = await holderOf(top);
  expect(await api.access(bottom, user)).toMatchObject({ allowed: true });
});

test("what a bundle included until now does not count as a circle when it is turned round", async () => {
  const [outer = "", inner = ""] = await chain(2);
  await api.updateProduct({ product: outer, includes: [] });
  const turned = await api.updateProduct({ product: inner, includes: [outer] });
  expect(keysOf(turned.includes)).toEqual([outer]);
});

test("two products may include the same third: that is no circle", async () => {
  const leaf = await api.createProduct();
  const [a, b] = [await api.createProduct({ includes: [leaf.key] }), await api.createProduct({ includes: [leaf.key] })];
  const top = await api.createProduct({ includes: [a.key, b.key, leaf.key] });
  expect(keysOf(top.includes)).toEqual([a.key, b.key, leaf.key]);
});

test("CH-X21 two changes at once that each look harmless never close a circle together", async () => {
  const rounds = 5;
  for (let round = 0; round < rounds; round++) {
    const [a, b] = [await api.createProduct(), await api.createProduct()];
    const turn = (product: string, includes: string) =>
      latchkey.ask("mutation ($input: UpdateProductInput!) { updateProduct(input: $input) { key } }", {
        input: { product, includes: [includes] },
      });
    const answers = await Promise.all([turn(a.key, b.key), turn(b.key, a.key)]);
    const codes = answers.map((answer) => answer.errors?.[0]?.extensions.code ?? "changed").sort();
    expect(codes).toEqual(["CYCLE", "changed"]);
    const included = [await api.product(a.key), await api.product(b.key)].map((product) => product?.includes.length);
    expect(included.sort()).toEqual([0, 1]);
  }
});

test("twenty bundles that are changed at once all hold what they were told", async () => {
  const leaf = await api.createProduct();
  const bundles = await atOnce(20, () => api.createProduct({ includes: [leaf.key] }));
  await Promise.all(
    bundles.map(({ key }, i) => api.updateProduct({ product: key, includes: i % 2 ? [] : [leaf.key] })),
  );
  const held = await Promise.all(
    bundles.map(async ({ key }) => (await api.access(leaf.key, await holderOf(key))).allowed),
  );
  expect(held).toEqual(bundles.map((_, i) => i % 2 === 0));
});

test("including a product that does not exist is NOT_FOUND, and the bundle is not made", async () => {
  const input = { key: "half-made", name: "x", includes: ["no-such"] };
  const { extensions } = await api.refused("createProduct", { input });
  expect(extensions).toMatchObject({ code: "NOT_FOUND", field: "input.includes" });
  expect(await api.product("half-made")).toBeNull();
});
