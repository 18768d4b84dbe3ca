import Stripe from "stripe";
import { control } from "../contract/whole-kit";
import {
  closeBrowser,
  closeShops,
  describeInBrowser,
  makePrice,
  monthly,
  openBrowser,
  openShop,
  type Shop,
} from "./browser-kit";

let shop: Shop;
let ada: string;
let subscription: string;

/** Ada has paid, Eve's subscription expired before it was paid, a guest bought once, and there is a second account. */
async function openWorld(): Promise<void> {
  shop = await openShop();
  const { stripe, simulator } = shop;
  const price = await makePrice(shop, monthly);
  const eve = await stripe.customers.create({ email: "eve@example.com", name: "Eve Adams" });
  await stripe.subscriptions.create({ customer: eve.id, items: [{ price }], payment_behavior: "default_incomplete" });
  await control(simulator, "move-clock", { days: 2 });
  const { id: customer } = await stripe.customers.create({
    name: "Ada Lovelace",
    payment_method: "pm_card_visa",
    invoice_settings: { default_payment_method: "pm_card_visa" },
  });
  ada = customer;
  ({ id: subscription } = await stripe.subscriptions.create({ customer, items: [{ price }] }));
  await control(simulator, "dashboard-sale", { amount: 500, currency: "usd" });
  const { host, port } = simulator;
  const bakery = new Stripe("sk_test_account_bakery", { host, port, protocol: "http", telemetry: false });
  await bakery.customers.create({ name: "Baker" });
}

const scrolled = () => shop.page.evaluate<number>("scrollY");

describeInBrowser("the control room", () => {
  beforeAll(async () => {
    await openBrowser();
    await openWorld();
  });
  afterAll(async () => {
    await closeShops();
    await closeBrowser();
  });

  test("names people, keeps their ids readable, and shows no renewal of what has ended", async () => {
    const { page, simulator } = shop;
    await page.goto(simulator.url);
    const rows = page.locator("#subscriptions tbody tr");
    expect(await rows.filter({ hasText: "Ada Lovelace" }).textContent()).toMatch(
      new RegExp(`Ada Lovelace.*${ada}.*Active.*Renews on`, "s"),
    );
    const ended = await rows.filter({ hasText: "Eve Adams" }).textContent();
    expect(ended).toMatch(/eve@example.com.*Expired.*never paid/s);
    expect(ended).not.toMatch(/Renew|Cancel/);
    const payments = page.locator("#payments tbody tr");
    expect(await payments.filter({ hasText: "Ada Lovelace" }).count()).toBe(1);
    expect(await payments.filter({ hasText: "Guest" }).count()).toBe(1);
    await page.getByRole("navigation", { name: "Sections" }).getByRole("link", { name: "Events" }).click();
    const events = page.locator("#events");
    await events.locator("summary").focus();
    await page.keyboard.press("Enter");
    await events.getByText("Ada Lovelace").first().waitFor();
  });

  test("keeps its place, its open sections and the focus over an action, and says in sight what was done", async () => {
    const { page, stripe, simulator } = shop;
    await page.goto(simulator.url);
    await page.locator("#customers summary").click();
    const fails = page.getByRole("button", { name: "Renewal fails" });
    await fails.focus();
    const before = await scrolled();
    const place = (await fails.boundingBox())?.y;
    expect(before).toBeGreaterThan(0);
    await page.keyboard.press("Enter");
    const said = page.getByRole("status");
    await said.waitFor();
    expect(await said.textContent()).toContain("renew now");
    expect(await scrolled()).toBe(before);
    expect((await fails.boundingBox())?.y).toBe(place);
    expect(await fails.evaluate((button) => button.matches(":focus"))).toBe(true);
    expect(await page.locator("#customers table").isVisible()).toBe(false);
    const notice = await said.boundingBox();
    expect(notice?.y).toBeGreaterThan(0);
    expect(notice?.y).toBeLessThan(page.viewportSize()?.height ?? 0);
    expect((await stripe.subscriptions.retrieve(subscription)).status).toBe("past_due");
    await page.getByRole("button", { name: "Close" }).click();
    expect(await said.isVisible()).toBe(false);
    await page.reload();
    expect(await scrolled()).toBe(before);
    await page.locator("#customers summary").click();
  });

  test("asks before it deletes, and keeps what was typed into a form that is refused", async () => {
    const { page, stripe, simulator } = shop;
    const baker = await stripe.customers.create({ name: "Charles Babbage" });
    await page.goto(simulator.url);
    await page.getByRole("link", { name: "Delete Charles Babbage" }).click();
    expect(await page.textContent("main")).toMatch(/Delete this customer\?.*Charles Babbage.*cannot be undone/s);
    await page.getByRole("link", { name: "Go back" }).click();
    await page.getByRole("heading", { name: "Control room" }).waitFor();
    expect(await stripe.customers.retrieve(baker.id)).not.toHaveProperty("deleted");
    await page.getByRole("link", { name: "Delete Charles Babbage" }).click();
    await page.getByRole("button", { name: "Delete customer" }).click();
    await page.getByRole("status").waitFor();
    expect(await stripe.customers.retrieve(baker.id)).toHaveProperty("deleted", true);

    await page.locator("#do-reset summary").click();
    await page.locator("#do-reset button").click();
    expect(await page.textContent("h1")).toBe("Empty the world?");
    await page.getByRole("link", { name: "Go back" }).click();
    await page.locator("#do-plan-fault summary").click();
    await page.locator("#do-plan-fault").getByLabel("kind").fill("nonsense");
    await page.locator("#do-plan-fault button").click();
    expect(await page.getByRole("alert").textContent()).toContain("must be one of");
    expect(await page.locator("#do-plan-fault").getByLabel("kind").inputValue()).toBe("nonsense");
  });

  test("leads to the other accounts and back", async () => {
    const { page, simulator } = shop;
    await page.goto(simulator.url);
    const accounts = page.getByRole("navigation", { name: "Accounts" });
    expect(await accounts.textContent()).toMatch(/first account\s*\. Other accounts:\s+bakery/);
    await accounts.getByRole("link", { name: "bakery" }).click();
    await page.getByText("Baker").first().waitFor();
    expect(page.url()).not.toContain(simulator.url);
    await accounts.getByRole("link", { name: "First account" }).click();
    await page.getByText("Ada Lovelace").first().waitFor();
    expect(page.url()).toContain(simulator.url);
    const { data } = (await (await fetch(`${simulator.url}/_control/accounts`)).json()) as { data: { name: string }[] };
    expect(data.map(({ name }) => name)).toEqual([null, "bakery"]);
  });
});
