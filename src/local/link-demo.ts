import { setTimeout as pause } from "node:timers/promises";
import { Bug } from "../base/refusal";
import { type DemoApi, ask, run } from "./ask-demo";
import { demoProducts } from "./demo-world";

const WITHIN_MS = 20_000;
const LOOK_EVERY_MS = 50;

/**
 * Links each product of the demo to the Stripe product of its name, and waits until those who have bought are there. What was
 * linked before stays as it is.
 */
export async function linkDemoProducts(api: DemoApi): Promise<void> {
  const deadline = Date.now() + WITHIN_MS;
  await until(deadline, "the simulated Stripe is not connected", async () => {
    const { data } = await ask(api, CONNECTIONS, {});
    return (data as { stripeConnections: { status: string }[] }).stripeConnections.some(
      ({ status }) => status === "CONNECTED",
    );
  });
  const { data } = await ask(api, STRIPE_PRODUCTS, {});
  const { stripeProducts } = data as {
    stripeProducts: { nodes: SoldProduct[] };
  };
  for (const { key, name } of demoProducts) {
    const sold = stripeProducts.nodes.find((product) => product.name === name);
    if (!sold || sold.linkedProduct) continue;
    const offeredPriceIds = sold.prices.map(({ id }) => id);
    const terms = { offeredPriceIds, checkoutPriceId: sold.defaultPrice?.id ?? null };
    await run(api, LINK_PRODUCT, { product: key, stripeProductId: sold.id, ...terms });
  }
  await until(deadline, "the buyers of the demo are not imported", async () => {
    const { data: seen } = await ask(api, JOBS, {});
    return (seen as { jobs: { nodes: { finishedAt: string | null }[] } }).jobs.nodes.every((job) => job.finishedAt);
  });
}

interface SoldProduct {
  id: string;
  name: string;
  linkedProduct: object | null;
  defaultPrice: { id: string } | null;
  prices: { id: string }[];
}

async function until(deadline: number, trouble: string, isSo: () => Promise<boolean>): Promise<void> {
  while (!(await isSo())) {
    if (Date.now() > deadline) throw new Bug(trouble);
    await pause(LOOK_EVERY_MS);
  }
}

const CONNECTIONS = "{ stripeConnections { status } }";
const STRIPE_PRODUCTS =
  "{ stripeProducts(first: 100) { nodes { id name linkedProduct { key } defaultPrice { id } prices { id } } } }";
const LINK_PRODUCT = "mutation ($input: LinkProductInput!) { linkProduct(input: $input) { link { id } } }";
const JOBS = "{ jobs(first: 50) { nodes { finishedAt } } }";
