import type Stripe from "stripe";
import { statementsOf } from "../kit/count-statements";
import { linkOperationsOf } from "../kit/link-operations";
import { operationsOf } from "../kit/operations";
import { type Shop, startShop } from "../kit/start-shop";

let shop: Shop;
let links: ReturnType<typeof linkOperationsOf>;
let ops: ReturnType<typeof operationsOf>;
let ada: string;
let publishable: string;
let token: string;

beforeAll(async () => {
  shop = await startShop();
  links = linkOperationsOf(shop);
  ops = operationsOf(shop.latchkey);
  ada = (await ops.createUser({ externalId: "ada" })).id;
  publishable = await shop.latchkey.key("PUBLISHABLE");
  token = await shop.latchkey.tokenOf(ada);
});
afterAll(() => shop.stop());

interface Option {
  product: { key: string };
  method: string;
  url: string | null;
  purchasable: boolean;
  blocker: string | null;
  price: { id: string; unitAmount: number | null; formatted: string; customAmount: object | null } | null;
}

const OPTIONS = `purchaseOptions { product { key } method url purchasable blocker
  price { id unitAmount formatted currency customAmount { minimum maximum preset } recurring { interval intervalCount } } }`;

async function optionsOf(key: string, credential?: string): Promise<Option[]> {
  const query = `query ($key: String!) { product(key: $key) { ${OPTIONS} } }`;
  const { product } = await shop.latchkey.get<{ product: { purchaseOptions: Option[] } }>(query, { key }, credential);
  return product.purchaseOptions;
}

async function accessOf(key: string, credential: string = token) {
  const query = `query ($key: String!) { access(product: $key) { allowed reason ${OPTIONS} } }`;
  type Answer = { access: { allowed: boolean; reason: string; purchaseOptions: Option[] } };
  return (await shop.latchkey.get<Answer>(query, { key }, credential)).access;
}

type Price = Omit<Stripe.PriceCreateParams, "product" | "currency"> & { currency?: string };

/** A product with prices, the first of which Stripe shows first. */
async function stock(prices: Price[], product: object = {}, link: object | null = {}) {
  const { key } = await ops.createProduct({ purchaseMethod: "CHECKOUT", ...product });
  const goods = await shop.stripe.products.create({ name: key });
  const ids: string[] = [];
  for (const price of prices) {
    ids.push((await shop.stripe.prices.create({ currency: "usd", ...price, product: goods.id })).id);
  }
  if (ids[0]) await shop.stripe.products.update(goods.id, { default_price: ids[0] });
  const made =
    link && (await links.linkProduct({ product: key, stripeProductId: goods.id, importExisting: false, ...link })).link;
  return { key, goods: goods.id, ids, link: made?.id ?? "" };
}

const monthly: Price = { unit_amount: 900, recurring: { interval: "month" } };
const quarterly: Price = { unit_amount: 2_500, recurring: { interval: "month", interval_count: 3 } };
const once: Price = { unit_amount: 4_950 };
const briefly = (options: Option[]) => options.map(({ price, blocker }) => [price?.id ?? null, blocker]);

