import { keysOf, operationsOf, type Operations } from "../kit/operations";
import { type Latchkey, startLatchkey } from "../kit/start-latchkey";

let latchkey: Latchkey;
let api: Operations;
let publishable: string;
const DAY = 86_400_000;

beforeAll(async () => {
  latchkey = await startLatchkey();
  api = operationsOf(latchkey);
  publishable = await latchkey.key("PUBLISHABLE");
});
afterAll(() => latchkey.stop());

const product = async (input = {}) => (await api.createProduct(input)).key;
const user = async () => (await api.createUser()).id;
/** So many days from now, as the API writes it. */
const day = (days: number) => new Date(latchkey.clock.now().getTime() + days * DAY).toISOString();

describe("before any grant is looked at", () => {
  test("CH-X18 a draft denies with PRODUCT_NOT_LIVE for server keys and does not exist for the public", async () => {
    const ada = await user();
    const token = await latchkey.tokenOf(ada);
    for (const status of ["DRAFT", "ARCHIVED"]) {
      const key = await product({ status });
      await api.grantAccess({ user: ada, product: key });
      expect(await api.access(key, ada)).toMatchObject({
        allowed: false,
        reason: "PRODUCT_NOT_LIVE",
        product: { key },
      });
      const hidden = await api.access(key, null, token);
      expect(hidden).toEqual(await api.access("no-such-product", null, token));
      expect(await api.access(key, null, publishable)).toEqual(hidden);
      expect(hidden).toMatchObject({ allowed: false, reason: "UNKNOWN_PRODUCT", product: null, grant: null });
    }
  });

  test("CH-X18 a product that goes live opens at once to those who hold it", async () => {
    const key = await product({ status: "DRAFT" });
    const ada = await user();
    await api.grantAccess({ user: ada, product: key });
    await api.updateProduct({ product: key, status: "LIVE" });
    expect(await api.access(key, ada)).toMatchObject({ allowed: true, reason: "MANUAL" });
  });

  test("CH-X19 CH-S24 the access mode says who may open at all, and the reason says which rule allowed", async () => {
    const [open, members, sold] = [
      await product({ accessMode: "PUBLIC" }),
      await product({ accessMode: "AUTHENTICATED" }),
      await product({ accessMode: "ENTITLED" }),
    ];
    const token = await latchkey.tokenOf(await user());
    const reasons = async (credential: string, named?: string) =>
      Promise.all([open, members, sold].map(async (key) => (await api.access(key, named, credential)).reason));
    expect(await reasons(publishable)).toEqual(["PUBLIC", "NOT_AUTHENTICATED", "NOT_AUTHENTICATED"]);
    expect(await reasons(token)).toEqual(["PUBLIC", "AUTHENTICATED", "NO_GRANT"]);
    expect(await reasons(await latchkey.key("READ"), "no-such-user")).toEqual([
      "PUBLIC",
      "UNKNOWN_USER",
      "UNKNOWN_USER",
    ]);
    expect(await reasons(await latchkey.key("READ"))).toEqual(["PUBLIC", "NOT_AUTHENTICATED", "NOT_AUTHENTICATED"]);
  });

  test("RWS-X24 roles give no access: an administrator's key and its user are checked like any other", async () => {
    const key = await product();
    const admin = await latchkey.key("ADMIN");
    expect(await api.access(key, null, admin)).toMatchObject({ allowed: false, reason: "NOT_AUTHENTICATED" });
    expect(await api.access(key, await user(), admin)).toMatchObject({ allowed: false, reason: "NO_GRANT" });
  });

  test("RWS-X42 a decision is a code of a closed list, never a sentence", async () => {
    const decision = await api.access(await product(), await user());
    expect(decision.reason).toMatch(/^[A-Z_]+$/);
    expect(decision).toMatchObject({
      startsAt: null,
      endsAt: null,
      recheckAt: null,
      asOf: null,
      grant: null,
      via: null,
    });
  });
});

