import type { Reader } from "../../src/database/db";
import { type NewEvent, insertEvents } from "../../src/stripe/inbox.store";
import { connectAccount, withClient } from "./account";
import type { FilledShop, Lab } from "./lab";
import type { Running } from "./processes";

const USERS = 2_000;
/** A product that nobody holds yet. */
export const SOLD = "sold-in-stripe";

/** A running server whose Stripe answers at once. */
export interface World {
  shop: FilledShop;
  server: Running;
  stripe: Running;
  connectionId: string;
  close(): Promise<void>;
}

/** Each measure has an account of its own, so that none sees what another left. */
export async function openWorld(lab: Lab, account: string): Promise<World> {
  const shop = await lab.shop(USERS);
  const connectionId = await connectAccount(shop.databaseUrl, account, "sk_test_benchbenchbench");
  await sell(shop.databaseUrl, connectionId);
  const stripe = await lab.cannedStripe();
  const server = await shop.product({ STRIPE_API_BASE: `http://127.0.0.1:${stripe.port}` });
  const close = async () => {
    await server.stop();
    await stripe.stop();
  };
  return { shop, server, stripe, connectionId, close };
}

async function sell(databaseUrl: string, connectionId: string): Promise<void> {
  await withClient(databaseUrl, async (client) => {
    await client.query(
      `insert into products (id, key, name, status, access_mode, purchase_method, created_at, updated_at)
       values (gen_random_uuid(), $1, 'Sold in Stripe', 'LIVE', 'ENTITLED', 'NONE', now(), now()) on conflict do nothing`,
      [SOLD],
    );
    await client.query(
      `insert into product_openers (product_id, opener_id) select id, id from products where key = $1
       on conflict do nothing`,
      [SOLD],
    );
    await client.query(
      `insert into product_links (id, connection_id, product_id, stripe_product, state, created_at, updated_at)
       select gen_random_uuid(), $1, id, 'prod_bench', 'ACTIVE', now(), now() from products where key = $2`,
      [connectionId, SOLD],
    );
  });
}

/** How often Stripe was asked so far. */
export async function countAsked({ stripe }: World): Promise<number> {
  const answer = await fetch(`http://127.0.0.1:${stripe.port}/asked`);
  return ((await answer.json()) as { asked: number }).asked;
}

/** All of them at once: nobody works on the first before the last is there. */
export function putIntoInbox({ shop }: World, events: readonly NewEvent[]): Promise<void> {
  return withClient(shop.databaseUrl, async (client) => {
    const rows = async (text: string, values: readonly unknown[] = []) => (await client.query(text, [...values])).rows;
    const reader = { rows } as Pick<Reader, "rows"> as Reader;
    await client.query("begin");
    for (let at = 0; at < events.length; at += 1_000) await insertEvents(reader, events.slice(at, at + 1_000));
    await client.query("commit");
  });
}
