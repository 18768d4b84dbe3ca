import type { StripeProductConnection } from "../generated/operations";
import { atOnce } from "../kit/operations";
import { type Shop, startShop } from "../kit/start-shop";

const LIST = `query ($connection: ID, $search: String, $active: Boolean, $first: Int, $after: String) {
  answer: stripeProducts(connection: $connection, search: $search, active: $active, first: $first, after: $after) {
    nodes { id name description active imageUrl } pageInfo { hasNextPage hasPreviousPage endCursor } totalCount } }`;
const PRICES = `query ($search: String, $locale: String) {
  answer: stripeProducts(search: $search) { nodes {
    id defaultPrice { id } linkedProduct { key }
    prices { id currency unitAmount nickname active formatted(locale: $locale)
      customAmount { minimum maximum preset } recurring { interval unit intervalCount trialPeriodDays } } } } }`;

let shop: Shop;
const ids: string[] = [];

type Listed = { answer: StripeProductConnection };
const list = async (variables: object = {}) => (await shop.latchkey.get<Listed>(LIST, { ...variables })).answer;

beforeAll(async () => {
  shop = await startShop();
  for (let n = 0; n < 230; n += 10) {
    const made = await atOnce(10, (index) =>
      shop.stripe.products.create({
        name: `Product ${n + index}`,
        description: n + index === 3 ? "Hidden far down: a Sourdough starter." : `What ${n + index} is`,
        active: (n + index) % 10 !== 0,
      }),
    );
    ids.push(...made.map(({ id }) => id));
  }
});
afterAll(() => shop.stop());

describe("RWS-X29: the products of the account are listed", () => {
  test("to the end, whatever Stripe's own pages hold, each once, and the pages know where they stand", async () => {
    const seen: string[] = [];
    let after: string | null = null;
    const pages: [boolean, boolean][] = [];
    do {
      const page: StripeProductConnection = await list({ first: 90, after });
      seen.push(...page.nodes.map(({ id }) => id));
      pages.push([page.pageInfo.hasPreviousPage, page.pageInfo.hasNextPage]);
      after = page.pageInfo.hasNextPage ? (page.pageInfo.endCursor ?? null) : null;
    } while (after !== null);
    expect(seen.toSorted()).toEqual(ids.toSorted());
    expect(pages).toEqual([
      [false, true],
      [true, true],
      [true, false],
    ]);
    expect((await list({ first: 1 })).totalCount).toBe(230);
  });

  test("a page that ends with the list says so", async () => {
    const { pageInfo, nodes } = await list({ search: "Product 22", first: 11 });
    expect([nodes.length, pageInfo.hasNextPage]).toEqual([11, false]);
  });

  const searches: [string, () => string, () => string | undefined][] = [
    ["a text of its name", () => "product 229", () => ids.at(-1)],
    ["its id", () => ids[0] ?? "", () => ids[0]],
    ["a text of its description, far down the list", () => "sourdough", () => ids[3]],
  ];
  test.each(searches)("one is found by %s", async (_, search, id) => {
    expect((await list({ search: search(), first: 5 })).nodes.map((node) => node.id)).toEqual([id()]);
  });

  test("those that can be bought and those that are archived are told apart", async () => {
    expect((await list({ active: false, first: 200 })).nodes.map(({ active }) => active)).toEqual(
      Array.from({ length: 23 }, () => false),
    );
    expect((await list({ active: true, first: 1 })).totalCount).toBe(207);
    expect((await list({ active: true, search: "Product 20", first: 200 })).totalCount).toBe(9);
  });

  test("a cursor whose product is gone since is refused, and says what to do", async () => {
    const gone = await shop.stripe.products.create({ name: "Soon gone" });
    const { pageInfo } = await list({ first: 1 });
    await shop.stripe.products.del(gone.id);
    const { extensions, message } = await shop.latchkey.refused(LIST, { first: 1, after: pageInfo.endCursor });
    expect([extensions.code, extensions["field"]]).toEqual(["INVALID_INPUT", "after"]);
    expect(message).toContain("begin again");
  });
});

