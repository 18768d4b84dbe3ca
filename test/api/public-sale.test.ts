import type { UpdateProductLinkInput } from "../generated/operations";
import { CHECKOUT_ENV, checkoutOperationsOf } from "../kit/checkout-operations";
import { linkOperationsOf, stockProduct } from "../kit/link-operations";
import { operationsOf } from "../kit/operations";
import { type Shop, startShop } from "../kit/start-shop";

// The public buys exactly what it is shown; the terms are the merchant's.

let shop: Shop;
let buying: ReturnType<typeof checkoutOperationsOf>;
let links: ReturnType<typeof linkOperationsOf>;
let ops: ReturnType<typeof operationsOf>;
let page: string;
let server: string;

beforeAll(async () => {
  const many = {
    LATCHKEY_CHECKOUTS_PER_MINUTE_PER_USER: "100000",
    LATCHKEY_GUEST_CHECKOUTS_PER_MINUTE_PER_ADDRESS: "100000",
  };
  shop = await startShop({ env: { ...CHECKOUT_ENV, ...many } });
  buying = checkoutOperationsOf(shop);
  links = linkOperationsOf(shop);
  ops = operationsOf(shop.latchkey);
  page = await shop.latchkey.key("PUBLISHABLE");
  server = await shop.latchkey.key("WRITE");
});
afterAll(() => shop.stop());

let people = 0;
async function somebody() {
  const email = `somebody-${people++}@shop.example`;
  const id = await buying.newUser({ externalId: email, email });
  return { id, email, token: await shop.latchkey.tokenOf(id) };
}

/** A product of ours that a Stripe product with two prices and an internal one of 50 cents opens. */
async function stock(product: object, terms: Partial<UpdateProductLinkInput> = {}) {
  const { key } = await ops.createProduct(product);
  const goods = await stockProduct(shop, key);
  const internal = await shop.stripe.prices.create({ product: goods.product, currency: "eur", unit_amount: 50 });
  const made = await links.linkProduct({ product: key, stripeProductId: goods.product, importExisting: false });
  const link = made.link?.id ?? "";
  if (Object.keys(terms).length > 0) await links.updateProductLink({ link, ...terms });
  return { key, link, ...goods, internal: internal.id, prices: [goods.monthly, goods.once, internal.id] };
}
type Stocked = Awaited<ReturnType<typeof stock>>;

interface Shown {
  purchaseUrl: string | null;
  purchaseOptions: { method: string; purchasable: boolean; price: { id: string } | null }[];
}
async function shownTo(key: string, credential: string): Promise<Shown> {
  const query = `query ($key: String!) { product(key: $key) {
    purchaseUrl purchaseOptions { method purchasable price { id } } } }`;
  return (await shop.latchkey.get<{ product: Shown }>(query, { key }, credential)).product;
}
const pricesOf = ({ purchaseOptions }: Shown) =>
  purchaseOptions
    .filter(({ method, purchasable }) => purchasable && method !== "EXTERNAL_URL")
    .flatMap(({ price }) => price?.id ?? []);

async function codeOf(input: object, credential: string): Promise<string> {
  const { errors = [] } = await buying.tryOpen(input, credential);
  return errors[0]?.extensions.code ?? "sold";
}
const guest = () => ({ email: `guest-${people++}@shop.example` });
const buy = (key: string, price?: string) =>
  fetch(`${shop.latchkey.url}/buy/${key}?mode=test${price === undefined ? "" : `&price=${price}`}`, {
    redirect: "manual",
  });

/** What the public is sold, by every way there is: prices by name, and whether anything is sold by default. */
async function expectSoldAsShown({ key, prices }: Stocked, expected: readonly string[]) {
  const { token } = await somebody();
  const seen = await shownTo(key, page);
  expect(pricesOf(seen)).toEqual(expected);
  expect(pricesOf(await shownTo(key, token))).toEqual(expected);
  for (const priceId of prices) {
    const isSold = expected.includes(priceId);
    const sold = [
      (await codeOf({ product: key, priceId, guest: guest() }, page)) === "sold",
      (await codeOf({ product: key, priceId }, token)) === "sold",
      (await buy(key, priceId)).headers.get("location")?.includes("cs_test") ?? false,
    ];
    expect(sold).toEqual([isSold, isSold, isSold]);
  }
  const byDefault = await codeOf({ product: key, guest: guest() }, page);
  expect(byDefault === "sold").toBe(expected.length > 0);
  expect(seen.purchaseUrl === null).toBe(seen.purchaseOptions.length === 0);
  return byDefault;
}