describe("what is for sale", () => {
  test("RWS-S3, RWS-X25, TA-S3: a visitor who is denied sees every offered price, by default first, as people read it", async () => {
    const { key, ids, link } = await stock([quarterly, monthly, once]);
    await links.updateProductLink({ link, offeredPriceIds: [ids[2] ?? "", ids[1] ?? "", ids[0] ?? ""] });
    const { allowed, reason, purchaseOptions } = await accessOf(key, publishable);
    expect([allowed, reason]).toEqual([false, "NOT_AUTHENTICATED"]);
    expect(purchaseOptions[0]?.price?.id).toBe(ids[0]);
    expect(purchaseOptions.map(({ price }) => price?.formatted).sort()).toEqual(
      ["$25 per 3 months", "$49.50", "$9 per month"].sort(),
    );
    for (const option of purchaseOptions) {
      expect(option).toMatchObject({
        method: "CHECKOUT",
        url: null,
        purchasable: true,
        blocker: null,
        product: { key },
      });
    }
    expect(await optionsOf(key, publishable)).toEqual(purchaseOptions);
    expect((await accessOf(key)).purchaseOptions).toEqual(purchaseOptions);
  });

  test("TA-S3: whoever has access is offered nothing", async () => {
    const { key } = await stock([once]);
    await ops.grantAccess({ user: ada, product: key, note: "a present" });
    expect(await accessOf(key)).toMatchObject({ allowed: true, purchaseOptions: [] });
  });

  test("TA-X34: somebody whose access has expired is offered it again", async () => {
    const { key, ids } = await stock([once]);
    const endsAt = new Date(shop.clock.now().getTime() + 60_000).toISOString();
    await ops.grantAccess({ user: ada, product: key, note: "a taste", endsAt });
    shop.clock.moveBy(120_000);
    const access = await accessOf(key);
    expect(access).toMatchObject({ allowed: false, reason: "EXPIRED" });
    expect(briefly(access.purchaseOptions)).toEqual([[ids[0], null]]);
  });

  test("RWS-X26: where buyers choose the amount, the bounds are said", async () => {
    const custom = { enabled: true, minimum: 200, maximum: 5_000, preset: 1_000 };
    const { key } = await stock([{ custom_unit_amount: custom }]);
    expect((await optionsOf(key, publishable))[0]?.price).toMatchObject({
      unitAmount: null,
      customAmount: { minimum: 200, maximum: 5_000, preset: 1_000 },
      formatted: "$2 – $50",
    });
  });

  test("RWS-X25: currencies without hundredths are written as they are counted", async () => {
    const { key } = await stock([{ currency: "jpy", unit_amount: 900 }]);
    expect((await optionsOf(key))[0]?.price?.formatted).toBe("¥900");
  });

  test("CH-S19, RWS-X18: the chosen price alone is for sale; of several that are offered it comes first", async () => {
    const { key, ids, link } = await stock([monthly, quarterly, once], {}, { priceIds: [] });
    const priceIds = [ids[1] ?? "", ids[2] ?? ""];
    await links.updateProductLink({ link, priceIds, checkoutPriceId: ids[2] ?? null });
    expect(briefly(await optionsOf(key))).toEqual([[ids[2], null]]);
    await links.updateProductLink({ link, offeredPriceIds: priceIds });
    expect(briefly(await optionsOf(key))).toEqual([
      [ids[2], null],
      [ids[1], null],
    ]);
  });

  test("CH-S20, CH-S21, TA-X30, CH-X20: a sales page, a page elsewhere and nothing at all", async () => {
    const salesPageUrl = "https://shop.example/course";
    const externalUrl = "https://elsewhere.example/buy?id=7";
    const sales = await stock([monthly], { purchaseMethod: "SALES_PAGE", salesPageUrl });
    expect(await optionsOf(sales.key, publishable)).toMatchObject([
      { method: "SALES_PAGE", url: salesPageUrl, purchasable: true, price: { id: sales.ids[0] } },
    ]);
    const { key } = await ops.createProduct({ purchaseMethod: "EXTERNAL_URL", externalUrl });
    expect(await optionsOf(key, publishable)).toMatchObject([
      { method: "EXTERNAL_URL", url: externalUrl, purchasable: true, price: null },
    ]);
    const none = await stock([monthly], { purchaseMethod: "NONE" });
    expect(await optionsOf(none.key)).toEqual([]);
    expect((await accessOf(none.key)).purchaseOptions).toEqual([]);
  });

  test("of content that several products open, each is offered, and what the public does not see is not", async () => {
    const [one, two] = [await stock([monthly]), await stock([once])];
    const draft = await stock([once], { status: "DRAFT" });
    await shop.latchkey.get("mutation ($input: SetResourceInput!) { setResource(input: $input) { id } }", {
      input: { key: "post:42", products: [one.key, draft.key, two.key] },
    });
    const query = `{ resourceAccess(resource: "post:42") { allowed ${OPTIONS} } }`;
    type Answer = { resourceAccess: { allowed: boolean; purchaseOptions: Option[] } };
    const { resourceAccess } = await shop.latchkey.get<Answer>(query, {}, publishable);
    expect(resourceAccess.allowed).toBe(false);
    expect(resourceAccess.purchaseOptions.map(({ product }) => product.key)).toEqual([one.key, two.key]);
  });
});

