import { linkDocuments, linkOperationsOf } from "../kit/link-operations";
import { atOnce, operationsOf, until } from "../kit/operations";
import { type Shop, startShop } from "../kit/start-shop";

let shop: Shop;
let links: ReturnType<typeof linkOperationsOf>;
let ops: ReturnType<typeof operationsOf>;

beforeAll(async () => {
  shop = await startShop();
  links = linkOperationsOf(shop);
  ops = operationsOf(shop.latchkey);
});
afterAll(() => shop.stop());

const named = (name: string) =>
  ops.createProduct({ name, description: "Twelve lessons.", imageUrl: "https://shop.example/bread.png" });
const inStripe = async (name: string) =>
  (await shop.stripe.products.list({ limit: 100 })).data.filter((product) => product.name === name);

describe("CH-S10 TA-X7: a product is made in Stripe from ours", () => {
  test("with its name, description and picture, marked with our key, priced as asked, and linked", async () => {
    const { key } = await named("Bread for beginners");
    const link = await links.createStripeProduct({
      product: key,
      currency: "EUR",
      unitAmount: 900,
      interval: "month",
      intervalCount: 3,
      trialPeriodDays: 14,
    });
    const product = await shop.stripe.products.retrieve(link.stripeProductId);
    expect(product).toMatchObject({
      name: "Bread for beginners",
      description: "Twelve lessons.",
      images: ["https://shop.example/bread.png"],
      metadata: { latchkey_product: key },
    });
    const { data: prices } = await shop.stripe.prices.list({ product: product.id });
    expect(prices).toMatchObject([
      {
        id: product.default_price,
        currency: "eur",
        unit_amount: 900,
        recurring: { interval: "month", interval_count: 3, trial_period_days: 14 },
      },
    ]);
    expect(link).toMatchObject({
      stripeProductName: "Bread for beginners",
      checkoutEnabled: true,
      checkoutPrice: { id: product.default_price, formatted: "€9 per 3 months" },
      product: { key },
    });
    expect((await links.linksOf(key)).links).toEqual([link]);
    expect((await ops.activities({ product: key })).map(({ type }) => type)).toEqual(["PRODUCT_LINKED"]);
  });

  test("a purchase of it opens ours", async () => {
    const { key } = await named("Bought at once");
    const { checkoutPrice } = await links.createStripeProduct({
      product: key,
      currency: "usd",
      unitAmount: 900,
      interval: "year",
    });
    const { id: customer } = await shop.stripe.customers.create({ email: "ada@example.com" });
    const user = await ops.createUser({ externalId: "ada", stripeCustomerId: customer });
    const price = checkoutPrice?.id ?? "";
    await shop.control("dashboard-subscription", { customer, price, card: "4242424242424242" });
    await shop.settled();
    expect(await ops.access(key, user.id)).toMatchObject({ allowed: true, reason: "SUBSCRIPTION" });
  });

  test("amounts in currencies without decimals are whole", async () => {
    const { key } = await named("In yen");
    const { checkoutPrice } = await links.createStripeProduct({ product: key, currency: "jpy", unitAmount: 500 });
    expect(checkoutPrice?.formatted).toBe("¥500");
  });

  test("it may be kept from checkout", async () => {
    const { key } = await named("Sold elsewhere");
    const terms = { currency: "eur", unitAmount: 900, checkoutEnabled: false };
    expect(await links.createStripeProduct({ product: key, ...terms })).toMatchObject({ checkoutEnabled: false });
  });
});