describe("the public buys what purchaseOptions shows it", () => {
  test("RWS-X18, CH-S19: the checkout price alone, or the prices that the link offers", async () => {
    const alone = await stock({ purchaseMethod: "CHECKOUT" });
    await expectSoldAsShown(alone, [alone.monthly]);
    expect(await codeOf({ product: alone.key, priceId: alone.internal, guest: guest() }, page)).toBe("NOT_FOR_SALE");
    const { link, monthly, once } = alone;
    const changed = await links.updateProductLink({ link, offeredPriceIds: [once, monthly] });
    expect(changed.link).toMatchObject({ offeredPriceIds: [once, monthly], maxQuantity: 1 });
    await expectSoldAsShown(alone, [monthly, once]);
    await links.updateProductLink({ link, offeredPriceIds: [once] });
    await expectSoldAsShown(alone, [once]);
    await links.updateProductLink({ link, offeredPriceIds: null });
    await expectSoldAsShown(alone, [monthly]);
  });

  test("CH-S20, CH-S21: a sales page sells its prices too; a page elsewhere and NONE sell nothing here", async () => {
    const salesPageUrl = "https://shop.example/course";
    const externalUrl = "https://elsewhere.example/buy";
    const sales = await stock({ purchaseMethod: "SALES_PAGE", salesPageUrl });
    await links.updateProductLink({ link: sales.link, offeredPriceIds: [sales.monthly, sales.once] });
    expect(await expectSoldAsShown(sales, [sales.monthly, sales.once])).toBe("sold");
    expect((await buy(sales.key)).headers.get("location")).toBe(salesPageUrl);
    const elsewhere = await stock({ purchaseMethod: "EXTERNAL_URL", externalUrl });
    expect(await expectSoldAsShown(elsewhere, [])).toBe("NOT_FOR_SALE");
    expect((await buy(elsewhere.key)).headers.get("location")).toBe(externalUrl);
    const none = await stock({ purchaseMethod: "NONE" });
    expect(await expectSoldAsShown(none, [])).toBe("NOT_FOR_SALE");
    expect((await buy(none.key)).status).toBe(409);
    // A server key with WRITE sells each of them, at each linked price.
    for (const { key, prices } of [sales, elsewhere, none]) {
      for (const priceId of prices) {
        const { id: user } = await somebody();
        expect(await codeOf({ product: key, priceId, user }, server)).toBe("sold");
      }
    }
  });

  test("CH-S23: a product that is hidden while it is locked does not exist for those who may not open it", async () => {
    const hidden = await stock({ purchaseMethod: "CHECKOUT", showWhenLocked: false });
    expect(await expectSoldAsShown(hidden, [])).toBe("NOT_FOUND");
    expect((await buy(hidden.key)).status).toBe(404);
    const nothing = await buying.notOpened({ product: "no-such-thing", guest: guest() }, page);
    const refused = await buying.notOpened({ product: hidden.key, guest: guest() }, page);
    expect([refused.message, refused.extensions]).toEqual([nothing.message, nothing.extensions]);
    // Access by hand shows it, and does not stop a purchase.
    const { id: user, token } = await somebody();
    await ops.grantAccess({ user, product: hidden.key, note: "a taste" });
    expect(pricesOf(await shownTo(hidden.key, token))).toEqual([hidden.monthly]);
    expect(await codeOf({ product: hidden.key }, token)).toBe("sold");
    expect(await codeOf({ product: hidden.key, user: (await somebody()).id }, server)).toBe("sold");
  });

  test("TA-S3: an account that keeps its offers from the public sells it nothing", async () => {
    const set = (exposePurchaseOptions: boolean) =>
      shop.latchkey.get(
        "mutation ($input: UpdateStripeConnectionInput!) { updateStripeConnection(input: $input) { id } }",
        { input: { connection: shop.connection, exposePurchaseOptions } },
      );
    const kept = await stock({ purchaseMethod: "CHECKOUT" });
    const salesPageUrl = "https://shop.example/kept";
    const sales = await stock({ purchaseMethod: "SALES_PAGE", salesPageUrl });
    await set(false);
    for (const each of [kept, sales]) {
      expect(await expectSoldAsShown(each, [])).toBe("NOT_FOR_SALE");
      expect(await shownTo(each.key, page)).toEqual({ purchaseUrl: null, purchaseOptions: [] });
      expect((await buy(each.key)).status).toBe(409);
      expect(await codeOf({ product: each.key, user: (await somebody()).id }, server)).toBe("sold");
    }
    await set(true);
    await expectSoldAsShown(kept, [kept.monthly]);
  });

  test("CH-X7: a link offers prices of its own only, and a maximum of 1 or more", async () => {
    const { link, monthly, once, internal } = await stock({ purchaseMethod: "CHECKOUT" });
    const other = await stockProduct(shop, "other");
    const refusal = async (input: object) => {
      const { code, field } = (await links.refused("updateProductLink", { input: { link, ...input } })).extensions;
      return [code, field];
    };
    const offered = "input.offeredPriceIds";
    expect(await refusal({ offeredPriceIds: [other.once] })).toEqual(["PRICE_NOT_OF_PRODUCT", offered]);
    expect(await refusal({ priceIds: [monthly], offeredPriceIds: [once] })).toEqual(["PRICE_NOT_OF_PRODUCT", offered]);
    await links.updateProductLink({ link, offeredPriceIds: [once] });
    expect(await refusal({ priceIds: [monthly] })).toEqual(["PRICE_NOT_OF_PRODUCT", "input.priceIds"]);
    await shop.stripe.prices.update(internal, { active: false });
    expect(await refusal({ offeredPriceIds: [internal] })).toEqual(["PRICE_INACTIVE", offered]);
    expect(await refusal({ maxQuantity: 0 })).toEqual(["INVALID_INPUT", "input.maxQuantity"]);
  });
});