describe("prices", () => {
  test("RWS-X25 RWS-X26 CH-X7: one-off, recurring, free to choose, without decimals, archived: all of them, in any language", async () => {
    const product = await shop.stripe.products.create({ name: "Priced in many ways" });
    const make = (terms: object) => shop.stripe.prices.create({ product: product.id, currency: "usd", ...terms });
    const once = await make({ unit_amount: 1_000, nickname: "Once" });
    await make({ unit_amount: 950, recurring: { interval: "month", interval_count: 3, trial_period_days: 14 } });
    await make({ custom_unit_amount: { enabled: true, minimum: 200, maximum: 5_000, preset: 500 } });
    await make({ currency: "jpy", unit_amount: 500 });
    const archived = await make({ unit_amount: 100 });
    await shop.stripe.prices.update(archived.id, { active: false });
    await shop.stripe.products.update(product.id, { default_price: once.id });
    const ask = async (locale: string | null) => {
      const { answer } = await shop.latchkey.get<Listed>(PRICES, { search: "many ways", locale });
      return answer.nodes[0];
    };
    const english = await ask(null);
    expect(english?.defaultPrice?.id).toBe(once.id);
    expect(english?.prices.map(({ formatted }) => formatted).toSorted()).toEqual(
      ["$1", "$10", "$2 – $50", "$9.50 per 3 months", "¥500"].toSorted(),
    );
    expect(english?.prices).toContainEqual(
      expect.objectContaining({ id: archived.id, active: false, unitAmount: 100, recurring: null, customAmount: null }),
    );
    expect(english?.prices).toContainEqual(expect.objectContaining({ id: once.id, nickname: "Once", currency: "usd" }));
    expect(english?.prices.map(({ recurring }) => recurring).filter(Boolean)).toEqual([
      { interval: "month", unit: "MONTH", intervalCount: 3, trialPeriodDays: 14 },
    ]);
    expect(english?.prices.map(({ customAmount }) => customAmount).filter(Boolean)).toEqual([
      { minimum: 200, maximum: 5_000, preset: 500 },
    ]);
    expect((await ask("de"))?.prices.map(({ formatted }) => formatted)).toContain("9,50\u00a0$ / 3 Monate");
    const refused = await shop.latchkey.ask(PRICES, { search: "many ways", locale: "not a language" });
    expect(refused.errors?.[0]?.extensions.code).toBe("INVALID_INPUT");
  });

  test("of a whole page of products are asked for together", async () => {
    // The second request for prices would fail.
    shop.simulator.control.plan({ fault: { kind: "error-before" }, path: "/v1/prices", skip: 1, count: 50 });
    const answer = await shop.latchkey.ask(
      `{ stripeProducts(first: 50) { nodes { prices { id } defaultPrice { id } } } }`,
    );
    shop.simulator.control.faults.clear();
    expect(answer.errors).toBeUndefined();
  });

  test("of one product are listed to the end", async () => {
    const product = await shop.stripe.products.create({ name: "With a long list of prices" });
    for (let n = 0; n < 110; n += 10) {
      await atOnce(10, (index) =>
        shop.stripe.prices.create({ product: product.id, currency: "usd", unit_amount: 100 + n + index }),
      );
    }
    const { answer } = await shop.latchkey.get<Listed>(PRICES, { search: "a long list" });
    expect(new Set(answer.nodes[0]?.prices.map(({ unitAmount }) => unitAmount)).size).toBe(110);
    const { answer: all } = await shop.latchkey.get<Listed>(PRICES, { search: "ri" });
    expect(all.nodes.find(({ id }) => id === product.id)?.prices).toHaveLength(110);
  });
});

describe("an account that cannot be asked", () => {
  test("TA-X14: none is connected in the other mode: STRIPE_NOT_CONNECTED, with the operation that mends it", async () => {
    const { extensions, message } = await shop.latchkey.refused(LIST, {}, await shop.latchkey.key("READ", "LIVE"));
    expect(extensions.code).toBe("STRIPE_NOT_CONNECTED");
    expect(message).toContain("connectStripe");
  });

  test("one that does not exist is NOT_FOUND", async () => {
    const connection = "con_00000000000000000000000000";
    expect((await shop.latchkey.refused(LIST, { connection })).extensions.code).toBe("NOT_FOUND");
  });

  test("Stripe is down: STRIPE_UNAVAILABLE, to be tried again", async () => {
    shop.simulator.control.plan({ fault: { kind: "error-before" }, path: "/v1/products", count: 20 });
    const { extensions } = await shop.latchkey.refused(LIST);
    shop.simulator.control.faults.clear();
    expect([extensions.code, extensions["retryable"]]).toEqual(["STRIPE_UNAVAILABLE", true]);
  });
});
