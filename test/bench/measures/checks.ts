import { createHash } from "node:crypto";
import { postText } from "../http-text";
import type { FilledShop, Lab } from "../lab";
import type { Running } from "../processes";
import { type Comparison, type Side, compare } from "../rounds";
import type { Row } from "../table";

export const USERS = 10_000;
const CHECK =
  "query ($user: ID!, $product: String!) { access(product: $product, user: $user) { allowed reason endsAt recheckAt } }";
const MANY =
  "query ($user: ID!, $products: [String!]!) { accessMany(user: $user, products: $products) { allowed reason endsAt recheckAt } }";
const LIST = "{ products(first: 200) { nodes { key name access { allowed reason endsAt } } } }";

interface Bench {
  lab: Lab;
  shop: FilledShop;
  product: Running;
  baseline: Running;
  key: string;
}

async function open(lab: Lab): Promise<Bench> {
  const shop = await lab.shop(USERS);
  const [product, baseline, key] = [await shop.product(), await shop.baseline(), await shop.key("READ")];
  return { lab, shop, product, baseline, key };
}

async function close({ product, baseline }: Bench): Promise<void> {
  await product.stop();
  await baseline.stop();
}

type Requests = [product: string[], baseline: string[]];

async function against(lab: Lab, expect: [string, string], make: (bench: Bench) => Requests | Promise<Requests>) {
  const bench = await open(lab);
  try {
    const [asked, plain] = await make(bench);
    return await versus(bench, expect, asked, plain);
  } finally {
    await close(bench);
  }
}

function versus(bench: Bench, expect: [string, string], asked: string[], plain: string[]): Promise<Comparison> {
  const { lab, product, baseline } = bench;
  const sides: [Side, Side] = [
    sideOf("latchkey", [product], asked, expect[0]),
    sideOf("baseline", [baseline], plain, expect[1]),
  ];
  return compare(sides, lab.pace, lab.postgres);
}

function sideOf(name: string, servers: readonly Running[], requests: string[], expect: string): Side {
  const ports = servers.map((server) => server.port);
  return { name, pids: servers.map((server) => server.pid), load: { ports, requests, expect } };
}

const bearer = (credential: string) => ({ authorization: `Bearer ${credential}` });

function checksOf({ shop, key }: Pick<Bench, "shop" | "key">, head: object): Requests {
  return [
    shop.pairs.map(({ user, product }) => postText("/graphql", { ...head, variables: { user, product } }, bearer(key))),
    shop.pairs.map(({ userUuid, productUuid }) => postText("/check", { user: userUuid, product: productUuid })),
  ];
}

const DECISION: [string, string] = ['{"data":{"access":{"allowed":', '{"data":{"access":{"allowed":'];

/** P1: the whole document each time. */
export async function measureCheck(lab: Lab): Promise<Row[]> {
  const seen = await against(lab, DECISION, (bench) => checksOf(bench, { query: CHECK }));
  return [{ name: "P1 one check", against: "one prepared SELECT behind node:http", goal: "≥ 0.9", seen }];
}

/** P2: by the hash of a document that the server has seen. */
export async function measureRegistered(lab: Lab): Promise<Row[]> {
  const sha256Hash = createHash("sha256").update(CHECK).digest("hex");
  const extensions = { persistedQuery: { version: 1, sha256Hash } };
  const seen = await against(lab, DECISION, async (bench) => {
    const [pair] = bench.shop.pairs;
    const variables = { user: pair?.user, product: pair?.product };
    const answer = await fetch(`http://127.0.0.1:${bench.product.port}/graphql`, {
      method: "POST",
      headers: { "content-type": "application/json", ...bearer(bench.key) },
      body: JSON.stringify({ query: CHECK, variables, extensions }),
    });
    if (!answer.ok) throw new Error(await answer.text());
    return checksOf(bench, { extensions });
  });
  return [{ name: "P2 by registered document", against: "the same", goal: "≥ 1.3", seen }];
}

