import type { Product } from "../generated/operations";
import {
  buyOnce,
  linkDocuments,
  linkOperationsOf,
  makeCustomer,
  stockProduct,
  subscribe,
} from "../kit/link-operations";
import { atOnce, keysOf, operationsOf } from "../kit/operations";
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

/** A product of ours and one in Stripe, not linked. */
async function pair(name: string) {
  const goods = await stockProduct(shop, name);
  const { key } = await ops.createProduct({ name });
  return { ...goods, key };
}

async function linked(name: string, more: object = {}) {
  const goods = await pair(name);
  const { link } = await links.linkProduct({
    product: goods.key,
    stripeProductId: goods.product,
    importExisting: false,
    ...more,
  });
  return { ...goods, link: link?.id ?? "" };
}

/** A user who is a customer, linked. */
async function buyer(name: string) {
  const customer = await makeCustomer(shop, `${name}@example.com`);
  const user = await ops.createUser({ externalId: name, stripeCustomerId: customer });
  return { customer, user: user.id };
}

const allowed = async (key: string, user: string) => (await ops.access(key, user)).allowed;

describe("linking a product", () => {
  test("CH-S3 CH-S7 CH-S8 CH-S9 CH-S16: the link is shown with what it links, by the product and by itself", async () => {
    const { key, product, monthly } = await pair("Bread for beginners");
    const other = await ops.createProduct({ name: "Not linked" });
    const { link, preview, job } = await links.linkProduct({ product: key, stripeProductId: product });
    expect(link).toMatchObject({
      stripeProductId: product,
      stripeProductName: "Bread for beginners",
      stripeProductActive: true,
      priceIds: [],
      checkoutEnabled: true,
      checkoutPrice: { id: monthly, formatted: "€9 per month" },
      accessDurationDays: null,
      accessEndsAt: null,
      activeSubscriptions: 0,
      product: { key },
      connection: { id: shop.connection, mode: "TEST" },
      import: { kind: "LINK_IMPORT" },
    });
    expect(job).toMatchObject({ kind: "LINK_IMPORT" });
    expect(preview).toEqual({ gaining: 0, losing: 0, unchanged: 0, sample: [] });
    expect(await links.linksOf(key)).toMatchObject({ isLinked: true, links: [{ id: link?.id }] });
    expect(await links.linksOf(other.key)).toEqual({ isLinked: false, links: [] });
    const byId = `query ($id: ID!) { node(id: $id) { id ... on StripeProductLink { stripeProductId } } }`;
    expect(await shop.latchkey.get(byId, { id: link?.id })).toEqual({
      node: { id: link?.id, stripeProductId: product },
    });
    const filtered = `query ($linked: Boolean) { products(first: 200, filter: { linked: $linked }) { nodes { key } } }`;
    const keys = async (linkedOnly: boolean) =>
      keysOf(
        (await shop.latchkey.get<{ products: { nodes: Product[] } }>(filtered, { linked: linkedOnly })).products.nodes,
      );
    expect(await keys(true)).toContain(key);
    expect(await keys(true)).not.toContain(other.key);
    expect(await keys(false)).toContain(other.key);
    expect(await keys(false)).not.toContain(key);
    const chooser = `query ($search: String) { stripeProducts(search: $search) { nodes { linkedProduct { key } } } }`;
    expect(await shop.latchkey.get(chooser, { search: product })).toEqual({
      stripeProducts: { nodes: [{ linkedProduct: { key } }] },
    });
  });

  test("TA-X10 TA-X11: links are those of the caller's mode; the public learns no more than that there is one", async () => {
    const { key } = await linked("Only in test mode");
    const live = await shop.latchkey.key("READ", "LIVE");
    expect(await links.linksOf(key, live)).toEqual({ isLinked: false, links: [] });
    const publishable = await shop.latchkey.key("PUBLISHABLE");
    expect(await links.linksOf(key, publishable)).toEqual({ isLinked: true, links: [] });
  });

  test("RWS-S14: the journal keeps what a link said before and after", async () => {
    const { key, link, monthly } = await linked("Journalled");
    await links.updateProductLink({ link, priceIds: [monthly], accessDurationDays: 30 });
    await links.unlinkProduct({ link, strategy: "END_GRANTS" });
    const lines = (await ops.activities({ product: key })).toReversed();
    expect(lines.map(({ type, actor, data }) => [type, actor, data["before"], data["after"]])).toMatchObject([
      ["PRODUCT_LINKED", "ADMIN", null, { priceIds: [], state: "ACTIVE" }],
      ["PRODUCT_LINKED", "ADMIN", { priceIds: [] }, { priceIds: [monthly], accessDurationDays: 30 }],
      ["PRODUCT_UNLINKED", "ADMIN", { priceIds: [monthly], state: "ACTIVE" }, { state: "REMOVED" }],
    ]);
  });

  test("CH-S16 RWS-X30: a rename and an archiving in Stripe show on the link, and holders keep access", async () => {
    const { key, product, monthly } = await linked("Old name");
    const { customer, user } = await buyer("holder");
    await subscribe(shop, customer, monthly);
    await shop.settled();
    expect(await allowed(key, user)).toBe(true);
    await shop.stripe.products.update(product, { name: "New name", active: false });
    await shop.stripe.prices.update(monthly, { nickname: "For members" });
    await shop.settled();
    expect((await links.linksOf(key)).links).toMatchObject([
      { stripeProductName: "New name", stripeProductActive: false, activeSubscriptions: 1 },
    ]);
    expect(await allowed(key, user)).toBe(true);
  });

  const mistakes: [string, (goods: Awaited<ReturnType<typeof pair>>) => object, string, string | undefined][] = [
    ["a product that does not exist", () => ({ product: "nothing" }), "NOT_FOUND", "input.product"],
    [
      "a Stripe product that does not exist",
      () => ({ stripeProductId: "prod_none" }),
      "STRIPE_PRODUCT_NOT_FOUND",
      "input.stripeProductId",
    ],
    ["a price of another product", () => ({ priceIds: ["price_none"] }), "PRICE_NOT_OF_PRODUCT", "input.priceIds"],
    [
      "days and a date",
      () => ({ accessDurationDays: 3, accessEndsAt: "2099-01-01T00:00:00Z" }),
      "INVALID_INPUT",
      "input.accessEndsAt",
    ],
    ["a connection that does not exist", () => ({ connection: "con_nothing" }), "NOT_FOUND", "input.connection"],
  ];
  test.each(mistakes)("TA-X14: %s is refused and changes nothing", async (_, mistake, code, field) => {
    const goods = await pair("Refused");
    const input = { product: goods.key, stripeProductId: goods.product, ...mistake(goods) };
    const { extensions } = await links.refused("linkProduct", { input });
    expect([extensions.code, extensions.field]).toEqual([code, field]);
    expect((await links.linksOf(goods.key)).links).toEqual([]);
  });

  test("TA-X14: without an account in this mode it is STRIPE_NOT_CONNECTED", async () => {
    const { key, product } = await pair("Nowhere");
    const admin = await shop.latchkey.key("ADMIN", "LIVE");
    const { extensions } = await links.refused(
      "linkProduct",
      { input: { product: key, stripeProductId: product } },
      admin,
    );
    expect(extensions.code).toBe("STRIPE_NOT_CONNECTED");
  });

  test("CH-X7 TA-X8: one Stripe product opens two products of ours only by different prices, also when many ask at once", async () => {
    const { key, product, monthly, once } = await pair("Split");
    const second = await ops.createProduct({ name: "The other half" });
    const first = { product: key, stripeProductId: product, priceIds: [monthly], importExisting: false };
    const answers = await atOnce(8, () => shop.latchkey.ask(linkDocuments.linkProduct, { input: first }));
    expect(answers.filter(({ errors }) => !errors)).toHaveLength(1);
    const codes = answers.flatMap(({ errors = [] }) => errors.map(({ extensions }) => extensions.code));
    expect(new Set(codes)).toEqual(new Set(["STRIPE_PRODUCT_ALREADY_LINKED"]));
    const whole = { product: second.key, stripeProductId: product, importExisting: false };
    const { extensions } = await links.refused("linkProduct", { input: whole });
    expect(extensions.code).toBe("STRIPE_PRODUCT_ALREADY_LINKED");
    expect(extensions.details).toMatchObject({ link: (await links.linksOf(key)).links[0]?.id });
    await links.linkProduct({ ...whole, priceIds: [once] });
    const { customer, user } = await buyer("splitter");
    await subscribe(shop, customer, monthly);
    await shop.settled();
    expect([await allowed(key, user), await allowed(second.key, user)]).toEqual([true, false]);
    await buyOnce(shop, customer, once);
    await shop.settled();
    expect(await allowed(second.key, user)).toBe(true);
  });
});