describe("TA-X7: a new name of a product", () => {
  const nameOf = async (stripeProduct: string) => (await shop.stripe.products.retrieve(stripeProduct)).name;
  const renamed = (stripeProduct: string, name: string) =>
    until(
      () => nameOf(stripeProduct),
      (found) => found === name,
    );

  test("is written to Stripe if the link says so, and not otherwise", async () => {
    const { key } = await named("First name");
    const terms = { product: key, currency: "eur", unitAmount: 900 };
    const kept = await links.createStripeProduct(terms);
    const pushed = await links.createStripeProduct({ ...terms, pushName: true });
    expect([kept.pushName, pushed.pushName]).toEqual([false, true]);
    await ops.updateProduct({ product: key, name: "Second name" });
    expect(await renamed(pushed.stripeProductId, "Second name")).toBe("Second name");
    await shop.settled();
    expect(await nameOf(kept.stripeProductId)).toBe("First name");
    expect((await links.linksOf(key)).links).toMatchObject([
      { stripeProductName: "First name" },
      { stripeProductName: "Second name" },
    ]);
    // Switched on, the name as it is now is written. A name that was changed in Stripe is nobody else's matter.
    await links.updateProductLink({ link: kept.id, pushName: true });
    expect(await renamed(kept.stripeProductId, "Second name")).toBe("Second name");
    await shop.stripe.products.update(kept.stripeProductId, { name: "Changed in Stripe" });
    await shop.settled();
    expect(await ops.product(key)).toMatchObject({ name: "Second name" });
    await ops.updateProduct({ product: key, description: "Thirteen lessons." });
    await links.updateProductLink({ link: pushed.id, pushName: false });
    await ops.updateProduct({ product: key, name: "Third name" });
    expect(await renamed(kept.stripeProductId, "Third name")).toBe("Third name");
    expect(await nameOf(pushed.stripeProductId)).toBe("Second name");
  });

  test("that cannot be written is told once, and written as soon as Stripe answers", async () => {
    const { key } = await named("Patient");
    const terms = { product: key, currency: "eur", unitAmount: 900, pushName: true };
    const { stripeProductId: id } = await links.createStripeProduct(terms);
    const fault = { kind: "error-before" } as const;
    shop.simulator.control.plan({ fault, method: "POST", path: `/v1/products/${id}`, count: 4 });
    await ops.updateProduct({ product: key, name: "Patient and written" });
    expect(await renamed(id, "Patient and written")).toBe("Patient and written");
    const told = (await ops.activities({ product: key })).filter(({ customType }) => customType);
    expect(told).toMatchObject([
      { customType: "product.push-failed", actor: "SYSTEM", data: { code: "STRIPE_UNAVAILABLE", willRetry: true } },
    ]);
  });
});

describe("TA-X7: one more price of a linked product", () => {
  const pricesOf = async (product: string) => (await shop.stripe.prices.list({ product })).data;

  test("is made in Stripe and counted by the link; what was sold before is sold as before", async () => {
    const { key } = await named("Two prices");
    const {
      id: link,
      stripeProductId,
      checkoutPrice,
    } = await links.createStripeProduct({
      product: key,
      currency: "eur",
      unitAmount: 900,
      interval: "month",
    });
    const terms = { link, currency: "EUR", unitAmount: 9_000, interval: "year", idempotencyKey: "yearly" };
    const plain = await links.createStripePrice(terms);
    expect(plain).toMatchObject({ id: link, priceIds: [], offeredPriceIds: [], checkoutPrice });
    expect(await links.createStripePrice(terms)).toEqual(plain);
    const [yearly, ...others] = (await pricesOf(stripeProductId)).filter(({ id }) => id !== checkoutPrice?.id);
    expect(others).toEqual([]);
    expect(yearly).toMatchObject({ currency: "eur", unit_amount: 9_000, recurring: { interval: "year" } });
    const weekly = { link, currency: "eur", unitAmount: 300, interval: "week" };
    const offered = await links.createStripePrice({ ...weekly, offered: true });
    expect(offered.offeredPriceIds).toEqual([checkoutPrice?.id, expect.stringMatching(/^price_/)]);
    const chosen = await links.createStripePrice({ ...weekly, unitAmount: 400, asCheckoutPrice: true });
    expect(chosen.checkoutPrice).toMatchObject({ formatted: "€4 per week" });
    const mistake = await links.refused("createStripePrice", { input: { link, currency: "eur", unitAmount: -1 } });
    expect(mistake.extensions).toMatchObject({ code: "INVALID_INPUT", field: "input.unitAmount" });
    const nothing = { link: "lnk_00000000000000000000000000", currency: "eur", unitAmount: 900 };
    expect((await links.refused("createStripePrice", { input: nothing })).extensions.code).toBe("NOT_FOUND");
  });

  test("is added where the link names its prices, and the only price stays the one of checkout", async () => {
    const { id: product } = await shop.stripe.products.create({ name: "One price" });
    const { id: only } = await shop.stripe.prices.create({ product, currency: "eur", unit_amount: 900 });
    const { key } = await named("One price");
    const terms = { product: key, stripeProductId: product, priceIds: [only], importExisting: false };
    const { link } = await links.linkProduct(terms);
    const changed = await links.createStripePrice({ link: link?.id ?? "", currency: "eur", unitAmount: 500 });
    const second = (await pricesOf(product)).find(({ id }) => id !== only)?.id;
    expect(changed).toMatchObject({ priceIds: [only, second], checkoutPrice: { id: only } });
  });
});

