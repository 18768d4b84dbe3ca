import type Stripe from "stripe";
import { type AccountDeps, askAccount } from "../connections/ask-account";
import type { ConnectionEntity } from "../connections/connection.entity";
import { type Listed, readListedInvoice, readListedSession, readListedSubscription } from "./read-listed";
import type { Walk } from "./plan-walks";

export interface ListedPage {
  listed: Listed[];
  /** The last row of the page, from which the next one goes on; null: this was the last page. */
  next: string | null;
}

type Deps = Pick<AccountDeps, "config">;
type PageOf<Row> = { data: Row[]; has_more: boolean };

const PAGE = 100;

/** One page of what was bought: subscriptions of every status, and orders that were paid. */
export async function listPurchases(
  deps: Deps,
  connection: ConnectionEntity,
  walk: Walk,
  after: string | null,
): Promise<ListedPage> {
  const ask = <Answer>(asking: (stripe: Stripe) => Promise<Answer>) => askAccount(deps, connection, asking);
  const page = {
    limit: PAGE,
    ...(after === null ? {} : { starting_after: after }),
    ...sinceOf(walk),
    ...customerOf(walk),
  };
  switch (walk.list) {
    case "SUBSCRIPTIONS":
      return listSubscriptions(ask, { ...page, ...narrowed(walk) });
    case "SESSIONS":
      return listSessions(ask, page);
    case "INVOICES":
      return listInvoices(ask, page);
    case "DISPUTES":
      return { listed: [], next: null };
  }
}

type Ask = <Answer>(asking: (stripe: Stripe) => Promise<Answer>) => Promise<Answer>;

async function listSubscriptions(ask: Ask, page: Stripe.SubscriptionListParams): Promise<ListedPage> {
  const found = await ask((stripe) => stripe.subscriptions.list({ ...page, status: "all" }));
  const listed: Listed[] = [];
  for (const subscription of found.data) {
    const { id } = subscription;
    const items = await toTheEnd(ask, subscription.items, (stripe, rest) =>
      stripe.subscriptionItems.list({ subscription: id, ...rest }),
    );
    listed.push(readListedSubscription(subscription, items));
  }
  return { listed, next: nextOf(found) };
}

async function listSessions(ask: Ask, page: Stripe.Checkout.SessionListParams): Promise<ListedPage> {
  const expand = ["data.line_items"];
  const found = await ask((stripe) => stripe.checkout.sessions.list({ ...page, status: "complete", expand }));
  const listed: (Listed | null)[] = [];
  for (const session of found.data) {
    const lines = session.line_items ?? { data: [], has_more: false };
    const all = await toTheEnd(ask, lines, (stripe, rest) => stripe.checkout.sessions.listLineItems(session.id, rest));
    listed.push(readListedSession(session, all));
  }
  return { listed: listed.filter((each) => each !== null), next: nextOf(found) };
}

async function listInvoices(ask: Ask, page: Stripe.InvoiceListParams): Promise<ListedPage> {
  const found = await ask((stripe) => stripe.invoices.list({ ...page, status: "paid" }));
  const listed: (Listed | null)[] = [];
  for (const invoice of found.data) {
    const all = await toTheEnd(ask, invoice.lines, (stripe, rest) => stripe.invoices.listLineItems(invoice.id, rest));
    listed.push(readListedInvoice(invoice, all));
  }
  return { listed: listed.filter((each) => each !== null), next: nextOf(found) };
}

/** A list inside of an object holds its first page only. */
async function toTheEnd<Row extends { id: string }>(
  ask: Ask,
  first: PageOf<Row>,
  asking: (stripe: Stripe, rest: { limit: number; starting_after: string }) => Stripe.ApiListPromise<Row>,
): Promise<Row[]> {
  const last = first.data.at(-1);
  if (!first.has_more || !last) return first.data;
  const rest = await ask(async (stripe) => {
    const rows: Row[] = [];
    for await (const row of asking(stripe, { limit: PAGE, starting_after: last.id })) rows.push(row);
    return rows;
  });
  return [...first.data, ...rest];
}

function nextOf({ data, has_more: hasMore }: PageOf<{ id: string }>): string | null {
  return hasMore ? (data.at(-1)?.id ?? null) : null;
}

function sinceOf({ since }: Walk): { created?: Stripe.RangeQueryParam } {
  return since === undefined ? {} : { created: { gte: since } };
}

function customerOf({ customer }: Walk): { customer?: string } {
  return customer === undefined ? {} : { customer };
}

function narrowed({ price, clock }: Walk): Pick<Stripe.SubscriptionListParams, "price" | "test_clock"> {
  return { ...(price === undefined ? {} : { price }), ...(clock === undefined ? {} : { test_clock: clock }) };
}