describe("RWS-S2 RWS-S6 CH-S14: what was bought opens", () => {
  test("whatever we heard of before it was linked, before the answer; and a dry run said so and changed nothing", async () => {
    const { key, product, monthly } = await pair("Bought before");
    const { customer, user } = await buyer("early");
    await subscribe(shop, customer, monthly);
    await shop.settled();
    const input = { product: key, stripeProductId: product, importExisting: false };
    const tried = await links.linkProduct({ ...input, dryRun: true });
    expect(tried).toMatchObject({ link: null, job: null, preview: { gaining: 1, losing: 0, sample: [{ id: user }] } });
    expect((await links.linksOf(key)).links).toEqual([]);
    expect(await allowed(key, user)).toBe(false);
    expect((await links.linkProduct(input)).preview).toEqual(tried.preview);
    expect(await allowed(key, user)).toBe(true);
  });

  test("and a content that belongs to the product opens with it", async () => {
    const { key, monthly } = await linked("With posts");
    await ops.setResource({ key: "post:42", products: [key] });
    const { customer, user } = await buyer("reader");
    expect(await ops.resourceAccess("post:42", user)).toMatchObject({ allowed: false });
    await subscribe(shop, customer, monthly);
    await shop.settled();
    expect(await ops.resourceAccess("post:42", user)).toMatchObject({ allowed: true });
  });
});