const JSON_BODY = { "Content-Type": "application/json" };
type Accounts = { data: { account: string; url: string }[] };

test("TA-X7: a live key creates a product in both modes at once, and a retry completes what was cut off", async () => {
  const { key } = await named("Both modes");
  // The simulated Stripe has no live mode: a second account of it stands for one.
  const connect = "mutation ($input: ConnectStripeInput!) { connectStripe(input: $input) { id account } }";
  const { connectStripe } = await shop.latchkey.get<{ connectStripe: { account: string } }>(connect, {
    input: { secretKey: "sk_test_account_live" },
  });
  await shop.latchkey.server.deps.db.rows("/* test */ update stripe_connections set mode = 'LIVE' where account = $1", [
    connectStripe.account,
  ]);
  const live = await shop.latchkey.key("ADMIN", "LIVE");
  const terms = { product: key, currency: "eur", unitAmount: 900, alsoInTestMode: true, idempotencyKey: "both" };
  const early = await links.refused("createStripeProduct", { input: terms });
  expect(early.extensions).toMatchObject({ code: "INVALID_INPUT", field: "input.alsoInTestMode" });
  expect(await inStripe("Both modes")).toEqual([]);
  const { data: accounts } = (await (await fetch(`${shop.simulator.url}/_control/accounts`)).json()) as Accounts;
  const url = accounts.find(({ account }) => account === connectStripe.account)?.url ?? "";
  const fault = JSON.stringify({ kind: "error-before", method: "POST", path: "/v1/products", count: 2 });
  await fetch(`${url}/_control/plan-fault`, { method: "POST", body: fault, headers: JSON_BODY });
  const cut = await links.refused("createStripeProduct", { input: terms }, live);
  expect(cut.extensions).toMatchObject({ code: "STRIPE_UNAVAILABLE", retryable: true });
  expect(await inStripe("Both modes")).toHaveLength(1);
  const link = await links.createStripeProduct(terms, live);
  expect(link).toMatchObject({ connection: { account: connectStripe.account, mode: "LIVE" }, product: { key } });
  expect((await links.linksOf(key, live)).links).toEqual([link]);
  const [inTest, ...more] = (await links.linksOf(key)).links;
  expect(more).toEqual([]);
  expect(inTest).toMatchObject({ connection: { mode: "TEST" }, checkoutPrice: { formatted: "€9" } });
  expect((await inStripe("Both modes")).map(({ id }) => id)).toEqual([inTest?.stripeProductId]);
  expect(await links.createStripeProduct(terms, live)).toEqual(link);
});

