import type Stripe from "stripe";
import { SECOND } from "../base/durations";
import { type AccountDeps, askAccount } from "../connections/ask-account";
import type { ConnectionEntity } from "../connections/connection.entity";
import { wholeOf } from "../projection/read-references";
import type { Walk } from "./plan-walks";

/** What a page of one of Stripe's lists shows, with the lists inside of its rows to their ends. */
export type RowsOf =
  | { list: "DISPUTES"; rows: Stripe.Dispute[] }
  | { list: "SESSIONS"; rows: { session: Stripe.Checkout.Session; lines: Stripe.LineItem[] }[] }
  | { list: "SUBSCRIPTIONS"; rows: SubscriptionRow[] }
  | { list: "INVOICES"; rows: { invoice: Stripe.Invoice; lines: Stripe.InvoiceLineItem[] }[] };

export interface SubscriptionRow {
  subscription: Stripe.Subscription;
  items: Stripe.SubscriptionItem[];
  /** Of its latest invoice. */
  lines: Stripe.InvoiceLineItem[];
}

export type RowPage = RowsOf & {
  /** The last row of the page, from which the next one goes on; null: this was the last page. */
  next: string | null;
};

type PageOf<Row> = { data: Row[]; has_more: boolean };

const PAGE = 100;
/** A hundred rows with all that belongs to them take Stripe a while, and nobody waits for them. */
const PATIENTLY = { timeout: 30 * SECOND };

/** One page of a list: subscriptions of every status, checkouts that are complete, invoices that are paid, all disputes. */
export async function listRows(
  deps: Pick<AccountDeps, "config">,
  connection: ConnectionEntity,
  walk: Walk,
  after: string | null,
): Promise<RowPage> {
  const ask: Ask = (asking) => askAccount(deps, connection, asking);
  const page = { limit: PAGE, ...(after === null ? {} : { starting_after: after }), ...sinceOf(walk) };
  switch (walk.list) {
    case "DISPUTES":
      return listDisputes(ask, page);
    case "SESSIONS":
      return listSessions(ask, { ...page, ...customerOf(walk) });
    case "SUBSCRIPTIONS":
      return listSubscriptions(ask, { ...page, ...customerOf(walk), ...narrowed(walk) });
    case "INVOICES":
      return listInvoices(ask, { ...page, ...customerOf(walk) });
  }
}

type Ask = <Answer>(asking: (stripe: Stripe) => Promise<Answer>) => Promise<Answer>;

async function listDisputes(ask: Ask, page: Stripe.DisputeListParams): Promise<RowPage> {
  const found = await ask((stripe) => stripe.disputes.list({ ...page, expand: ["data.charge"] }, PATIENTLY));
  return { list: "DISPUTES", rows: found.data, next: nextOf(found) };
}

async function listSessions(ask: Ask, page: Stripe.Checkout.SessionListParams): Promise<RowPage> {
  const expand = ["data.line_items", "data.customer", "data.payment_intent.latest_charge", "data.invoice"];
  const wanted = { ...page, status: "complete", expand } as const;
  const found = await ask((stripe) => stripe.checkout.sessions.list(wanted, PATIENTLY));
  const rows = [];
  for (const session of found.data) {
    const lines = session.line_items ?? { data: [], has_more: false };
    const all = await toTheEnd(ask, lines, (stripe, rest) => stripe.checkout.sessions.listLineItems(session.id, rest));
    rows.push({ session, lines: all });
  }
  return { list: "SESSIONS", rows, next: nextOf(found) };
}

async function listSubscriptions(ask: Ask, page: Stripe.SubscriptionListParams): Promise<RowPage> {
  const expand = ["data.customer", "data.latest_invoice", "data.schedule"];
  const found = await ask((stripe) => stripe.subscriptions.list({ ...page, status: "all", expand }, PATIENTLY));
  const rows = [];
  for (const subscription of found.data) {
    const { id } = subscription;
    const items = await toTheEnd(ask, subscription.items, (stripe, rest) =>
      stripe.subscriptionItems.list({ subscription: id, ...rest }),
    );
    const latest = wholeOf(subscription.latest_invoice);
    const lines = latest ? await linesOf(ask, latest) : [];
    rows.push({ subscription, items, lines });
  }
  return { list: "SUBSCRIPTIONS", rows, next: nextOf(found) };
}

async function listInvoices(ask: Ask, page: Stripe.InvoiceListParams): Promise<RowPage> {
  const found = await ask((stripe) => stripe.invoices.list({ ...page, status: "paid" }, PATIENTLY));
  const rows = [];
  for (const invoice of found.data) {
    rows.push({ invoice, lines: await linesOf(ask, invoice) });
  }
  return { list: "INVOICES", rows, next: nextOf(found) };
}

function linesOf(ask: Ask, { id, lines }: Stripe.Invoice): Promise<Stripe.InvoiceLineItem[]> {
  return toTheEnd(ask, lines, (stripe, rest) => stripe.invoices.listLineItems(id, rest));
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