test("CH-S18: choosing what checkout sells gives the product its public address; another way of buying stays", async () => {
  const { id: stripeProduct } = await shop.stripe.products.create({ name: "To be sold" });
  const { id: price } = await shop.stripe.prices.create({ product: stripeProduct, currency: "usd", unit_amount: 900 });
  const create = "mutation ($input: CreateProductInput!) { createProduct(input: $input) { id } }";
  const link = "mutation ($input: LinkProductInput!) { linkProduct(input: $input) { link { id } } }";
  const bought = async (key: string) =>
    (
      await shop.latchkey.get<{ product: { purchaseMethod: string; purchaseUrl: string | null } }>(
        `query ($key: String!) { product(key: $key) { purchaseMethod purchaseUrl } }`,
        { key },
      )
    ).product;
  await shop.latchkey.get(create, { input: { key: "to-be-sold", name: "To be sold" } });
  expect(await bought("to-be-sold")).toEqual({ purchaseMethod: "NONE", purchaseUrl: null });
  await shop.latchkey.get(link, {
    input: { product: "to-be-sold", stripeProductId: stripeProduct, checkoutPriceId: price, importExisting: false },
  });
  expect(await bought("to-be-sold")).toEqual({
    purchaseMethod: "CHECKOUT",
    purchaseUrl: expect.stringContaining("/buy/to-be-sold"),
  });
});

describe("changing a link", () => {
  test("narrowing takes from those who hold other prices and widening gives back, each told by a dry run first", async () => {
    const { key, link, monthly, once } = await linked("Narrowed");
    const [subscriber, owner] = [await buyer("narrow-subscriber"), await buyer("narrow-owner")];
    await subscribe(shop, subscriber.customer, monthly);
    await buyOnce(shop, owner.customer, once);
    await shop.settled();
    const holders = async () => [await allowed(key, subscriber.user), await allowed(key, owner.user)];
    expect(await holders()).toEqual([true, true]);
    const narrow = { link, priceIds: [monthly] };
    const tried = await links.updateProductLink({ ...narrow, dryRun: true });
    expect(tried).toMatchObject({
      link: null,
      preview: { gaining: 0, losing: 1, unchanged: 1, sample: [{ id: owner.user }] },
    });
    expect(await holders()).toEqual([true, true]);
    expect((await links.updateProductLink(narrow)).preview).toEqual(tried.preview);
    expect(await holders()).toEqual([true, false]);
    const wide = await links.updateProductLink({ link, priceIds: null });
    expect(wide.preview).toMatchObject({ gaining: 1, losing: 0 });
    expect(await holders()).toEqual([true, true]);
  });

  test("the end of one-off purchases is moved for those who bought, not for subscribers", async () => {
    const { key, link, monthly, once } = await linked("For a while");
    const [subscriber, owner] = [await buyer("while-subscriber"), await buyer("while-owner")];
    await subscribe(shop, subscriber.customer, monthly);
    await buyOnce(shop, owner.customer, once);
    await shop.settled();
    expect(await ops.access(key, owner.user)).toMatchObject({ allowed: true, endsAt: null });
    await links.updateProductLink({ link, accessEndsAt: "2099-01-01T00:00:00.000Z" });
    expect(await ops.access(key, owner.user)).toMatchObject({ allowed: true, endsAt: "2099-01-01T00:00:00.000Z" });
    expect(await ops.access(key, subscriber.user)).toMatchObject({ allowed: true, endsAt: null });
    await links.updateProductLink({ link, accessDurationDays: 30 });
    const { endsAt } = await ops.access(key, owner.user);
    expect(Date.parse(String(endsAt))).toBeLessThan(shop.clock.now().getTime() + 31 * 86_400_000);
  });

  test("TA-X14: to sell an archived price is PRICE_INACTIVE; to change a link that is none is NOT_FOUND", async () => {
    const { link, once } = await linked("Archived price");
    await shop.stripe.prices.update(once, { active: false });
    const { extensions } = await links.refused("updateProductLink", { input: { link, checkoutPriceId: once } });
    expect([extensions.code, extensions.field]).toEqual(["PRICE_INACTIVE", "input.checkoutPriceId"]);
    const unknown = await links.refused("updateProductLink", {
      input: { link: "lnk_nothing", checkoutEnabled: false },
    });
    expect(unknown.extensions.code).toBe("NOT_FOUND");
  });
});

