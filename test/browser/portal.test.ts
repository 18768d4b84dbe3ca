import type Stripe from "stripe";
import { control } from "../contract/whole-kit";
import {
  closeBrowser,
  closeShops,
  describeInBrowser,
  look,
  makePrice,
  monthly,
  openBrowser,
  openShop,
  type Shop,
  typeCard,
} from "./browser-kit";

interface Member {
  customer: string;
  subscription: Stripe.Subscription;
  /** Opens the portal in the browser. */
  enter: (params?: Partial<Stripe.BillingPortal.SessionCreateParams>) => Promise<Stripe.BillingPortal.Session>;
}

const everything: Stripe.BillingPortal.ConfigurationCreateParams.Features = {
  customer_update: { enabled: true, allowed_updates: ["email", "name"] },
  invoice_history: { enabled: true },
  payment_method_update: { enabled: true },
  subscription_cancel: { enabled: true, mode: "at_period_end" },
};

/** A customer with a paid subscription, who may do everything unless it is said otherwise. */
async function openMember(shop: Shop, features: Partial<typeof everything> = {}): Promise<Member> {
  const { stripe, page } = shop;
  const { id: customer } = await stripe.customers.create({
    email: "ada@example.com",
    name: "Ada Lovelace",
    payment_method: "pm_card_visa",
    invoice_settings: { default_payment_method: "pm_card_visa" },
  });
  const price = await makePrice(shop, monthly);
  const subscription = await stripe.subscriptions.create({ customer, items: [{ price }] });
  const configuration = await stripe.billingPortal.configurations.create({ features: { ...everything, ...features } });
  return {
    customer,
    subscription,
    enter: async (params = {}) => {
      const session = await stripe.billingPortal.sessions.create({
        customer,
        configuration: configuration.id,
        return_url: `${shop.home}account`,
        ...params,
      });
      await page.goto(session.url);
      return session;
    },
  };
}

