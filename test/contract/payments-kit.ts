import Stripe from "stripe";
import type { Simulator } from "../../src/local/stripe/start-simulator";
import { idOf } from "./billing-kit";
import { openTypeCheck } from "../kit/worker/stripe-types";
import { closeSimulators, openClient, openSimulator } from "./simulator-kit";

export interface Till {
  simulator: Simulator;
  stripe: Stripe;
  /** A client that sends a lost request again, as the one of production does. */
  patient: Stripe;
  /** The events since the last call, oldest first, as an endpoint would get them. */
  events: () => Stripe.Event[];
  /** Their names. */
  told: () => string[];
  customer: () => Promise<string>;
  /** A payment of a customer that went through, or is on its way to. */
  pay: (amount?: number, method?: string) => Promise<Paid>;
  /** What did not have the shape of Stripe's types. */
  faults: string[];
}

export interface Paid {
  intent: string;
  charge: string;
  customer: string;
}

const check = openTypeCheck();

/** A till whose client holds each answer against Stripe's types, those inside of refusals too. */
export async function openTill(): Promise<Till> {
  const { simulator } = await openSimulator();
  const faults: string[] = [];
  const httpClient = Stripe.createFetchHttpClient(async (...request: Parameters<typeof fetch>) => {
    const response = await fetch(...request);
    const text = await response.clone().text();
    faults.push(...faultsIn(JSON.parse(text)));
    return response;
  });
  const stripe = openClient(simulator, { httpClient });
  const patient = openClient(simulator, { httpClient, maxNetworkRetries: 2 });
  const events = eventsOf(simulator);
  const customer = async (): Promise<string> => (await stripe.customers.create({ email: "ada@example.com" })).id;
  const pay = async (amount = 4_900, method = "pm_card_visa"): Promise<Paid> => {
    const payer = await customer();
    const intent = await stripe.paymentIntents.create({
      amount,
      currency: "usd",
      customer: payer,
      payment_method: method,
      confirm: true,
    });
    events();
    return { intent: intent.id, charge: idOf(intent.latest_charge), customer: payer };
  };
  return { simulator, stripe, patient, events, told: () => events().map(({ type }) => type), customer, pay, faults };
}

function eventsOf({ world }: Simulator): () => Stripe.Event[] {
  let seen = -1;
  return () => {
    const fresh = world.shelves.event.inOrder.filter(({ turn }) => turn > seen).toSorted((a, b) => a.turn - b.turn);
    seen = Math.max(seen, ...fresh.map(({ turn }) => turn));
    return fresh.map(({ row: { ours: _ours, ...event } }) => {
      // The union of all events is told apart by `type`, which only Stripe's own parser claims to know.
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion
      return { ...event, pending_webhooks: 0 } as unknown as Stripe.Event;
    });
  };
}

interface Answer {
  error?: { payment_intent?: object; setup_intent?: object; payment_method?: object };
}

function faultsIn(answer: Answer): string[] {
  if (!answer.error) return check(answer);
  const { payment_intent, setup_intent, payment_method } = answer.error;
  return [payment_intent, setup_intent, payment_method].filter((inside) => inside !== undefined).flatMap(check);
}

/** Closes the till; a test fails when an answer or an event did not have the shape of Stripe's types. */
export async function closeTill({ simulator, faults }: Till): Promise<void> {
  const ofEvents = eventsOf(simulator)().flatMap((event) => check(event).map((fault) => `${event.type}: ${fault}`));
  await closeSimulators();
  const all = [...new Set([...faults, ...ofEvents])];
  if (all.length > 0) throw new Error(all.join("\n"));
}

/** What an event is about, as JSON. */
export function about(event: Stripe.Event | undefined): Record<string, unknown> {
  return { ...event?.data.object };
}