describe("several ways to ask", () => {
  test("RWS-X23 a product, a list, a person and a piece of content give one and the same answer", async () => {
    const key = await product();
    const ada = await user();
    await api.grantAccess({ user: ada, product: key, endsAt: day(3) });
    await api.setResource({ key: "same", products: [key] });
    const fields = "{ allowed reason endsAt recheckAt grant { id } }";
    const all = await latchkey.get<Record<string, Record<string, unknown>>>(
      `query ($key: String!, $user: ID!) { a: access(product: $key, user: $user) ${fields}
        b: product(key: $key) { access(user: $user) ${fields} } c: user(id: $user) { access(product: $key) ${fields} }
        d: resourceAccess(resource: "same", user: $user) ${fields} e: explainAccess(product: $key, user: $user) { access: decision ${fields} } }`,
      { key, user: ada },
    );
    expect(all["a"]).toMatchObject({ allowed: true, endsAt: day(3) });
    for (const same of [all["b"]?.["access"], all["c"]?.["access"], all["d"], all["e"]?.["access"]]) {
      expect(same).toEqual(all["a"]);
    }
  });

  test("accessMany answers in the order asked, repeats what is asked twice, and takes keys and ids", async () => {
    const [held, open] = [await api.createProduct(), await api.createProduct({ accessMode: "PUBLIC" })];
    const ada = await user();
    await api.grantAccess({ user: ada, product: held.key });
    const asked = [open.key, "no-such", held.id, held.key, open.id];
    const query = `query ($user: ID, $products: [String!]!) {
      accessMany(user: $user, products: $products) { reason product { key } } }`;
    const answer = await latchkey.get(query, { user: ada, products: asked });
    const [yes, free] = [
      { reason: "MANUAL", product: { key: held.key } },
      { reason: "PUBLIC", product: { key: open.key } },
    ];
    expect(answer).toEqual({ accessMany: [free, { reason: "UNKNOWN_PRODUCT", product: null }, yes, yes, free] });
    expect(await latchkey.get(query, { products: [] })).toEqual({ accessMany: [] });
    const many = (count: number) => ({ user: ada, products: Array.from({ length: count }, () => held.key) });
    await expect(latchkey.get(query, many(200))).resolves.toBeDefined();
    expect((await latchkey.refused(query, many(201))).extensions).toMatchObject({
      code: "LIMIT_EXCEEDED",
      details: { max: 200, actual: 201 },
    });
  });

  test("a person's products are those that may be seen, divided as the decisions divide them", async () => {
    const ada = await user();
    const tag = "divided";
    const [held, locked] = [await product({ tags: [tag] }), await product({ tags: [tag] })];
    const draft = await product({ tags: [tag], status: "DRAFT" });
    for (const key of [held, draft]) await api.grantAccess({ user: ada, product: key });
    const LIST = `query ($user: ID!, $allowed: Boolean) { user(id: $user) {
      products(allowed: $allowed, first: 200) { totalCount nodes { product { key } access { allowed } } } } }`;
    interface Listed {
      user: { products: { totalCount: number; nodes: { product: { key: string }; access: { allowed: boolean } }[] } };
    }
    const listed = async (allowed: boolean | null, credential?: string) => {
      const { nodes, totalCount } = (await latchkey.get<Listed>(LIST, { user: ada, allowed }, credential)).user
        .products;
      expect(totalCount).toBe(nodes.length);
      if (allowed !== null) expect(nodes.filter(({ access }) => access.allowed !== allowed)).toEqual([]);
      return keysOf(nodes.map((node) => node.product)).filter((key) => [held, locked, draft].includes(key));
    };
    expect(await listed(null)).toEqual([held, locked, draft]);
    expect(await listed(true)).toEqual([held]);
    expect(await listed(false)).toEqual([locked, draft]);
    expect(await listed(null, await latchkey.tokenOf(ada))).toEqual([held, locked]);
  });
});