describe("terms are the merchant's", () => {
  const set = (allowPromotionCodes: boolean) =>
    shop.latchkey.get(
      "mutation ($input: UpdateStripeConnectionInput!) { updateStripeConnection(input: $input) { id } }",
      {
        input: { connection: shop.connection, allowPromotionCodes },
      },
    );

  test("TA-S2, TA-X15: the public is refused other terms with FORBIDDEN; a server key may change them for a call", async () => {
    const { key, link, goods, tried } = await withTrial();
    const { id: user, token } = await somebody();
    const attempts: [object, string][] = [
      [{ allowPromotionCodes: true }, "input.allowPromotionCodes"],
      [{ trialDays: 8 }, "input.trialDays"],
      [{ trialDays: 0 }, "input.trialDays"],
      [{ quantity: 2 }, "input.quantity"],
      [{ metadata: { latchkey_ignore: "true" } }, "input.metadata.latchkey_ignore"],
      [{ metadata: { LATCHKEY_user: user } }, "input.metadata.LATCHKEY_user"],
    ];
    for (const [input, field] of attempts) {
      for (const [buyer, credential] of [
        [{}, token],
        [{ guest: guest() }, page],
      ] as const) {
        const { extensions } = await buying.notOpened({ product: key, ...buyer, ...input }, credential);
        expect(extensions).toMatchObject({ code: "FORBIDDEN", field });
      }
    }
    const same = { allowPromotionCodes: false, trialDays: 7, quantity: 1, metadata: { campaign: "spring" } };
    expect(await codeOf({ product: key, ...same }, token)).toBe("sold");
    expect(await codeOf({ product: key, ...same, guest: guest() }, page)).toBe("sold");
    const own = { allowPromotionCodes: true, trialDays: 30, quantity: 3 };
    const { id } = await buying.open({ product: key, priceId: tried, user, ...own }, server);
    const session = await buying.inStripe(id);
    expect(session).toMatchObject({ allow_promotion_codes: true });
    expect(session.line_items?.data[0]?.quantity).toBe(3);
    await links.updateProductLink({ link, maxQuantity: 3 });
    expect(await codeOf({ product: key, quantity: 3 }, token)).toBe("sold");
    expect(await codeOf({ product: key, quantity: 4 }, token)).toBe("FORBIDDEN");
    expect(goods).toMatch(/^prod_/);
  });

  test("TA-S2: where the account allows codes, the public cannot switch them off", async () => {
    const { key } = await stock({ purchaseMethod: "CHECKOUT" });
    await set(true);
    const { token } = await somebody();
    const { id } = await buying.open({ product: key, allowPromotionCodes: true }, token);
    expect((await buying.inStripe(id)).allow_promotion_codes).toBe(true);
    expect(await codeOf({ product: key, allowPromotionCodes: false }, token)).toBe("FORBIDDEN");
    await set(false);
  });

  async function withTrial() {
    const { key, link, product: goods } = await stock({ purchaseMethod: "CHECKOUT" });
    const recurring = { interval: "month", trial_period_days: 7 } as const;
    const { id: tried } = await shop.stripe.prices.create({
      product: goods,
      currency: "eur",
      unit_amount: 700,
      recurring,
    });
    await links.updateProductLink({ link, checkoutPriceId: tried });
    return { key, link, goods, tried };
  }
});