describe("what cannot be bought is shown to administrators only, with the reason", () => {
  const cases: [string, () => Promise<{ key: string; blockers: (string | null)[] }>][] = [
    ["NOT_LINKED", async () => ({ key: (await stock([once], {}, null)).key, blockers: ["NOT_LINKED"] })],
    ["NO_PRICE", async () => ({ key: (await stock([])).key, blockers: ["NO_PRICE"] })],
    [
      "CHECKOUT_DISABLED",
      async () => {
        const { key, link } = await stock([once]);
        await links.updateProductLink({ link, checkoutEnabled: false });
        return { key, blockers: ["CHECKOUT_DISABLED"] };
      },
    ],
    [
      "PRODUCT_NOT_LIVE",
      async () => ({ key: (await stock([once], { status: "ARCHIVED" })).key, blockers: ["PRODUCT_NOT_LIVE"] }),
    ],
    [
      "PRICE_INACTIVE",
      async () => {
        const { key, ids, link } = await stock([monthly, once]);
        await links.updateProductLink({ link, checkoutPriceId: ids[1] ?? null, priceIds: [ids[1] ?? ""] });
        await shop.stripe.prices.update(ids[1] ?? "", { active: false });
        await shop.settled();
        return { key, blockers: ["PRICE_INACTIVE"] };
      },
    ],
    [
      "PRICE_INACTIVE, for the product is archived in Stripe",
      async () => {
        const { key, goods } = await stock([once]);
        await shop.stripe.products.update(goods, { active: false });
        await shop.settled();
        return { key, blockers: ["PRICE_INACTIVE"] };
      },
    ],
    [
      "no page",
      async () => ({
        key: (await ops.createProduct({ purchaseMethod: "SALES_PAGE" })).key,
        blockers: ["NOT_FOR_SALE"],
      }),
    ],
  ];
  test.each(cases)("CH-S18: %s", async (_, make) => {
    const { key, blockers } = await make();
    const seen = await optionsOf(key);
    expect(seen.map(({ blocker }) => blocker)).toEqual(blockers);
    expect(seen.every(({ purchasable }) => !purchasable)).toBe(true);
    for (const credential of [await shop.latchkey.key("READ"), await shop.latchkey.key("WRITE")]) {
      expect(await optionsOf(key, credential)).toEqual([]);
    }
    expect((await accessOf(key, publishable)).purchaseOptions).toEqual([]);
  });
});

test("TA-S3: a connection that keeps it from the public shows it to servers only", async () => {
  const { key, ids } = await stock([once]);
  const set = (exposePurchaseOptions: boolean) =>
    shop.latchkey.get(
      "mutation ($input: UpdateStripeConnectionInput!) { updateStripeConnection(input: $input) { id } }",
      { input: { connection: shop.connection, exposePurchaseOptions } },
    );
  await set(false);
  expect(await optionsOf(key, publishable)).toEqual([]);
  expect((await accessOf(key)).purchaseOptions).toEqual([]);
  expect(briefly(await optionsOf(key, await shop.latchkey.key("READ")))).toEqual([[ids[0], null]]);
  await set(true);
  expect(await optionsOf(key, publishable)).toHaveLength(1);
});

test("nothing of one mode is for sale in the other", async () => {
  const { key } = await stock([once]);
  expect(briefly(await optionsOf(key, await shop.latchkey.key("ADMIN", "LIVE")))).toEqual([[null, "NOT_LINKED"]]);
});