describe("modes", () => {
  test("what is granted in test mode opens nothing in live mode, and the other way round", async () => {
    const key = await product();
    const ada = await user();
    const live = await latchkey.key("WRITE", "LIVE");
    const granted = await api.grantAccess({ user: ada, product: key, externalRef: "one" });
    expect(await api.access(key, ada, live)).toMatchObject({ allowed: false, reason: "NO_GRANT" });
    expect(await api.access(key, null, await latchkey.tokenOf(ada, "LIVE"))).toMatchObject({ allowed: false });
    expect(await api.access(key, null, await latchkey.tokenOf(ada, "TEST"))).toMatchObject({ allowed: true });
    expect(await api.grants(ada, null, live)).toEqual([]);
    expect(await latchkey.get("query ($id: ID!) { node(id: $id) { id } }", { id: granted.id }, live)).toEqual({
      node: null,
    });
    expect((await api.refused("revokeAccess", { input: { grant: granted.id, note: "x" } }, live)).extensions.code).toBe(
      "NOT_FOUND",
    );
    expect(await api.revokeAccess({ externalRef: "one" }, live)).toEqual([]);
    expect(await api.revokeAccess({ user: ada, product: key }, live)).toEqual([]);
    const other = await api.grantAccess({ user: ada, product: key, externalRef: "one" }, live);
    expect(other.id).not.toBe(granted.id);
    await api.revokeAccess({ user: ada, product: key });
    expect(await api.access(key, ada)).toMatchObject({ allowed: false, reason: "REVOKED" });
    expect(await api.access(key, ada, live)).toMatchObject({ allowed: true });
  });
});

describe("explaining", () => {
  interface Explained {
    explainAccess: {
      decision: { reason: string };
      grants: { id: string }[];
      steps: { check: string; ok: boolean; detail: string; fix: string | null }[];
    };
  }
  const explain = async (key: string, who: string) =>
    (
      await latchkey.get<Explained>(
        `query ($key: String!, $user: ID!) { explainAccess(product: $key, user: $user) {
          decision { reason } grants { id } steps { check ok detail fix } } }`,
        { key, user: who },
      )
    ).explainAccess;
  const broken = ({ steps }: Explained["explainAccess"]) => steps.find(({ ok }) => !ok);

  test("the first broken link of the chain is named, with what would mend it", async () => {
    const [key, draft, ada] = [await product(), await product({ status: "DRAFT" }), await user()];
    expect(broken(await explain("no-such", ada))).toMatchObject({ check: "product exists", fix: "createProduct" });
    expect(broken(await explain(draft, ada))).toMatchObject({
      check: "product is live",
      detail: "The product is DRAFT.",
    });
    expect(broken(await explain(key, "no-such"))).toMatchObject({ check: "user exists", fix: "createUser" });
    expect(broken(await explain(key, ada))).toMatchObject({
      check: "Stripe is connected",
      fix: expect.stringMatching(/^connectStripe\./),
    });
    await api.grantAccess({ user: ada, product: key });
    const good = await explain(key, ada);
    expect([broken(good), good.decision.reason]).toEqual([undefined, "MANUAL"]);
  });

  test("every grant on the product and on its bundles is listed with how it stands", async () => {
    const key = await product();
    const bundle = await product({ includes: [key] });
    const ada = await user();
    const past = await api.grantAccess({ user: ada, product: key });
    await api.revokeAccess({ grant: past.id });
    const coming = await api.grantAccess({ user: ada, product: bundle, startsAt: day(1) });
    const { grants, steps, decision } = await explain(key, ada);
    expect(decision.reason).toBe("NOT_STARTED");
    expect(grants.map(({ id }) => id).sort()).toEqual([past.id, coming.id].sort());
    const told = steps.map(({ check, detail }) => `${check}: ${detail}`).join("\n");
    expect(told).toMatch(new RegExp(`grant ${past.id}: ENDED \\(REVOKED\\)`));
    expect(told).toMatch(new RegExp(`grant ${coming.id}: SCHEDULED \\(NOT_STARTED\\), from ${day(1)}`));
  });

  test("what is open to everybody has no broken link, whoever is asked about", async () => {
    const open = await product({ accessMode: "PUBLIC" });
    const explained = await explain(open, "no-such");
    expect([explained.decision.reason, broken(explained)]).toEqual(["PUBLIC", undefined]);
  });

  test("explaining is for server keys", async () => {
    const key = await product();
    const ada = await user();
    const query = "query ($key: String!, $user: ID!) { explainAccess(product: $key, user: $user) { steps { ok } } }";
    for (const credential of [publishable, await latchkey.tokenOf(ada)]) {
      expect((await latchkey.refused(query, { key, user: ada }, credential)).extensions.code).toBe("FORBIDDEN");
    }
  });
});
