import { keysOf, operationsOf, type Operations } from "../kit/operations";
import { type Latchkey, startLatchkey } from "../kit/start-latchkey";

let latchkey: Latchkey;
let api: Operations;

beforeAll(async () => {
  latchkey = await startLatchkey();
  api = operationsOf(latchkey);
});
afterAll(() => latchkey.stop());

const everything = {
  key: "course.js:2026/a-b_c",
  name: "JavaScript",
  description: "All of it.",
  teaser: "A taste of it.",
  imageUrl: "https://img.example/js.png",
  status: "DRAFT",
  accessMode: "AUTHENTICATED",
  purchaseMethod: "SALES_PAGE",
  salesPageUrl: "https://shop.example/js?x=1#buy",
  externalUrl: "https://elsewhere.example/js",
  showWhenLocked: false,
  tags: ["code", "2026"],
  remindDaysBefore: [1, 7, 30],
  metadata: { level: 1 },
} as const;

describe("making a product", () => {
  test("CH-X23 CH-X24 a product keeps everything that was said, and is found by key and by id", async () => {
    const input = { ...everything, tags: [...everything.tags], remindDaysBefore: [...everything.remindDaysBefore] };
    const product = await api.createProduct(input);
    expect(product).toMatchObject(input);
    expect(product.id).toMatch(/^prd_[0-9a-z]{26}$/);
    expect(await api.product(input.key)).toEqual(product);
    expect(await api.product(product.id)).toEqual(product);
    expect(await api.product("no-such")).toBeNull();
  });

  test("a product is live, opens to those who hold a grant, and is shown when locked, unless told otherwise", async () => {
    const product = await api.createProduct();
    expect(product.metadata).toEqual({});
    expect(product).toMatchObject({
      status: "LIVE",
      accessMode: "ENTITLED",
      purchaseMethod: "NONE",
      showWhenLocked: true,
      tags: [],
      remindDaysBefore: [],
      includes: [],
      description: null,
    });
  });

  test("CH-X24 a key that another product has is KEY_TAKEN, also when many ask at once", async () => {
    const { key } = await api.createProduct();
    const input = { key, name: "Again" };
    const { extensions } = await api.refused("createProduct", { input });
    expect(extensions).toMatchObject({ code: "KEY_TAKEN", field: "input.key" });
    const made = await Promise.allSettled(
      Array.from({ length: 10 }, () => api.createProduct({ key: "wanted-by-many" })),
    );
    expect(made.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
  });

  test("a key that could be mistaken for an id, or that is no plain name, is refused", async () => {
    const { id } = await api.createProduct();
    for (const key of [id, id.replace("prd_", "usr_"), "", " pro", "pro!", "-pro", "ü", "x".repeat(101)]) {
      const { extensions } = await api.refused("createProduct", { input: { key, name: "x" } });
      expect(extensions).toMatchObject({ code: "INVALID_INPUT", field: "input.key" });
    }
  });

  test.each([
    "javascript:alert(1)",
    "data:text/html,x",
    "http://shop.example/",
    "https://user:pass@shop.example/",
    "https://user@shop.example/",
    "https:\\\\evil.example\\",
    "https://shop.example\\@evil.example/",
    "//shop.example/",
    "/relative",
    "https://shop.example/\n",
    " https://shop.example/",
    "shopapp://open",
    "https://",
    `https://shop.example/${"x".repeat(2_000)}`,
  ])("%j is not an address that people are sent to", async (url) => {
    for (const field of ["imageUrl", "salesPageUrl", "externalUrl"]) {
      const { extensions } = await api.refused("createProduct", { input: { key: "url", name: "url", [field]: url } });
      expect(extensions.field).toBe(`input.${field}`);
      expect(extensions.code).toBe(url.length > 2_000 ? "INVALID_INPUT" : "URL_NOT_ALLOWED");
    }
    expect(await api.product("url")).toBeNull();
  });

  test("plain http leads to one's own machine only", async () => {
    const made = await api.createProduct({ imageUrl: "http://localhost:3000/a.png" });
    expect(made.imageUrl).toBe("http://localhost:3000/a.png");
    const input = { key: "near", name: "near", imageUrl: "http://localhost.evil.example/a.png" };
    expect((await api.refused("createProduct", { input })).extensions.code).toBe("URL_NOT_ALLOWED");
  });
});

describe("changing a product", () => {
  test("what is absent stays; null clears what can be empty", async () => {
    const before = await api.createProduct({
      ...everything,
      key: "cleared",
      tags: ["code"],
      remindDaysBefore: [7],
    });
    expect(await api.updateProduct({ product: "cleared", name: "Renamed" })).toEqual({ ...before, name: "Renamed" });
    const cleared = { description: null, teaser: null, imageUrl: null, salesPageUrl: null, externalUrl: null };
    const after = await api.updateProduct({
      product: before.id,
      ...cleared,
      tags: null,
      remindDaysBefore: null,
      metadata: null,
      includes: null,
    });
    expect(after).toEqual({ ...before, name: "Renamed", ...cleared, tags: [], remindDaysBefore: [], metadata: {} });
    expect(await api.product("cleared")).toEqual(after);
  });

  test.each([
    ["none at all", [0]],
    ["more than a year", [366]],
    ["a part of a day", [1.5]],
    ["the same days twice", [7, 1, 7]],
    ["eleven of them", [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]],
  ])("TA-X33: reminders of %s are refused, and what was set stays", async (_title, remindDaysBefore) => {
    const { key } = await api.createProduct({ remindDaysBefore: [3] });
    const said = await api.refused("updateProduct", { input: { product: key, remindDaysBefore } });
    expect(said.message).toMatch(/day|reminder|Int/);
    expect((await api.product(key))?.remindDaysBefore).toEqual([3]);
  });

  test("TA-X33: reminders are kept in order, as many as ten, up to a year before", async () => {
    const { key } = await api.createProduct({ remindDaysBefore: [365, 9, 8, 7, 6, 5, 4, 3, 2, 1] });
    expect((await api.product(key))?.remindDaysBefore).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 365]);
  });

  test.each(["key", "name", "status", "accessMode", "purchaseMethod", "showWhenLocked"])(
    "%s cannot be cleared",
    async (field) => {
      const { key } = await api.createProduct();
      const { extensions } = await api.refused("updateProduct", { input: { product: key, [field]: null } });
      expect(extensions).toMatchObject({ code: "INVALID_INPUT", field: `input.${field}` });
    },
  );

  test("CH-X24 a key can be changed, and what was granted under the old one still opens it", async () => {
    const { key, id } = await api.createProduct();
    const user = await api.createUser();
    await api.grantAccess({ user: user.id, product: key });
    await api.updateProduct({ product: key, key: "new-key" });
    expect(await api.product(key)).toBeNull();
    expect(await api.access("new-key", user.id)).toMatchObject({ allowed: true });
    expect(await api.access(id, user.id)).toMatchObject({ allowed: true, product: { key: "new-key" } });
    expect(await api.access(key, user.id)).toMatchObject({ allowed: false, reason: "UNKNOWN_PRODUCT" });
    const other = await api.createProduct();
    const { extensions } = await api.refused("updateProduct", { input: { product: other.key, key: "new-key" } });
    expect(extensions).toMatchObject({ code: "KEY_TAKEN", field: "input.key" });
  });

  test("changing a product that does not exist is NOT_FOUND", async () => {
    expect((await api.refused("updateProduct", { input: { product: "none" } })).extensions.code).toBe("NOT_FOUND");
  });
});