describe("the same idempotency key", () => {
  test("makes one product, however often and however many at once", async () => {
    const { key } = await named("Only once");
    const input = { product: key, currency: "eur", unitAmount: 900, idempotencyKey: "once" };
    const answers = await atOnce(5, () => shop.latchkey.ask(linkDocuments.createStripeProduct, { input }));
    const ids = answers.flatMap(({ data }) => (data?.["answer"] as { id: string } | undefined)?.id ?? []);
    expect(ids.length).toBeGreaterThan(0);
    // Whoever came while Stripe was busy with the first is told to try again.
    const codes = answers.flatMap(({ errors = [] }) => errors.map(({ extensions }) => extensions.code));
    expect(codes.filter((code) => code !== "STRIPE_UNAVAILABLE")).toEqual([]);
    const again = await links.createStripeProduct(input);
    expect(new Set([...ids, again.id]).size).toBe(1);
    expect(await inStripe("Only once")).toHaveLength(1);
    const other = await links.refused("createStripeProduct", { input: { ...input, unitAmount: 1_000 } });
    expect(other.extensions.code).toBe("IDEMPOTENCY_MISMATCH");
  });

  test("goes on where a request was cut off, and leaves nothing twice", async () => {
    const { key } = await named("Cut off");
    const terms = { currency: "eur", unitAmount: 900, interval: "month", trialPeriodDays: 7 };
    const input = { product: key, ...terms, idempotencyKey: "cut off" };
    shop.simulator.control.plan({ fault: { kind: "error-before" }, method: "POST", path: "/v1/prices", count: 2 });
    const { extensions } = await links.refused("createStripeProduct", { input });
    expect([extensions.code, extensions.retryable]).toEqual(["STRIPE_UNAVAILABLE", true]);
    expect((await links.linksOf(key)).links).toEqual([]);
    await links.createStripeProduct(input);
    const products = await inStripe("Cut off");
    expect(products).toHaveLength(1);
    expect((await shop.stripe.prices.list({ product: products[0]?.id ?? "" })).data).toHaveLength(1);
  });
});

describe("TA-X14: what is refused, before Stripe is asked", () => {
  const rows: [string, object, string, string][] = [
    ["a product that does not exist", { product: "nothing" }, "NOT_FOUND", "input.product"],
    ["a currency that is none", { currency: "euro" }, "INVALID_INPUT", "input.currency"],
    ["less than nothing", { unitAmount: -1 }, "INVALID_INPUT", "input.unitAmount"],
    ["an interval that is none", { interval: "fortnight" }, "INVALID_INPUT", "input.interval"],
    ["every none of them", { interval: "month", intervalCount: 0 }, "INVALID_INPUT", "input.intervalCount"],
    ["every so many of nothing", { intervalCount: 2 }, "INVALID_INPUT", "input.intervalCount"],
    ["longer than three years", { interval: "year", intervalCount: 4 }, "INVALID_INPUT", "input.intervalCount"],
    ["a trial of what is paid once", { trialPeriodDays: 7 }, "INVALID_INPUT", "input.trialPeriodDays"],
    [
      "thousandths that Stripe does not take",
      { currency: "kwd", unitAmount: 1_001 },
      "INVALID_INPUT",
      "input.unitAmount",
    ],
  ];
  test.each(rows)("%s", async (name, mistake, code, field) => {
    const { key } = await named(name);
    const input = { product: key, currency: "eur", unitAmount: 900, ...mistake };
    const { extensions } = await links.refused("createStripeProduct", { input });
    expect([extensions.code, extensions.field]).toEqual([code, field]);
    expect(await inStripe(name)).toEqual([]);
  });

  test("what only Stripe knows is refused in its words, and leaves nothing there: STRIPE_REFUSED", async () => {
    const { key } = await named("Too dear");
    const input = { product: key, currency: "eur", unitAmount: 999_999_999 };
    expect((await links.refused("createStripeProduct", { input })).extensions.code).toBe("STRIPE_REFUSED");
    expect(await inStripe("Too dear")).toEqual([]);
    expect((await links.linksOf(key)).links).toEqual([]);
  });
});
