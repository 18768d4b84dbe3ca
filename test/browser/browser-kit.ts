import { existsSync } from "node:fs";
import { type Browser, type BrowserContext, chromium, type Page } from "playwright-core";
import type Stripe from "stripe";
import type { SimulatedStripeOptions } from "../../src/local/stripe/simulated-stripe";
import type { Receiver } from "../contract/receiver";
import { closeWhole, listen, openWhole, type Whole } from "../contract/whole-kit";

// The first one that is there. The shell draws the same pages with a quarter of the work.
const PLACES = ["/usr/bin/chromium-headless-shell", "/usr/bin/chromium"];
const CHROMIUM = process.env["CHROMIUM"] ?? PLACES.find(existsSync) ?? "/usr/bin/chromium";
const ADVICE = `no Chromium at ${CHROMIUM}: "apt-get install -y chromium-headless-shell", or name one in the variable CHROMIUM`;

/** Where there is no Chromium these tests are left out, and say so; in CI that is a failure. */
export const describeInBrowser: (title: string, tests: () => void) => void = existsSync(CHROMIUM)
  ? describe
  : (title, tests) => {
      if (process.env["CI"]) test(`${title}: ${ADVICE}`, () => Promise.reject(new Error(ADVICE)));
      else {
        console.warn(`${title} are skipped: ${ADVICE}`);
        describe.skip(`${title} (${ADVICE})`, tests);
      }
    };

const ARGS =
  "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-component-update --disable-sync";

let browser: Browser | null = null;
const contexts: BrowserContext[] = [];

export async function openBrowser(): Promise<void> {
  browser = await chromium.launch({ executablePath: CHROMIUM, headless: true, args: ARGS.split(" ") });
}

/** The browser that openBrowser opened. */
export function requireBrowser(): Browser {
  if (!browser) throw new Error("open the browser first");
  return browser;
}

export async function closeBrowser(): Promise<void> {
  await browser?.close();
}

export interface Shop extends Whole {
  page: Page;
  receiver: Receiver;
  /** Addresses outside of the simulator and the shop that the browser asked for. There must be none. */
  strangers: string[];
  /** Where the shop's own pages stand: a page that shows its address. */
  home: string;
}

/** A simulated Stripe, a shop that listens and has a page to return to, and somebody with a browser. */
export async function openShop(
  options: SimulatedStripeOptions = {},
  browsing: { javaScriptEnabled?: boolean; phone?: boolean } = {},
): Promise<Shop> {
  const whole = await openWhole(options);
  const { receiver } = await listen(whole);
  const { javaScriptEnabled = true, phone = false } = browsing;
  const viewport = phone ? { width: 360, height: 740 } : { width: 1100, height: 900 };
  const context = await requireBrowser().newContext({ javaScriptEnabled, viewport });
  contexts.push(context);
  const page = await context.newPage();
  page.setDefaultTimeout(8_000);
  const home = new URL("/", receiver.url).href;
  const strangers: string[] = [];
  page.on("request", (request) => {
    if (!request.url().startsWith(whole.simulator.url) && !request.url().startsWith(home))
      strangers.push(request.url());
  });
  return { ...whole, receiver, page, strangers, home };
}

export async function closeShops(): Promise<void> {
  await Promise.all(contexts.splice(0).map((context) => context.close()));
  await closeWhole();
}

export async function makePrice(
  { stripe }: Pick<Shop, "stripe">,
  terms: Partial<Stripe.PriceCreateParams> = {},
  name = "Latchkey Pro",
): Promise<string> {
  const { id } = await stripe.prices.create({
    currency: "usd",
    unit_amount: 1_900,
    product_data: { name },
    ...terms,
  });
  return id;
}

export const monthly = { recurring: { interval: "month" } } as const;

export async function makeSession(
  shop: Shop,
  params: Partial<Stripe.Checkout.SessionCreateParams>,
): Promise<Stripe.Checkout.Session> {
  return shop.stripe.checkout.sessions.create({
    mode: "payment",
    success_url: `${shop.home}thanks?session={CHECKOUT_SESSION_ID}`,
    cancel_url: `${shop.home}cart`,
    ...params,
  });
}

export async function typeCard(page: Page, number: string): Promise<void> {
  await page.getByLabel("Card number").fill(number);
  await page.getByLabel("Expiry").fill("12 / 34");
  await page.getByLabel("Security code").fill("123");
  await page.getByLabel("Name on card").fill("Ada Lovelace");
}

/** Looked at by people, when the variable SCREENSHOTS names a folder. */
export async function look(page: Page, name: string): Promise<void> {
  const folder = process.env["SCREENSHOTS"];
  if (folder) await page.screenshot({ path: `${folder}/${name}.png`, fullPage: true });
}
