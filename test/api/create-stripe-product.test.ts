import { linkDocuments, linkOperationsOf } from "../kit/link-operations";
import { atOnce, operationsOf } from "../kit/operations";
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

  test("renaming ours later does not rename Stripe's", async () => {
    const { key } = await named("First name");
    const link = await links.createStripeProduct({ product: key, currency: "eur", unitAmount: 900 });
    await ops.updateProduct({ product: key, name: "Second name" });
    await shop.settled();
    expect((await shop.stripe.products.retrieve(link.stripeProductId)).name).toBe("First name");
    expect((await links.linksOf(key)).links).toMatchObject([{ stripeProductName: "First name" }]);
  });
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
