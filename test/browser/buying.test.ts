import { createServer, type Server } from "node:http";
import type { BrowserContext, Page } from "playwright-core";
import { type Stall, openStall } from "../kit/open-stall";
import { type Shop, startShop } from "../kit/start-shop";
import { closeBrowser, describeInBrowser, look, openBrowser, requireBrowser, typeCard } from "./browser-kit";

// From "no access" to access and out again, as a person clicks it: the shop's pages, Stripe's, and ours in between.

const PHONE = { width: 360, height: 740 };

let shop: Shop;
let stall: Stall;
let link: string;
let server: Server;
let home: string;
let context: BrowserContext;
let page: Page;
let strangers: string[];

/** The shop's own pages: they show where one came back to, and nothing else. */
async function openHome(): Promise<string> {
  server = createServer((request, response) => {
    response.setHeader("content-type", "text/html");
    response.end(`<!doctype html><title>The shop</title><main>${encodeURIComponent(request.url ?? "")}</main>`);
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  const address = server.address();
  return `http://127.0.0.1:${typeof address === "object" && address ? address.port : 0}`;
}

interface Decision {
  allowed: boolean;
  reason: string;
  endsAt: string | null;
  purchaseOptions: { purchasable: boolean; price: { id: string; formatted: string } | null }[];
}

const ACCESS = `query ($user: ID) { access(product: "pro", user: $user) {
  allowed reason endsAt purchaseOptions { purchasable price { id formatted } } } }`;
const CHECKOUT = `mutation ($input: CreateCheckoutSessionInput!) {
  createCheckoutSession(input: $input) { id url user { id } } }`;
const RETURNED = `query ($id: String!) { checkoutSession(id: $id) { status paymentStatus access { allowed reason } } }`;
const PORTAL = "mutation ($input: CreatePortalSessionInput!) { createPortalSession(input: $input) { url } }";

const accessOf = async (user?: string, credential?: string) =>
  (await shop.latchkey.get<{ access: Decision }>(ACCESS, { user }, credential)).access;

/** A guest asks as the shop's page does, with the key that everybody may see. */
async function openCheckout(input: object = {}): Promise<string> {
  const publishable = await shop.latchkey.key("PUBLISHABLE");
  const answer = await shop.latchkey.get<{ createCheckoutSession: { url: string } }>(
    CHECKOUT,
    { input: { product: "pro", successUrl: `${home}/thanks?session={CHECKOUT_SESSION_ID}`, ...input } },
    publishable,
  );
  return answer.createCheckoutSession.url;
}

/** The link offers the price to the public. */
const offer = (price: string) =>
  shop.latchkey.get("mutation ($input: UpdateProductLinkInput!) { updateProductLink(input: $input) { link { id } } }", {
    input: { link, offeredPriceIds: [stall.monthly, price] },
  });

/** What the success page does. */
async function returned() {
  await page.waitForURL(`${home}/thanks?session=*`);
  const id = new URL(page.url()).searchParams.get("session") ?? "";
  const publishable = await shop.latchkey.key("PUBLISHABLE");
  type Answer = { checkoutSession: { status: string; paymentStatus: string; access: Decision } };
  return (await shop.latchkey.get<Answer>(RETURNED, { id }, publishable)).checkoutSession;
}

const userOf = async (email: string) =>
  (
    await shop.latchkey.get<{ userByEmail: { id: string } }>(
      "query ($email: String!) { userByEmail(email: $email) { id } }",
      { email },
    )
  ).userByEmail.id;

async function openPage(viewport = { width: 1100, height: 900 }): Promise<void> {
  context = await requireBrowser().newContext({ viewport });
  page = await context.newPage();
  page.setDefaultTimeout(8_000);
  strangers = [];
  const known = [home, shop.simulator.url, shop.latchkey.url];
  page.on("request", (request) => {
    const url = request.url();
    if (!known.some((origin) => url.startsWith(origin)) && !/^(?:shopapp|data):/.test(url)) strangers.push(url);
  });
}

describeInBrowser("buying and managing in a browser", () => {
  beforeAll(async () => {
    await openBrowser();
    home = await openHome();
  });
  beforeEach(async () => {
    shop = await startShop({ env: { LATCHKEY_ALLOWED_URLS: `${home},shopapp://` } });
    stall = await openStall(shop, "pro");
    link = (await stall.link({ checkoutPriceId: stall.monthly })).link;
    await openPage();
  });
  afterEach(async () => {
    await context.close();
    await shop.stop();
  });
  afterAll(async () => {
    await closeBrowser();
    await new Promise((closed) => server.close(closed));
  });

  test("RWS-S3, RWS-S4, RWS-S5, CH-S25, CH-S27: from a locked product to access at the first look after returning, and out by the portal when the time is over", async () => {
    const denied = await accessOf(undefined, await shop.latchkey.key("PUBLISHABLE"));
    expect([denied.allowed, denied.reason]).toEqual([false, "NOT_AUTHENTICATED"]);
    expect(denied.purchaseOptions[0]).toMatchObject({ purchasable: true, price: { formatted: "$9 per month" } });
    const guest = { email: "ada@shop.example", name: "Ada" };
    await page.goto(await openCheckout({ guest, priceId: denied.purchaseOptions[0]?.price?.id }));
    await look(page, "buying-checkout");
    await typeCard(page, "4242 4242 4242 4242");
    await page.getByRole("button", { name: /^(Subscribe|Pay)/ }).click();
    await page.waitForURL(`${home}/thanks?session=*`);
    expect(await returned()).toMatchObject({ status: "complete", access: { allowed: true, reason: "SUBSCRIPTION" } });

    const user = await userOf(guest.email);
    const token = await shop.latchkey.tokenOf(user);
    const { viewer } = await shop.latchkey.get<{ viewer: object }>("{ viewer { canOpenPortal } }", {}, token);
    expect(viewer).toEqual({ canOpenPortal: true });
    const portal = await shop.latchkey.get<{ createPortalSession: { url: string } }>(
      PORTAL,
      { input: { returnUrl: `${home}/account` } },
      token,
    );
    await page.goto(portal.createPortalSession.url);
    await look(page, "buying-portal");
    await page.getByRole("link", { name: "Cancel subscription" }).click();
    await page.getByRole("button", { name: "Cancel subscription" }).click();
    await page.getByRole("status").waitFor();
    await page.getByRole("link", { name: "Return" }).click();
    await page.waitForURL(`${home}/account`);
    await shop.settled();
    const ending = await accessOf(undefined, token);
    expect(ending).toMatchObject({ allowed: true, endsAt: expect.any(String), purchaseOptions: [] });
    shop.clock.moveTo(new Date(new Date(ending.endsAt ?? 0).getTime() - 60_000));
    await shop.settled();
    expect((await accessOf(user)).allowed).toBe(true);
    shop.clock.moveBy(2 * 60_000);
    await shop.settled();
    const gone = await accessOf(user);
    expect([gone.allowed, gone.reason]).toEqual([false, "CANCELLED"]);
    expect(gone.purchaseOptions).not.toEqual([]);
    expect(strangers).toEqual([]);
  });

  test("a card that is declined opens nothing, and the next one does", async () => {
    await page.goto(await openCheckout({ guest: { email: "eve@shop.example" } }));
    await typeCard(page, "4000 0000 0000 0002");
    await page.getByRole("button", { name: /^(Subscribe|Pay)/ }).click();
    expect(await page.getByRole("alert").textContent()).toContain("declined");
    await look(page, "buying-declined");
    await shop.settled();
    expect((await accessOf(await userOf("eve@shop.example"))).allowed).toBe(false);
    await typeCard(page, "4242 4242 4242 4242");
    await page.getByRole("button", { name: /^(Subscribe|Pay)/ }).click();
    expect((await returned()).access).toMatchObject({ allowed: true });
  });

  test("money that takes its time opens when it is there: until then the page says that it is pending", async () => {
    const { id } = await shop.stripe.prices.create({
      currency: "eur",
      unit_amount: 4_900,
      product: stall.stripeProduct,
    });
    await offer(id);
    await page.goto(await openCheckout({ guest: { email: "bank@shop.example" }, priceId: id }));
    await page.getByLabel("Bank account").check();
    await page.getByRole("button", { name: "Pay" }).click();
    expect(await returned()).toMatchObject({
      status: "complete",
      paymentStatus: "unpaid",
      access: { allowed: false },
    });
    const user = await userOf("bank@shop.example");
    expect(await accessOf(user)).toMatchObject({ allowed: false, reason: "PAYMENT_PENDING" });
    await page.goto(shop.simulator.url);
    await page.getByRole("button", { name: "Money arrives" }).click();
    await page.getByRole("status").first().waitFor();
    await shop.settled();
    expect(await accessOf(user)).toMatchObject({ allowed: true, reason: "PURCHASE" });
  });

  test("TA-S2: a promotion code is taken where the shop allows it, and what is bought with it opens", async () => {
    const coupon = await shop.stripe.coupons.create({ percent_off: 100, duration: "forever" });
    await shop.stripe.promotionCodes.create({ promotion: { type: "coupon", coupon: coupon.id }, code: "GIFT" });
    await page.goto(await openCheckout({ guest: { email: "code@shop.example" } }));
    expect(await page.getByLabel("Promotion code").count()).toBe(0);
    await shop.latchkey.get(
      "mutation ($input: UpdateStripeConnectionInput!) { updateStripeConnection(input: $input) { id } }",
      { input: { connection: shop.connection, allowPromotionCodes: true } },
    );
    await page.goto(await openCheckout({ guest: { email: "code@shop.example" } }));
    await page.getByLabel("Promotion code").fill("GIFT");
    await page.getByRole("button", { name: "Apply" }).click();
    await page.getByRole("button", { name: "Remove code GIFT" }).waitFor();
    await look(page, "buying-code");
    await page.getByRole("button", { name: /^(Subscribe|Pay|Complete)/ }).click();
    expect(await returned()).toMatchObject({ status: "complete", access: { allowed: true } });
  });

  test("a trial opens at once, costs nothing, and says when it ends", async () => {
    const { id } = await shop.stripe.prices.create({
      currency: "usd",
      unit_amount: 900,
      product: stall.stripeProduct,
      recurring: { interval: "month", trial_period_days: 14 },
    });
    await offer(id);
    await page.goto(await openCheckout({ guest: { email: "trial@shop.example" }, priceId: id }));
    expect(await page.textContent("main")).toContain("14 days free");
    // Nothing is due today, so no card is asked for.
    expect(await page.getByLabel("Card number").count()).toBe(0);
    await page.getByRole("button", { name: "Start trial" }).click();
    expect((await returned()).access).toMatchObject({ allowed: true, reason: "TRIAL" });
  });

  test("CH-S18: the public address of a product leads a stranger to checkout, and what they buy is theirs", async () => {
    const { product } = await shop.latchkey.get<{ product: { purchaseUrl: string } }>(
      `{ product(key: "pro") { purchaseUrl } }`,
    );
    await page.goto(product.purchaseUrl);
    await page.getByText("Choose how you want to buy it.").waitFor();
    await look(page, "buying-choice");
    await page.getByRole("link").first().click();
    await page.getByLabel("E-mail").fill("stranger@shop.example");
    await typeCard(page, "4242 4242 4242 4242");
    await page.getByRole("button", { name: /^(Subscribe|Pay)/ }).click();
    await page.getByRole("heading", { name: "Thank you" }).waitFor();
    await look(page, "buying-thanks");
    await shop.settled();
    expect(await stall.allowed("stranger@shop.example")).toBe(true);
    const answer = await page.goto(`${shop.latchkey.url}/buy/nothing-of-this-name?mode=test`);
    expect(answer?.status()).toBe(404);
    await look(page, "buying-nothing");
    expect(strangers).toEqual([]);
  });

  test("TA-X28: on a phone, Stripe leads back to the app by a page of ours, which stays where the app is missing", async () => {
    await context.close();
    await openPage(PHONE);
    const successUrl = "shopapp://done?session={CHECKOUT_SESSION_ID}";
    await page.goto(await openCheckout({ guest: { email: "app@shop.example" }, successUrl }));
    await typeCard(page, "4242 4242 4242 4242");
    await page.getByRole("button", { name: /^(Subscribe|Pay)/ }).click();
    await page.waitForURL(`${shop.latchkey.url}/return/**`);
    const button = page.getByRole("link", { name: "Open the app" });
    const id = new URL(page.url()).searchParams.get("session") ?? "";
    expect(await button.getAttribute("href")).toBe(`shopapp://done?session=${id}`);
    expect(await page.textContent("main")).toContain("not on this device");
    await look(page, "buying-hand-back");
    const width = await page.locator("html").evaluate((html) => html.scrollWidth);
    expect(width).toBeLessThanOrEqual(PHONE.width);
    expect((await shop.stripe.checkout.sessions.retrieve(id)).status).toBe("complete");
    await shop.settled();
    expect(await stall.allowed("app@shop.example")).toBe(true);
    expect(strangers).toEqual([]);
  });
});
