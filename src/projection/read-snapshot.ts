import type Stripe from "stripe";
import type { SourceFacts } from "../access/fact";
import { PINNED_VERSION } from "../connections/pinned-version";
import type { Sight } from "./papers";
import { momentOf } from "./read-references";
import { readSubscription } from "./read-subscription";

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
  const papers = { subscription, items: subscription.items.data, sessions: [], disputes: [], failure: null };
  const seen = readSubscription(papers, { ...sight, observedAt: seenAt });
  if (seen.state.kind !== "SUBSCRIPTION" || held?.state.kind !== "SUBSCRIPTION") return seen;
  const { disputes, firstFailureAt, failedInvoice, latestInvoice } = held.state;
  return {
    ...seen,
    buyer: held.buyer,
    sessions: held.sessions,
    ignored: seen.ignored || (held.ignored && held.sessions.length > 0),
    state: {
      ...seen.state,
      disputes,
      firstFailureAt,
      failedInvoice,
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
