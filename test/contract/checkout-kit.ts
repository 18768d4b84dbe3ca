import Stripe from "stripe";
import { tableNames } from "../../src/local/stripe/kind";
import type { Simulator } from "../../src/local/stripe/start-simulator";
import type { AnyRow, TableName } from "../../src/local/stripe/tables";
import { openClient } from "./simulator-kit";
import { openTypeCheck } from "../kit/worker/stripe-types";
import { closeWhole, control, openWhole, type Whole } from "./whole-kit";

export const BEGIN = Date.parse("2026-11-02T10:00:00.000Z") / 1000;
export const HOUR_S = 3_600;
export const CARD = {
  good: "4242424242424242",
  declined: "4000000000000002",
  asks: "4000002760003184",
  later: "4000000000000341",
};

export interface Outcome {
  outcome: "complete" | "requires_action" | "declined";
  decline_code: string | null;
  session: Stripe.Checkout.Session;
}

export interface Store extends Whole {
  /** Nineteen dollars once, ten dollars a month. */
  once: string;
  monthly: string;
  product: string;
  /** A session over one piece; the mode follows from what is given. */
  open: (more?: Partial<Stripe.Checkout.SessionCreateParams>) => Promise<Stripe.Checkout.Session>;
  /** The buyer presses the button. */
  buy: (session: { id: string }, typed?: object) => Promise<Outcome>;
  /** The names of the events since the last call, in the order in which they happened. */
  told: () => string[];
}

export const SUCCESS = "https://shop.example/thanks?session={CHECKOUT_SESSION_ID}";

const check = openTypeCheck();
const faults: string[] = [];
const open: Simulator[] = [];

/** A store with one product; what its client is answered is held against Stripe's types as it comes. */
export async function openStore(): Promise<Store> {
  const { simulator } = await openWhole();
  open.push(simulator);
  const stripe = openClient(simulator, { httpClient: checkingClient() });
  const product = (await stripe.products.create({ name: "Pro" })).id;
  const once = (await stripe.prices.create({ product, currency: "usd", unit_amount: 1_900 })).id;
  const recurring = { interval: "month" } as const;
  const monthly = (await stripe.prices.create({ product, currency: "usd", unit_amount: 1_000, recurring })).id;
  let seen = lastTurn(simulator);
  const told = (): string[] => {
    const fresh = simulator.world.shelves.event.inOrder.filter(({ turn }) => turn > seen);
    seen = lastTurn(simulator);
    return fresh.toSorted((a, b) => a.turn - b.turn).map(({ row }) => row.type);
  };
  return {
    simulator,
    stripe,
    once,
    monthly,
    product,
    told,
    open: (more = {}) => {
      const price = more.mode === "subscription" ? monthly : once;
      const lines = more.mode === "setup" ? { currency: "usd" } : { line_items: [{ price, quantity: 1 }] };
      return stripe.checkout.sessions.create({ mode: "payment", success_url: SUCCESS, ...lines, ...more });
    },
    buy: ({ id }, typed = {}) => control<Outcome>(simulator, "complete-checkout", { session: id, ...typed }),
  };
}

function lastTurn({ world }: Simulator): number {
  return Math.max(-1, ...world.shelves.event.inOrder.map(({ turn }) => turn));
}

/** Closes what is open; a test fails when an answer, a row or an event did not have the shape of Stripe's types. */
export async function closeStores(): Promise<void> {
  const found = [...faults.splice(0), ...open.splice(0).flatMap(faultsOfWorld)];
  await closeWhole();
  if (found.length > 0) throw new Error([...new Set(found)].join("\n"));
}

// The client's own transport; only the text of each answer is looked at on its way.
function checkingClient(): Stripe.HttpClient {
  const client = Stripe.createNodeHttpClient();
  const ask = client.makeRequest.bind(client);
  client.makeRequest = async (...asked) => {
    const response = await ask(...asked);
    const read = response.toJSON.bind(response);
    response.toJSON = async () => {
      const body: unknown = await read();
      if (response.getStatusCode() === 200) faults.push(...check(plain(body)).map((fault) => `${asked[2]}: ${fault}`));
      return body;
    };
    return response;
  };
  return client;
}

function plain(body: unknown): unknown {
  return JSON.parse(JSON.stringify(body));
}

/** What only the simulator keeps, and no client ever sees. */
export const OWN_TABLES: readonly TableName[] = ["billing_settings", "delivery", "page_address"];

/** What is wrong with anything in the world: each row of each table as it would be answered now, and each event. */
export function faultsOfWorld(simulator: Simulator): string[] {
  const { shelves, kinds } = simulator.world;
  return tableNames(kinds)
    .filter((name) => !OWN_TABLES.includes(name))
    .flatMap((name) => shelves[name].inOrder.flatMap(({ row }) => faultsOfRow(simulator, row)));
}

function faultsOfRow(simulator: Simulator, row: AnyRow): string[] {
  const rendered = simulator.control.act((draft) => draft.render(row));
  const name = row.object === "event" ? row.type : row.object;
  return check(plain(rendered)).map((fault) => `${name}: ${fault}`);
}

/** The id of what may have been expanded. */
export function idOf(reference: string | { id: string } | null | undefined): string {
  return (typeof reference === "string" ? reference : reference?.id) ?? "";
}
