import type Stripe from "stripe";
import { type Desk, PAGE, toTheEnd } from "./open-desk";
import { fetchPayment } from "./fetch-payments";
import type { SessionPapers } from "./papers";
import { wholeOf } from "./read-references";

const WITH = ["line_items", "customer", "payment_intent.latest_charge"];
const EACH_WITH = WITH.map((path) => `data.${path}`);

export function fetchSession(desk: Desk, id: string): Promise<Stripe.Checkout.Session | null> {
  return desk.once(`session ${id}`, () =>
    desk.find(id, (stripe) => stripe.checkout.sessions.retrieve(id, { expand: WITH })),
  );
}

type Of = { subscription: string } | { payment_intent: string } | { customer: string };

/** The checkouts of a subscription, a payment or a customer. */
export function fetchSessionsOf(desk: Desk, of: Of): Promise<Stripe.Checkout.Session[]> {
  return desk.once(`sessions of ${Object.values(of).join()}`, async () => {
    // A subscription has its items and its payments from elsewhere.
    const expand = "subscription" in of ? [] : EACH_WITH;
    const sessions = await desk.all((stripe) => stripe.checkout.sessions.list({ ...of, limit: PAGE, expand }));
    if (!("subscription" in of)) for (const session of sessions) desk.lay(`session ${session.id}`, session);
    return sessions;
  });
}

export async function fetchSessionPapers(desk: Desk, session: Stripe.Checkout.Session): Promise<SessionPapers> {
  const intent = wholeOf(session.payment_intent);
  const lines = session.line_items
    ? await toTheEnd(desk, session.line_items, (stripe, page) =>
        stripe.checkout.sessions.listLineItems(session.id, page),
      )
    : await desk.all((stripe) => stripe.checkout.sessions.listLineItems(session.id, { limit: PAGE }));
  return { session, lines, payment: intent ? await fetchPayment(desk, intent) : null };
}