describe("CH-S17: ending a link", () => {
  async function heldBySubscription(name: string) {
    const goods = await linked(name);
    const holder = await buyer(name.toLowerCase().replaceAll(" ", "-"));
    const subscription = await subscribe(shop, holder.customer, goods.monthly);
    await shop.settled();
    return { ...goods, ...holder, subscription };
  }

  test("is refused while subscriptions are going on, and says how many and of how many people", async () => {
    const { key, link, user } = await heldBySubscription("Refuses");
    for (const dryRun of [true, false]) {
      const { extensions } = await links.refused("unlinkProduct", { input: { link, dryRun } });
      expect(extensions.code).toBe("ACTIVE_SUBSCRIPTIONS");
      expect(extensions.details).toEqual({ subscriptions: 1, people: 1 });
    }
    expect((await links.linksOf(key)).isLinked).toBe(true);
    expect(await allowed(key, user)).toBe(true);
  });

  test("KEEP_GRANTS: who has something keeps it as long as they pay; nobody new gets anything", async () => {
    const { key, link, user, subscription, monthly } = await heldBySubscription("Keeps");
    const { preview } = await links.unlinkProduct({ link, strategy: "KEEP_GRANTS" });
    expect(preview).toMatchObject({ gaining: 0, losing: 0 });
    expect(await links.linksOf(key)).toEqual({ isLinked: false, links: [] });
    expect(await allowed(key, user)).toBe(true);
    const late = await buyer("too-late");
    await subscribe(shop, late.customer, monthly);
    await shop.settled();
    expect(await allowed(key, late.user)).toBe(false);
    await shop.stripe.subscriptions.cancel(subscription);
    await shop.settled();
    expect(await allowed(key, user)).toBe(false);
  });

  test("END_GRANTS: access ends at once, as the dry run said; the subscription goes on, and what was granted by hand stays", async () => {
    const { key, link, user, subscription } = await heldBySubscription("Ends");
    const gifted = await ops.createUser({ externalId: "gifted" });
    await ops.grantAccess({ user: gifted.id, product: key });
    const input = { link, strategy: "END_GRANTS" as const };
    const tried = await links.unlinkProduct({ ...input, dryRun: true });
    expect(tried.preview).toMatchObject({ gaining: 0, losing: 1, sample: [{ id: user }] });
    expect(await allowed(key, user)).toBe(true);
    expect(await links.unlinkProduct(input)).toEqual(tried);
    expect([await allowed(key, user), await allowed(key, gifted.id)]).toEqual([false, true]);
    expect((await shop.stripe.subscriptions.retrieve(subscription)).status).toBe("active");
    expect((await links.refused("unlinkProduct", { input })).extensions.code).toBe("NOT_FOUND");
  });

  test("without subscriptions it is done, and what was bought once is kept; the Stripe product can be linked again", async () => {
    const { key, link, once, product } = await linked("Unlinked at rest");
    const { customer, user } = await buyer("owner-at-rest");
    await buyOnce(shop, customer, once);
    await shop.settled();
    await links.unlinkProduct({ link });
    expect(await allowed(key, user)).toBe(true);
    const again = await links.linkProduct({ product: key, stripeProductId: product, importExisting: false });
    expect(again.link?.id).not.toBe(link);
    expect(await allowed(key, user)).toBe(true);
  });
});