describe("the catalogue", () => {
  const LIST = `query ($filter: ProductFilter, $first: Int, $after: String, $last: Int) {
    products(filter: $filter, first: $first, after: $after, last: $last) {
      totalCount nodes { key } pageInfo { hasNextPage hasPreviousPage endCursor } } }`;
  interface Page {
    totalCount: number;
    nodes: { key: string }[];
    pageInfo: { hasNextPage: boolean; hasPreviousPage: boolean; endCursor: string };
  }
  const list = async (variables: object, credential?: string) =>
    (await latchkey.get<{ products: Page }>(LIST, { ...variables }, credential)).products;

  beforeAll(async () => {
    const shelf = [
      { key: "shelf-live", tags: ["shelf"], name: "Live 100%" },
      { key: "shelf-draft", tags: ["shelf"], status: "DRAFT" },
      { key: "shelf-archived", tags: ["shelf"], status: "ARCHIVED" },
      { key: "shelf-2", tags: ["shelf", "extra"] },
    ] as const;
    for (const { tags, ...product } of shelf) await api.createProduct({ ...product, tags: [...tags] });
  });

  test("CH-X23 products are filtered by tag, status and text, oldest first", async () => {
    const filter = { tag: "shelf" };
    expect(keysOf((await list({ filter })).nodes)).toEqual(["shelf-live", "shelf-draft", "shelf-archived", "shelf-2"]);
    expect(keysOf((await list({ filter: { ...filter, status: "DRAFT" } })).nodes)).toEqual(["shelf-draft"]);
    expect(keysOf((await list({ filter: { tag: "extra" } })).nodes)).toEqual(["shelf-2"]);
    expect(keysOf((await list({ filter: { ...filter, search: "100%" } })).nodes)).toEqual(["shelf-live"]);
    expect(keysOf((await list({ filter: { search: "SHELF-D" } })).nodes)).toEqual(["shelf-draft"]);
    expect(await list({ filter: { search: "shelf_" } })).toMatchObject({ nodes: [], totalCount: 0 });
  });

  test("pages know exactly whether there are more, forwards and backwards", async () => {
    const filter = { tag: "shelf" };
    const first = await list({ filter, first: 3 });
    expect(first).toMatchObject({ totalCount: 4, pageInfo: { hasNextPage: true, hasPreviousPage: false } });
    const rest = await list({ filter, first: 1, after: first.pageInfo.endCursor });
    expect(rest).toMatchObject({
      nodes: [{ key: "shelf-2" }],
      pageInfo: { hasNextPage: false, hasPreviousPage: true },
    });
    const last = await list({ filter, last: 4 });
    expect(last.pageInfo).toMatchObject({ hasNextPage: false, hasPreviousPage: false });
  });

  test("CH-S24 CH-X18 the public sees what is live, counted alike, and nothing says that there is more", async () => {
    const user = await api.createUser();
    for (const credential of [await latchkey.key("PUBLISHABLE"), await latchkey.tokenOf(user.id)]) {
      const seen = await list({ filter: { tag: "shelf" } }, credential);
      expect(seen).toMatchObject({ totalCount: 2, nodes: [{ key: "shelf-live" }, { key: "shelf-2" }] });
      for (const status of ["DRAFT", "ARCHIVED"]) {
        expect(await list({ filter: { status } }, credential)).toMatchObject({ nodes: [], totalCount: 0 });
      }
      const draft = await api.product("shelf-draft");
      expect(await api.product("shelf-draft", credential)).toBeNull();
      const byId = await latchkey.get("query ($id: ID!) { node(id: $id) { id } }", { id: draft?.id }, credential);
      expect(byId).toEqual({ node: null });
    }
  });

  test("CH-S24 the public sees of a bundle only the live parts", async () => {
    const includes = ["shelf-draft", "shelf-live", "shelf-archived"];
    const { key } = await api.createProduct({ includes });
    expect(keysOf((await api.product(key))?.includes ?? [])).toEqual(includes);
    const seen = await api.product(key, await latchkey.key("PUBLISHABLE"));
    expect(keysOf(seen?.includes ?? [])).toEqual(["shelf-live"]);
  });
});
