import Stripe from "stripe";
import { control } from "../contract/whole-kit";
import {
  closeBrowser,
  closeShops,
  describeInBrowser,
  makePrice,
  makeSession,
  monthly,
  openBrowser,
  openShop,
  type Shop,
  typeCard,
} from "./browser-kit";
import { testLong } from "../kit/is-long";
import { findPageMistakes } from "./find-page-mistakes";

// Every page of the simulated Stripe, in every size and colour scheme.

const PORTAL: Stripe.BillingPortal.ConfigurationCreateParams.Features = {
  customer_update: { enabled: true, allowed_updates: ["email", "name"] },
  invoice_history: { enabled: true },
  payment_method_update: { enabled: true },
  subscription_cancel: {
    enabled: true,
    mode: "at_period_end",
    cancellation_reason: { enabled: true, options: ["unused"] },
  },
  subscription_pause: { enabled: true },
};

let shop: Shop;
/** Ada has paid, and Eve's subscription expired before it was paid. */
let ada: { id: string; subscription: string };
let expired: string;

async function openWorld(): Promise<void> {
  shop = await openShop();
  const { stripe, simulator } = shop;
  const price = await makePrice(shop, monthly);
  const { id: eve } = await stripe.customers.create({ email: "eve@example.com", name: "Eve Adams" });
  const { id: card } = await stripe.paymentMethods.attach("pm_card_visa", { customer: eve });
  await stripe.subscriptions.create({
    customer: eve,
    items: [{ price }],
    payment_behavior: "default_incomplete",
    default_payment_method: card,
  });
  expired = eve;
  await control(simulator, "move-clock", { days: 2 });
  const { id } = await stripe.customers.create({
    email: "ada.the.countess.of.lovelace@long-name-of-a-mail-server.example.com",
    name: "Ada Lovelace",
    payment_method: "pm_card_visa",
    invoice_settings: { default_payment_method: "pm_card_visa" },
  });
  const subscription = await stripe.subscriptions.create({ customer: id, items: [{ price }] });
  ada = { id, subscription: subscription.id };
  await control(simulator, "dashboard-sale", { amount: 500, currency: "usd" });
  const { host, port } = simulator;
  const bakery = new Stripe("sk_test_account_bakery", { host, port, protocol: "http", telemetry: false });
  await bakery.customers.create({ name: "Baker" });
}

/** Opens Ada's portal, or that of another customer. */
async function portalUrl(more: Partial<Stripe.BillingPortal.SessionCreateParams> = {}): Promise<string> {
  const { stripe } = shop;
  const { id } = await stripe.billingPortal.configurations.create({ features: PORTAL });
  const session = { customer: ada.id, configuration: id, return_url: `${shop.home}account`, ...more };
  return (await stripe.billingPortal.sessions.create(session)).url;
}

async function openInvoice(): Promise<string> {
  const { stripe } = shop;
  await stripe.invoiceItems.create({ customer: ada.id, amount: 4_200, currency: "usd", description: "Workshop" });
  const { id } = await stripe.invoices.create({
    customer: ada.id,
    collection_method: "send_invoice",
    days_until_due: 7,
    pending_invoice_items_behavior: "include",
  });
  return (await stripe.invoices.finalizeInvoice(id)).hosted_invoice_url ?? "";
}

