import type Stripe from "stripe";
import type { SourceFacts } from "../access/fact";
import { PINNED_VERSION } from "../connections/pinned-version";
import type { Sight } from "./papers";
import { momentOf } from "./read-references";
import { isBehind, readSubscription } from "./read-subscription";

/** The subscription that an event shows, and when it was like that. */
export interface Snapshot {
  subscription: Stripe.Subscription;
  seenAt: Date;
}

/**
 * What an event says about a subscription, for the time in which Stripe cannot be asked. Null unless it is of our version
 * and whole. Under a test clock its time is not ours, so nothing can be said about its age.
 */
export function readSnapshot(body: string): Snapshot | null {
  const event = parse(body);
  const subscription = event?.data?.object;
  if (event?.api_version !== PINNED_VERSION || subscription?.object !== "subscription") return null;
  if (subscription.items.has_more || subscription.test_clock !== null) return null;
  return { subscription, seenAt: momentOf(event.created) };
}

/** What it means, with what was known of it before and an event does not tell. Null when we know as much already. */
export function readAsSnapshot(
  { subscription, seenAt }: Snapshot,
  held: SourceFacts | null,
  sight: Omit<Sight, "observedAt">,
): SourceFacts | null {
  if (held && held.observedAt >= seenAt) return null;
  const prices = { lines: [], waiting: [] };
  const papers = { subscription, items: subscription.items.data, sessions: [], disputes: [], unpaid: null, prices };
  const seen = readSubscription(papers, { ...sight, observedAt: seenAt });
  if (seen.state.kind !== "SUBSCRIPTION") return seen;
  // The event does not show the invoice. Until Stripe can be asked, the first event that tells of the failure stands for it.
  const told = isBehind(subscription.status) ? { sinceAt: seenAt, paidAt: null, invoices: [] } : null;
  if (held?.state.kind !== "SUBSCRIPTION") return { ...seen, state: { ...seen.state, unpaid: told } };
  const { disputes, unpaid, latestInvoice } = held.state;
  return {
    ...seen,
    buyer: held.buyer,
    sessions: held.sessions,
    ignored: seen.ignored || (held.ignored && held.sessions.length > 0),
    state: {
      ...seen.state,
      disputes,
      unpaid: unpaid ?? told,
      latestInvoice: latestInvoice?.id === seen.state.latestInvoice?.id ? latestInvoice : seen.state.latestInvoice,
    },
  };
}

interface EventBody {
  api_version?: unknown;
  created: number;
  data?: { object?: Stripe.Subscription };
}

function parse(body: string): EventBody | null {
  try {
    return JSON.parse(body) as EventBody | null;
  } catch {
    return null;
  }
}
