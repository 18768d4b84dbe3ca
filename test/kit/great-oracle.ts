import type { SimulatedStripe } from "../../src/local/stripe/simulated-stripe";

/** What an import of everything has to come to, read from the memory of the simulated Stripe by rules of its own. */
export interface Truth {
  /** Of every link together. */
  total: number;
  skipped: number;
  /** `address product`, and whether it is open. */
  held: Map<string, boolean>;
}

const OPEN = ["active", "trialing", "past_due"];

export function readTruth({ world }: SimulatedStripe): Truth {
  const { shelves } = world;
  const rowsOf = <Row>(shelf: { inOrder: readonly { row: Row }[] }) => shelf.inOrder.map(({ row }) => row);
  const emails = new Map(rowsOf(shelves.customer).map(({ id, email }) => [id, email ?? ""]));
  const products = new Map(rowsOf(shelves.price).map(({ id, product }) => [id, product]));
  const charges = new Map(rowsOf(shelves.charge).map((charge) => [charge.id, charge]));
  const disputed = rowsOf(shelves.dispute).map(({ charge }) => charges.get(charge));
  const disputers = new Set(disputed.map((charge) => charge?.customer));
  const disputedIntents = new Set(disputed.map((charge) => charge?.payment_intent));
  const refunded = new Set(rowsOf(shelves.refund).map(({ payment_intent: intent }) => intent));
  const held = new Map<string, boolean>();
  const hold = (email: string, product: string, isOpen: boolean): void => {
    const name = `${email} ${product}`;
    held.set(name, isOpen || held.get(name) === true);
  };
  let [total, skipped] = [0, 0];
  for (const { status, customer, ours } of rowsOf(shelves.subscription)) {
    if (status === "canceled" || status === "incomplete_expired") continue;
    total++;
    const isOpen = OPEN.includes(status) && !disputers.has(customer);
    hold(emails.get(customer) ?? "", products.get(ours.prices[0] ?? "") ?? "", isOpen);
  }
  for (const session of rowsOf(shelves["checkout.session"])) {
    if (session.mode !== "payment" || session.status !== "complete") continue;
    total++;
    const { payment_intent: intent, customer_details: details, ours } = session;
    if (refunded.has(intent)) {
      skipped++;
      continue;
    }
    const price = ours.lines[0]?.price;
    hold(details?.email ?? "", products.get(price ?? "") ?? "", !disputedIntents.has(intent));
  }
  return { total, skipped, held };
}