test("a new price in Stripe is not for sale until the link offers it, and one that is archived is not any more", async () => {
  const { key, goods, ids, link } = await stock([once]);
  const added = await shop.stripe.prices.create({ product: goods, currency: "usd", unit_amount: 100 });
  await shop.settled();
  expect(briefly(await optionsOf(key, publishable))).toEqual([[ids[0], null]]);
  await links.updateProductLink({ link, offeredPriceIds: [ids[0] ?? "", added.id] });
  expect(briefly(await optionsOf(key, publishable))).toEqual([
    [ids[0], null],
    [added.id, null],
  ]);
  await shop.stripe.prices.update(added.id, { active: false });
  await shop.settled();
  expect(briefly(await optionsOf(key, publishable))).toEqual([[ids[0], null]]);
});

describe("what it costs", () => {
  let keys: string[];
  beforeAll(async () => {
    keys = [];
    for (let index = 0; index < 12; index++) keys.push((await stock([monthly, once])).key);
  });
  const many = (fields: string, count: number) => () =>
    shop.latchkey.get(
      `query ($keys: [String!]!) { accessMany(products: $keys) { allowed ${fields} } }`,
      { keys: keys.slice(0, count) },
      token,
    );

  test("no field that is not asked for costs a statement", async () => {
    const SALE = /catalogue\.|productLinks\.|"ConnectionEntity"\."id" IN|"ProductEntity"/;
    const saleOf = async (fields: string, count: number) =>
      (await statementsOf(many(fields, count))).filter((text) => SALE.test(text));
    await shop.settled();
    expect(await saleOf("", 12)).toEqual([]);
    const few = await saleOf(OPTIONS, 2);
    expect(few.length).toBeGreaterThan(2);
    expect(few.length).toBeLessThanOrEqual(5);
    expect(await saleOf(OPTIONS, 12)).toHaveLength(few.length);
  });

  test("no check asks Stripe: what is for sale is said without it", async () => {
    await shop.control("plan-fault", { kind: "error-before", path: "/v1/*", count: 50 });
    expect((await accessOf(keys[0] ?? "")).purchaseOptions).toHaveLength(1);
    expect(await optionsOf(keys[1] ?? "", publishable)).toHaveLength(1);
    expect(shop.simulator.control.faults.planned()).toMatchObject([{ count: 50 }]);
    await shop.control("clear-faults");
  });
});

describe("purchaseUrl", () => {
  const urlOf = async (key: string, credential?: string) =>
    (
      await shop.latchkey.get<{ product: { purchaseUrl: string | null } }>(
        "query ($key: String!) { product(key: $key) { purchaseUrl } }",
        { key },
        credential,
      )
    ).product.purchaseUrl;

  test("CH-S18: is ours and stays the same, says the mode if it is for tests, and is there for what is offered", async () => {
    const { publicUrl } = shop.latchkey.server.deps.config;
    const { key } = await stock([once], { key: "course:bread/1" });
    expect(await urlOf(key, publishable)).toBe(`${publicUrl}/buy/course%3Abread%2F1?mode=test`);
    const externalUrl = "https://elsewhere.example/buy";
    await ops.createProduct({ key: "elsewhere", purchaseMethod: "EXTERNAL_URL", externalUrl });
    expect(await urlOf("elsewhere", await shop.latchkey.key("PUBLISHABLE", "LIVE"))).toBe(`${publicUrl}/buy/elsewhere`);
    // Whoever asks, an address is there only while a visitor who opens it can buy.
    const { key: unsold } = await ops.createProduct({ purchaseMethod: "NONE" });
    expect(await urlOf(unsold)).toBeNull();
    expect(await urlOf(key, await shop.latchkey.key("READ", "LIVE"))).toBeNull();
    const hidden = await stock([once], { showWhenLocked: false });
    expect(await urlOf(hidden.key)).toBeNull();
  });
});
