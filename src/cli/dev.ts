import type { Start } from "../app/start";
import { startTracing } from "../app/start-tracing";
import { openLog } from "../base/log";
import { systemClock } from "../base/clock";
import type { Config } from "../config/config";
import type { Environment } from "../config/environment";
import type { Terminal } from "./terminal";
import { chooseDatabase } from "./choose-database";
import { choosePort } from "./choose-port";
import { chooseStripe } from "./choose-stripe";
import { loadLocalConfig } from "./load-config";
import { SettingMistakes } from "./setting-mistakes";
import { type DemoSale, type ShopLinks, welcome } from "./welcome";

/** Local mode: everything that a server needs is made here, with a small shop to look around in. */
export async function dev(
  { env, print, remark, untilToldToStop }: Terminal,
  options: { demo: boolean },
): Promise<void> {
  refuseProduction(env);
  const loaded = await loadLocalConfig(env);
  for (const note of loaded.notes) remark(note);
  const config = await choosePort(loaded.config);
  const log = openLog(config.logLevel);
  const toldToStop = untilToldToStop({ followParent: env["npm_lifecycle_event"] !== undefined });
  // Before anything loads the driver of the database, which it instruments.
  const tracing = await startTracing({ config, log });
  const opened = [() => tracing.stop()];
  try {
    const database = await chooseDatabase(config, log);
    opened.push(() => database.stop());
    const stripe = await chooseStripe(config, log);
    opened.push(() => stripe.stop());
    const { start } = await import("../app/start.js");
    const key = keyOf(config);
    const clock = stripe.simulated?.clock ?? systemClock;
    const started = { config: { ...config, stripe: stripe.access }, databaseUrl: database.url, log, clock };
    let hasDemo = false;
    const offered = options.demo && key && stripe.simulated ? await describeDemo(stripe.simulated.url) : null;
    const demo = offered && { ...offered, isOpen: () => hasDemo };
    const server = await start({ ...started, ...(key && { graphiqlKey: key }), ...(demo && { demo }) });
    opened.push(() => server.stop());
    if (options.demo && key) hasDemo = (await fillWithDemo(server.url, key, clock.now())).isDemo;
    const shop = stripe.simulated && (await openShop(stripe.simulated.url, started.config, options));
    const sale = demo && hasDemo && key ? await sellDemo({ url: server.url, key }, config.dataDir) : null;
    const keyIsOurs = !env["LATCHKEY_BOOTSTRAP_KEY"]?.trim();
    print(welcome({ url: server.url, config, keyIsOurs, hasDemo, shop, sale }));
    await toldToStop;
    print("Stopping …");
  } finally {
    await closeAll(opened);
  }
}

/** The last one first. One that fails does not keep the others open; the first failure is told. */
async function closeAll(opened: readonly (() => Promise<void>)[]): Promise<void> {
  const failures: unknown[] = [];
  for (const close of opened.toReversed()) await close().catch((error: unknown) => failures.push(error));
  if (failures.length > 0) throw failures[0];
}

function refuseProduction(env: Environment): void {
  if (env["NODE_ENV"] !== "production") return;
  const problem = "It is production, and local mode is for somebody's own machine. Use `latchkey serve`.";
  throw new SettingMistakes([{ setting: "NODE_ENV", problem }]);
}

/** A live key is not handed to a page in a browser, and no demo is written with it. */
function keyOf(config: Config): string | null {
  return config.bootstrapKey?.startsWith("lk_test_") ? config.bootstrapKey : null;
}

/** Where the simulated Stripe can be clicked. Without the demo it is empty, and there is its control room only. */
async function openShop(url: string, config: Config, options: { demo: boolean }): Promise<ShopLinks> {
  if (!options.demo) return { controlUrl: url };
  const { openStripe } = await import("../stripe/open-stripe.js");
  const { seedStripe } = await import("../local/seed-stripe.js");
  const stripe = openStripe({ secretKey: config.stripe.secretKey ?? "", apiBase: url });
  return { controlUrl: url, ...(await seedStripe({ stripe, url, thanksUrl: `${config.publicUrl}/bought` })) };
}

async function describeDemo(controlUrl: string): Promise<Omit<NonNullable<Start["demo"]>, "isOpen">> {
  const { demoBuyer, demoShelf, demoSubscriber } = await import("../local/demo-world.js");
  return { buyer: demoBuyer.externalId, subscriber: demoSubscriber, products: demoShelf, controlUrl };
}

async function fillWithDemo(url: string, key: string, now: Date): Promise<{ isDemo: boolean }> {
  const { seedDemo } = await import("../local/seed-demo.js");
  return seedDemo({ url, key, now });
}

/** Links the demo's products, so that what is bought in the simulated Stripe opens them, and returns what pages need. */
async function sellDemo(api: { url: string; key: string }, dataDir: string): Promise<DemoSale> {
  const { linkDemoProducts } = await import("../local/link-demo.js");
  const { createDemoToken, keepDemoKey } = await import("../local/keep-demo-key.js");
  const { demoBuyer, demoShelf } = await import("../local/demo-world.js");
  await linkDemoProducts(api);
  const publishableKey = await keepDemoKey(api, dataDir);
  const user = demoBuyer.externalId;
  return { product: demoShelf[0].key, publishableKey, user, token: await createDemoToken(api, user) };
}