describeInBrowser("pages of the simulated Stripe", () => {
  beforeAll(async () => {
    await openBrowser();
    await openWorld();
  });
  afterAll(async () => {
    await closeShops();
    await closeBrowser();
  });

  test("have contrast, fit a phone, can be touched and lead on", async () => {
    const { url } = shop.simulator;
    expect(await mistakesOf({ room: url, portal: await portalUrl(), nothing: `${url}/nothing` })).toEqual([]);
  });

  testLong("have contrast, fit a phone, can be touched and lead on, each of them", async () => {
    const { url } = shop.simulator;
    const portal = await portalUrl();
    const checkout = await openCheckout();
    const late = await openCheckout();
    await shop.stripe.checkout.sessions.expire(/cs_test_\w+/.exec(late)?.[0] ?? "");
    const pages = {
      "room-done": `${url}/?done=move-clock&at=events`,
      "room-sure": `${url}/sure/delete-customer?customer=${ada.id}&at=customers`,
      "room-nothing": `${url}/sure/nothing`,
      checkout,
      "checkout-expired": late,
      "checkout-nothing": `${url}/c/pay/cs_test_none`,
      "link-nothing": `${url}/pl/plink_none`,
      "recovery-nothing": `${url}/r/cs_test_none`,
      "portal-cancel": `${portal}/cancel?subscription=${ada.subscription}`,
      "portal-pause": `${portal}/pause?subscription=${ada.subscription}`,
      "portal-card": `${portal}/card`,
      "portal-details": `${portal}/details`,
      "portal-not-offered": `${portal}/update?subscription=${ada.subscription}`,
      "portal-nothing": `${url}/p/session/test_none`,
      invoice: await openInvoice(),
      "invoice-nothing": `${url}/i/in_none`,
    };
    expect(await mistakesOf(pages)).toEqual([]);
  });

  test("the checkout's empty form names each field that is missing and has the focus at the first", async () => {
    const { page } = shop;
    await page.goto(await openCheckout());
    await page.getByRole("button", { name: "Subscribe" }).click();
    const alert = page.getByRole("alert");
    expect(await alert.textContent()).toBe("Please fill in: E-mail, Card number, Expiry, Security code.");
    expect(await wrongFields()).toEqual(["email", "number", "expiry", "cvc"]);
    expect(await page.locator("input:focus").getAttribute("name")).toBe("email");
    expect(await page.getByLabel("E-mail").getAttribute("aria-describedby")).toBe("email-fault");
    expect(await page.locator("#email-fault").textContent()).toBe("E-mail is missing.");
    expect(await page.locator("input[required]").count()).toBe(4);
    expect(await findPageMistakes(page, "stripe-checkout-empty")).toEqual([]);

    await page.getByLabel("E-mail").fill("grace@example.com");
    await page.getByLabel("Card number").fill("4242 4242 4242 4242");
    await page.getByLabel("Expiry").fill("13 / 34");
    await page.getByRole("button", { name: "Subscribe" }).click();
    expect(await alert.textContent()).toBe("Please check: Expiry, Security code.");
    expect(await wrongFields()).toEqual(["expiry", "cvc"]);
    expect(await page.locator("input:focus").getAttribute("name")).toBe("expiry");
    expect(await page.getByLabel("E-mail").inputValue()).toBe("grace@example.com");

    // A bank account needs no card, and its fields are out of the way.
    await page.getByLabel("Bank account").check();
    expect(await page.getByLabel("Card number").isVisible()).toBe(false);
    await page.getByRole("button", { name: "Subscribe" }).click();
    await page.waitForURL(`${shop.home}thanks*`);
  });

  test("forms of the portal and of invoices name what is missing too, and invoices lead back to the portal", async () => {
    const { page } = shop;
    const portal = await portalUrl();
    await page.goto(`${portal}/card`);
    await page.getByRole("button", { name: "Save card" }).click();
    expect(await wrongFields()).toEqual(["number", "expiry", "cvc"]);
    expect(await page.locator("input:focus").getAttribute("name")).toBe("number");
    // A subscription that has expired does not take the new card, and does not keep it from being stored.
    await page.goto(`${await portalUrl({ customer: expired })}/card`);
    await typeCard(page, "5555 5555 5555 4444");
    await page.getByRole("button", { name: "Save card" }).click();
    expect(await page.getByRole("status").textContent()).toContain("has been saved");
    expect(await page.textContent("main")).not.toContain("Renews");
    await page.goto(`${portal}/details`);
    await page.getByLabel("E-mail").fill("");
    await page.getByRole("button", { name: "Save" }).click();
    expect(await wrongFields()).toEqual(["email"]);
    const invoice = await openInvoice();
    await page.goto(invoice);
    expect(await page.getByRole("link", { name: "Your account" }).count()).toBe(0);
    await page.goto(portal);
    await page.locator(`a[href*="${/in_\w+/.exec(invoice)?.[0]}"]`).click();
    await page.getByRole("button", { name: "Pay" }).click();
    expect(await wrongFields()).toEqual(["number", "expiry", "cvc"]);
    await typeCard(page, "4242 4242 4242 4242");
    await page.getByRole("button", { name: "Pay" }).click();
    await page.getByRole("heading", { name: "Receipt" }).waitFor();
    await page.getByRole("link", { name: "Your account" }).click();
    await page.getByRole("heading", { name: "Your account" }).waitFor();
  });
});

/** The names of the fields that are marked as wrong. */
function wrongFields(): Promise<string[]> {
  return shop.page.locator("input[aria-invalid=true]").evaluateAll((fields) => fields.map((field) => String(field.id)));
}

async function openCheckout(): Promise<string> {
  const price = await makePrice(shop, { ...monthly, currency: "eur" });
  const session = await makeSession(shop, {
    mode: "subscription",
    line_items: [{ price, quantity: 1 }],
    allow_promotion_codes: true,
  });
  return session.url ?? "";
}

async function mistakesOf(pages: Record<string, string>): Promise<string[]> {
  const mistakes: string[] = [];
  for (const [name, address] of Object.entries(pages)) {
    // oxlint-disable-next-line no-await-in-loop
    await shop.page.goto(address);
    // oxlint-disable-next-line no-await-in-loop
    mistakes.push(...(await findPageMistakes(shop.page, `stripe-${name}`)));
  }
  return mistakes;
}