describeInBrowser("the customer portal in a browser", () => {
  beforeAll(openBrowser);
  afterEach(closeShops);
  afterAll(closeBrowser);

  test("a member cancels at the end of the period and thinks better of it; the shop hears of both", async () => {
    const shop = await openShop({}, { javaScriptEnabled: false });
    const { page, stripe } = shop;
    const { subscription, enter } = await openMember(shop);
    await enter();
    await look(page, "portal");
    expect(await page.textContent("main")).toMatch(
      /Latchkey Pro.*Active.*\$19\.00 per month.*Renews on December 2, 2026/s,
    );
    await page.getByRole("link", { name: "Cancel subscription" }).click();
    await look(page, "portal-cancel");
    await page.getByRole("button", { name: "Cancel subscription" }).click();
    expect(await page.getByRole("status").textContent()).toContain("has been canceled");
    await look(page, "portal-canceled");
    const end = subscription.items.data[0]?.current_period_end;
    const ending = await stripe.subscriptions.retrieve(subscription.id);
    expect(ending).toMatchObject({ status: "active", cancel_at: end, cancel_at_period_end: false });
    await page.getByRole("link", { name: "Keep subscription" }).click();
    await page.getByRole("button", { name: "Keep subscription" }).click();
    expect((await stripe.subscriptions.retrieve(subscription.id)).cancel_at).toBeNull();
    await shop.simulator.deliveries.settled();
    expect(shop.receiver.types().filter((type) => type === "customer.subscription.updated")).toHaveLength(2);
    await page.getByRole("link", { name: "Return" }).click();
    await page.waitForURL(`${shop.home}account`);
    expect(shop.strangers).toEqual([]);
  });

  test("where the configuration says so, a cancellation is immediate", async () => {
    const shop = await openShop();
    const { subscription, enter } = await openMember(shop, {
      subscription_cancel: { enabled: true, mode: "immediately" },
    });
    await enter();
    await shop.page.getByRole("link", { name: "Cancel subscription" }).click();
    await shop.page.getByRole("button", { name: "Cancel subscription" }).click();
    await shop.page.getByRole("status").waitFor();
    expect((await shop.stripe.subscriptions.retrieve(subscription.id)).status).toBe("canceled");
  });

  test("a member changes the card, the name and the e-mail address, and reads an invoice", async () => {
    const shop = await openShop({}, { phone: true });
    const { page, stripe } = shop;
    const { customer, enter } = await openMember(shop);
    await enter();
    await look(page, "portal-phone");
    await page.getByRole("link", { name: "Change card" }).click();
    await typeCard(page, "5555 5555 5555 4444");
    await page.getByRole("button", { name: "Save card" }).click();
    expect(await page.textContent("main")).toContain("4444");
    await page.getByRole("link", { name: "Change details" }).click();
    await page.getByLabel("E-mail").fill("not an address");
    await page.getByRole("button", { name: "Save" }).click();
    expect(await page.getByRole("alert").textContent()).toContain("valid e-mail");
    await page.getByLabel("E-mail").fill("countess@example.com");
    await page.getByLabel("Name").fill("Ada King");
    await page.getByRole("button", { name: "Save" }).click();
    await page.getByRole("status").waitFor();
    const changed = await stripe.customers.retrieve(customer, { expand: ["invoice_settings.default_payment_method"] });
    expect(changed).toMatchObject({
      email: "countess@example.com",
      name: "Ada King",
      invoice_settings: { default_payment_method: { card: { last4: "4444" } } },
    });
    const [invoice] = (await stripe.invoices.list({ customer })).data;
    await page.getByRole("link", { name: invoice?.number ?? "" }).click();
    expect(await page.textContent("main")).toContain("$19.00");
    await look(page, "invoice-phone");
  });

  test("a member changes the plan where that is offered", async () => {
    const shop = await openShop();
    const { page, stripe } = shop;
    const yearly = await makePrice(
      shop,
      { unit_amount: 19_000, recurring: { interval: "year" } },
      "Latchkey Pro, yearly",
    );
    const { product } = await stripe.prices.retrieve(yearly);
    if (typeof product !== "string") throw new Error("the product was not asked for");
    const { subscription, enter } = await openMember(shop, {
      subscription_update: {
        enabled: true,
        default_allowed_updates: ["price"],
        products: [{ product, prices: [yearly] }],
      },
    });
    await enter();
    await page.getByRole("link", { name: "Change plan" }).click();
    await look(page, "portal-plan");
    await page.getByLabel("Latchkey Pro, yearly").check();
    await page.getByRole("button", { name: "Confirm" }).click();
    await page.getByRole("status").waitFor();
    const changed = await stripe.subscriptions.retrieve(subscription.id);
    expect(changed.items.data.map(({ price }) => price.id)).toEqual([yearly]);
  });

  test("a flow opens with its task and leads back to the shop when it is done", async () => {
    const shop = await openShop();
    const { page, stripe } = shop;
    const { subscription, enter } = await openMember(shop);
    await enter({
      flow_data: {
        type: "subscription_cancel",
        subscription_cancel: { subscription: subscription.id },
        after_completion: { type: "redirect", redirect: { return_url: `${shop.home}bye` } },
      },
    });
    await page.getByRole("button", { name: "Cancel subscription" }).click();
    await page.waitForURL(`${shop.home}bye`);
    expect((await stripe.subscriptions.retrieve(subscription.id)).cancel_at).not.toBeNull();
    await enter({ flow_data: { type: "payment_method_update" } });
    expect(await page.getByLabel("Card number").count()).toBe(1);
  });

  test("what the configuration turns off is not there, and is refused when it is posted all the same", async () => {
    const shop = await openShop();
    const { page, stripe } = shop;
    const off = { enabled: false };
    const features = { subscription_cancel: off, customer_update: off, invoice_history: off };
    const { subscription, enter } = await openMember(shop, features);
    const { url } = await enter();
    const text = await page.textContent("main");
    for (const absent of ["Cancel", "Billing details", "Invoices"]) expect(text).not.toContain(absent);
    expect((await page.goto(`${url}/cancel?subscription=${subscription.id}`))?.status()).toBe(403);
    expect(await post(shop, url, "cancel", subscription.id)).toBe(403);
    expect(await stripe.subscriptions.retrieve(subscription.id)).toMatchObject({ status: "active", cancel_at: null });
  });

  test("nobody reaches the subscription of somebody else, whatever the form says", async () => {
    const shop = await openShop();
    const ada = await openMember(shop);
    const eve = await openMember(shop);
    const { url } = await eve.enter();
    expect(await post(shop, url, "cancel", ada.subscription.id)).toBe(404);
    expect((await shop.stripe.subscriptions.retrieve(ada.subscription.id)).cancel_at).toBeNull();
  });

  test("a link to the portal grows too old, and a made-up one was never there", async () => {
    const shop = await openShop();
    const { enter } = await openMember(shop);
    const { url } = await enter();
    shop.simulator.control.moveBy(3_601);
    expect((await shop.page.goto(url))?.status()).toBe(410);
    await look(shop.page, "portal-old");
    expect((await shop.page.goto(`${shop.simulator.url}/p/session/test_nothing`))?.status()).toBe(404);
  });

  test("the control room shows the world and acts on it without a script", async () => {
    const shop = await openShop({}, { javaScriptEnabled: false });
    const { page, stripe } = shop;
    const { subscription } = await openMember(shop);
    await page.goto(shop.simulator.url);
    await look(page, "control-room");
    await page.getByRole("button", { name: "+1 day" }).click();
    expect(await page.textContent("main")).toContain("Nov 3, 2026");
    await page.getByRole("button", { name: "Renewal fails" }).click();
    expect(await page.getByRole("status").first().textContent()).toContain("renew");
    expect((await stripe.subscriptions.retrieve(subscription.id)).status).toBe("past_due");
    await page.getByRole("button", { name: "Refund", exact: true }).first().click();
    const [refund] = (await stripe.refunds.list()).data;
    expect(refund).toMatchObject({ status: "succeeded", amount: 1_900 });
    await page.getByRole("button", { name: "Hold all" }).click();
    await stripe.customers.create({ name: "Held" });
    await page.getByRole("button", { name: "Release", exact: true }).click();
    await page.getByLabel("Move to").fill("2027-01-15");
    await page.getByRole("button", { name: "Move", exact: true }).click();
    expect(await page.textContent("main")).toContain("Jan 15, 2027");
    await page.getByText("plan fault").click();
    await page.getByLabel("kind").fill("nonsense");
    await page.locator("#do-plan-fault button").click();
    expect(await page.getByRole("alert").textContent()).toContain("must be one of");
    expect(shop.strangers).toEqual([]);
  });

  test("the control room answers nobody who came by another name or from another page", async () => {
    const shop = await openShop();
    const { url } = shop.simulator;
    expect(await control(shop.simulator, "move-clock", { days: 1 })).toHaveProperty("now");
    const move = (headers: Record<string, string>): Promise<number> =>
      fetch(`${url}/_control/move-clock`, { method: "POST", headers, body: "{}" }).then(({ status }) => status);
    expect(await move({ "Content-Type": "text/plain" })).toBe(415);
    expect(await move({ "Content-Type": "application/json", Origin: "https://evil.example" })).toBe(403);
    const port = new URL(url).port;
    const answer = await shop.page.request.get(`${url}/_control/world`, { headers: { Host: `evil.example:${port}` } });
    expect(answer.status()).toBe(403);
  });
});

/** Posts to the portal with the token of a form that is there. */
async function post({ page }: Shop, url: string, act: string, subscription: string): Promise<number> {
  await page.goto(`${url}/card`);
  const token = await page.locator("input[name=token]").inputValue();
  const body = new URLSearchParams({ token, subscription });
  return (await fetch(`${url}/${act}`, { method: "POST", body, redirect: "manual" })).status;
}