/** P10: twice the processes on one database. */
export async function measureProcesses(lab: Lab): Promise<Row[]> {
  const shop = await lab.shop(USERS);
  const [one, other, key] = [await shop.product(), await shop.product(), await shop.key("READ")];
  try {
    const [requests] = checksOf({ shop, key }, { query: CHECK });
    const sides: [Side, Side] = [
      sideOf("two", [one, other], requests, DECISION[0]),
      sideOf("one", [one], requests, DECISION[0]),
    ];
    const seen = await compare(sides, lab.pace, lab.postgres);
    return [{ name: "P10 two processes", against: "one", goal: "≥ 1.8 where cores allow", seen }];
  } finally {
    await one.stop();
    await other.stop();
  }
}

const USERS_MANY = 1_000_000;

/** P7: the same checks in a shop that is a hundred times as large. */
export async function measureGrowth(lab: Lab): Promise<Row[]> {
  lab.say(`a shop of ${USERS_MANY} users takes a few minutes to fill …`);
  const shops = [await lab.shop(lab.short ? USERS * 2 : USERS_MANY), await lab.shop(USERS)];
  const servers = await Promise.all(shops.map((shop) => shop.product()));
  try {
    const sides = await Promise.all(
      shops.map(async (shop, index) => {
        const [requests] = checksOf({ shop, key: await shop.key("READ") }, { query: CHECK });
        return sideOf(`shop ${index + 1}`, servers.slice(index, index + 1), requests, DECISION[0]);
      }),
    );
    const seen = await compare(sides as [Side, Side], lab.pace, lab.postgres);
    return [{ name: "P7 1,000,000 users", against: "10,000 users", goal: "≥ 0.9, p99 ≤ 1.3", seen }];
  } finally {
    await Promise.all(servers.map((server) => server.stop()));
  }
}

/** A hundred decisions in one request. */
export async function measureMany(lab: Lab): Promise<Row[]> {
  const expect: [string, string] = ['{"data":{"accessMany":[{"allowed":', '{"data":{"accessMany":[{"allowed":'];
  const seen = await against(lab, expect, ({ shop, key }) => {
    const products = [...new Map(shop.pairs.map((pair) => [pair.product, pair.productUuid]))].slice(0, 100);
    const some = shop.pairs.slice(0, 500);
    const named = products.map(([id]) => id);
    const plain = products.map(([, uuid]) => uuid);
    return [
      some.map(({ user }) => postText("/graphql", { query: MANY, variables: { user, products: named } }, bearer(key))),
      some.map(({ userUuid }) => postText("/many", { user: userUuid, products: plain })),
    ];
  });
  return [{ name: "accessMany of 100", against: "one prepared SELECT for all of them", goal: "none", seen }];
}

const TOKENS = 25;

/** P3: the catalogue as a signed-in person sees it. */
export async function measureList(lab: Lab): Promise<Row[]> {
  const expect: [string, string] = ['{"data":{"products":{"nodes":[{"key":', '{"data":{"products":{"nodes":[{"key":'];
  const seen = await against(lab, expect, async ({ shop, product }) => {
    const writer = await shop.key("WRITE");
    const users = shop.users.slice(0, TOKENS);
    const tokens = await Promise.all(users.map((user) => tokenOf(product, writer, user)));
    return [
      tokens.map((token) => postText("/graphql", { query: LIST }, bearer(token))),
      shop.userUuids.slice(0, TOKENS).map((user) => postText("/list", { user })),
    ];
  });
  return [{ name: "P3 200 products with access", against: "one join and JSON.stringify", goal: "≥ 0.8", seen }];
}

async function tokenOf(product: Running, key: string, user: string): Promise<string> {
  const query = "mutation ($user: ID!) { createUserToken(user: $user) { token } }";
  const answer = await fetch(`http://127.0.0.1:${product.port}/graphql`, {
    method: "POST",
    headers: { "content-type": "application/json", ...bearer(key) },
    body: JSON.stringify({ query, variables: { user } }),
  });
  const { data } = (await answer.json()) as { data?: { createUserToken: { token: string } } };
  if (!data) throw new Error("no token was made");
  return data.createUserToken.token;
}
