import { createHmac } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import { toPublicId } from "../../../src/base/ids";
import { WEBHOOK_SECRET, withClient } from "../account";
import type { Lab } from "../lab";
import type { Row } from "../table";
import { SOLD, type World, openWorld } from "../world";

const PER_SECOND = 50;
const SECONDS = 20;
const ASK_EVERY_MS = 5;
// Whoever waits long asks more rarely, so that asking does not become the load.
const ASK_SHARE = 0.1;
const SEEN_WITHIN_MS = 30_000;

/** P6: what a buyer waits for. From the answer to the webhook until the first answer that lets them in. */
export async function measureLatency(lab: Lab): Promise<Row[]> {
  const world = await openWorld(lab, "acct_latency");
  try {
    const key = await world.shop.key("READ");
    const count = PER_SECOND * (lab.short ? 3 : SECONDS);
    await linkPeople(world, count + PER_SECOND);
    // The first second counts for nothing.
    await sendAll(world, key, count, PER_SECOND);
    const waits = await sendAll(world, key, 0, count);
    waits.sort((a, b) => a - b);
    const at = (share: number) => waits[Math.min(Math.floor(waits.length * share), waits.length - 1)] ?? NaN;
    const seen = { perSecond: PER_SECOND, p50: at(0.5), p99: at(0.99), serverCpu: null, postgresCpu: null };
    const goal = "p50 < 100 ms, p99 < 1 s";
    return [{ name: "P6 webhook to decision", against: `${PER_SECOND} purchases a second`, goal, seen }];
  } finally {
    await world.close();
  }
}

/** So many people, who are customers in Stripe and have bought nothing yet. */
async function linkPeople({ shop, connectionId }: World, count: number): Promise<void> {
  await withClient(shop.databaseUrl, (client) =>
    client.query(
      `insert into customer_links (id, connection_id, customer, user_id, active, basis, linked_by, linked_at)
       select gen_random_uuid(), $1, 'cus_l' || n, u.id, true, 'HAND', 'bench', now()
       from generate_series(0, $2::int - 1) n join users u on u.external_id = 'user-' || (n + 1)`,
      [connectionId, count],
    ),
  );
}

/** At an even pace, whatever the answers do. */
async function sendAll(world: World, key: string, from: number, count: number): Promise<number[]> {
  const began = performance.now();
  const waits: Promise<number>[] = [];
  for (let index = 0; index < count; index++) {
    const early = began + (index * 1_000) / PER_SECOND - performance.now();
    if (early > 0) await delay(early);
    waits.push(buy(world, key, from + index));
  }
  return Promise.all(waits);
}

async function buy(world: World, key: string, person: number): Promise<number> {
  const said = await fetch(...webhook(world, `l${person}`));
  if (!said.ok) throw new Error(`the webhook was answered with ${said.status}`);
  await said.arrayBuffer();
  const told = performance.now();
  while (!(await mayOpen(world, key, `user-${person + 1}`))) {
    const waited = performance.now() - told;
    if (waited > SEEN_WITHIN_MS) throw new Error("a purchase is never seen");
    await delay(Math.max(ASK_EVERY_MS, waited * ASK_SHARE));
  }
  return performance.now() - told;
}

async function mayOpen({ server }: World, key: string, user: string): Promise<boolean> {
  const query = "query ($user: ID!, $product: String!) { access(product: $product, user: $user) { allowed } }";
  const answer = await fetch(`http://127.0.0.1:${server.port}/graphql`, {
    method: "POST",
    headers: { "content-type": "application/json", authorization: `Bearer ${key}` },
    body: JSON.stringify({ query, variables: { user, product: SOLD } }),
  });
  const { data } = (await answer.json()) as { data?: { access: { allowed: boolean } } };
  if (!data) throw new Error("a check was not answered");
  return data.access.allowed;
}

function webhook({ server, connectionId }: World, name: string): [string, RequestInit] {
  const now = Math.floor(Date.now() / 1_000);
  const body = JSON.stringify({
    id: `evt_${name}`,
    object: "event",
    type: "customer.subscription.created",
    api_version: "2026-10-28.endive",
    created: now,
    livemode: false,
    data: { object: { id: `sub_${name}`, object: "subscription", customer: `cus_${name}` } },
  });
  const signature = createHmac("sha256", WEBHOOK_SECRET).update(`${now}.${body}`).digest("hex");
  const headers = { "content-type": "application/json", "stripe-signature": `t=${now},v1=${signature}` };
  const address = `/stripe/webhook/${toPublicId("connection", connectionId)}`;
  return [`http://127.0.0.1:${server.port}${address}`, { method: "POST", headers, body }];
}
