import { CHECKOUT_ENV, checkoutOperationsOf } from "../kit/checkout-operations";
import { openStall, type Stall } from "../kit/open-stall";
import { type Shop, startShop } from "../kit/start-shop";

// What a frontend may rely on around buying, and what we never do.

let shop: Shop;
let stall: Stall;
let buying: ReturnType<typeof checkoutOperationsOf>;

beforeAll(async () => {
  shop = await startShop({ env: CHECKOUT_ENV });
  stall = await openStall(shop, "pro");
  await stall.link({ checkoutPriceId: stall.once });
  buying = checkoutOperationsOf(shop);
});
afterAll(() => shop.stop());

let people = 0;
async function somebody() {
  const email = `somebody-${people++}@shop.example`;
  const id = await buying.newUser({ externalId: email, email });
  return { id, email, token: await shop.latchkey.tokenOf(id) };
}

test("RWS-X21, CH-S22: a denial carries the teaser and the address of the page that sells; pages themselves are the caller's", async () => {
  const input = {
    key: "essays",
    name: "Essays",
    teaser: "The first paragraph.",
    purchaseMethod: "SALES_PAGE",
    salesPageUrl: "https://shop.example/essays",
  };
  await shop.latchkey.get("mutation ($input: CreateProductInput!) { createProduct(input: $input) { id } }", { input });
  const { token } = await somebody();
  const { access } = await shop.latchkey.get<{ access: object }>(
    `{ access(product: "essays") { allowed product { teaser } purchaseOptions { method url } } }`,
    {},
    token,
  );
  expect(access).toEqual({
    allowed: false,
    product: { teaser: "The first paragraph." },
    purchaseOptions: [{ method: "SALES_PAGE", url: "https://shop.example/essays" }],
  });
});

test("RWS-X39, TA-X15: what a server says for a call reaches Stripe: quantity, language, promotion codes, metadata", async () => {
  const { id: user } = await somebody();
  const { id } = await buying.open({
    product: "pro",
    priceId: stall.once,
    user,
    quantity: 3,
    locale: "de",
    allowPromotionCodes: true,
    metadata: { campaign: "autumn" },
  });
  const session = await shop.stripe.checkout.sessions.retrieve(id, { expand: ["line_items"] });
  expect(session).toMatchObject({ locale: "de", allow_promotion_codes: true, metadata: { campaign: "autumn" } });
  expect(session.line_items?.data.map((line) => line.quantity)).toEqual([3]);
});

test("RWS-X41: nothing of a payment is ours", async () => {
  const { token } = await somebody();
  const { id } = await buying.open({ product: "pro", priceId: stall.once }, token);
  await buying.pay(id);
  const session = await shop.stripe.checkout.sessions.retrieve(id, { expand: ["payment_intent"] });
  const intent = session.payment_intent;
  expect(typeof intent === "object" && intent?.application_fee_amount).toBeNull();
});

test("TA-X13: a user who is a customer buys as that customer, whatever address they have now", async () => {
  const { id: user, token } = await somebody();
  const customer = await stall.customer("another-address@shop.example");
  const link = "mutation ($input: LinkCustomerInput!) { linkCustomer(input: $input) { link { id } } }";
  await shop.latchkey.get(link, { input: { user, customerId: customer } });
  const { id } = await buying.open({ product: "pro", priceId: stall.once }, token);
  expect(await shop.stripe.checkout.sessions.retrieve(id)).toMatchObject({ customer, customer_email: null });
});

test("TA-X16: looking at what is for sale makes no session in Stripe", async () => {
  const { token } = await somebody();
  const count = async () => (await shop.stripe.checkout.sessions.list({ limit: 100 })).data.length;
  const before = await count();
  const { product } = await shop.latchkey.get<{ product: { purchaseUrl: string; purchaseOptions: object[] } }>(
    `{ product(key: "pro") { purchaseUrl purchaseOptions { price { formatted } } access { purchaseOptions { method } } } }`,
    {},
    token,
  );
  expect([product.purchaseOptions.length > 0, product.purchaseUrl.includes("/buy/pro")]).toEqual([true, true]);
  expect(await count()).toBe(before);
});

test("CH-X4, TA-S12: whether to show the way into the portal is told, and what it leads to is one address", async () => {
  const { email, token } = await somebody();
  const way = async () =>
    (
      await shop.latchkey.get<{ viewer: { canOpenPortal: boolean; portalBlocker: string | null } }>(
        "{ viewer { canOpenPortal portalBlocker } }",
        {},
        token,
      )
    ).viewer;
  expect(await way()).toEqual({ canOpenPortal: false, portalBlocker: "NO_STRIPE_CUSTOMER" });
  const { id } = await buying.open({ product: "pro", priceId: stall.once }, token);
  await buying.pay(id);
  await shop.settled();
  expect(await stall.allowed(email)).toBe(true);
  expect(await way()).toEqual({ canOpenPortal: true, portalBlocker: null });
  const { createPortalSession } = await shop.latchkey.get<{ createPortalSession: { url: string } }>(
    `mutation { createPortalSession(input: { returnUrl: "${RETURN}" }) { url returnUrl } }`,
    {},
    token,
  );
  expect((await fetch(createPortalSession.url)).status).toBe(200);
});

const RETURN = "https://shop.example/account";

test("CH-X6: a payment link that was made in Stripe for the product opens it like our own", async () => {
  const link = await shop.stripe.paymentLinks.create({ line_items: [{ price: stall.monthly, quantity: 1 }] });
  await shop.control("payment-link-sale", { link: link.id, email: "linked@shop.example", card: "4242424242424242" });
  await shop.settled();
  expect(await stall.allowed("linked@shop.example")).toBe(true);
});
