import type Stripe from "stripe";

/** What Stripe says now, read through its official client and to the end of every list. Moments are in seconds. */
export interface StripeState {
  now: number;
  customers: Map<string, { id: string; email: string | null; deleted: boolean }>;
  subscriptions: Subscription[];
  orders: Order[];
}

export interface Subscription {
  id: string;
  customer: string;
  status: string;
  ignored: boolean;
  trialEnd: number | null;
  cancelAt: number | null;
  cancelAtPeriodEnd: boolean;
  collectionPaused: boolean;
  createdAt: number;
  /** When the grace of its unpaid invoices began. */
  graceFrom: number | null;
  /** Of the payment of the newest invoice that was paid. */
  disputes: string[];
  items: { id: string; price: string; product: string; periodEnd: number }[];
}

export interface Order {
  /** The invoice if there is one, else the payment, else the session. */
  key: string;
  customer: string | null;
  email: string | null;
  ignored: boolean;
  payment: "PAID" | "PENDING" | "FAILED";
  /** Somebody has bought, though the money may not be there yet. A bill that nobody has tried to pay is no purchase. */
  isBought: boolean;
  boughtAt: number;
  /** Null where Stripe does not say: money that a bank took days to send. */
  paidAt: number | null;
  amount: number;
  refunds: { amount: number; status: string }[];
  disputes: string[];
  lines: { price: string; product: string; credited: boolean }[];
}

/** All that was asked for at once, so that it can be looked up without asking again. */
interface Papers {
  customers: Stripe.Customer[];
  subscriptions: Stripe.Subscription[];
  sessions: Stripe.Checkout.Session[];
  invoices: Stripe.Invoice[];
  payments: Stripe.InvoicePayment[];
  charges: Stripe.Charge[];
  refunds: Stripe.Refund[];
  disputes: Stripe.Dispute[];
  notes: Stripe.CreditNote[];
  intents: Stripe.PaymentIntent[];
}

export async function readStripe(stripe: Stripe, now: number): Promise<StripeState> {
  const papers = await readPapers(stripe);
  const subscriptions = await Promise.all(
    papers.subscriptions.map((row) => readSubscription(stripe, papers, row, now)),
  );
  const ofSessions = await Promise.all(
    papers.sessions.filter(isOrder).map((row) => orderOfSession(stripe, papers, row)),
  );
  const ofInvoices = await Promise.all(
    papers.invoices.filter(standsAlone).map((row) => orderOfInvoice(stripe, papers, row)),
  );
  const orders = [...ofInvoices, ...ofSessions.filter((order) => order !== null)];
  const customers = new Map<string, { id: string; email: string | null; deleted: boolean }>();
  // A deleted customer is in no list any more, but what it bought still names it.
  for (const { customer } of [...subscriptions, ...orders]) {
    if (customer) customers.set(customer, { id: customer, email: null, deleted: true });
  }
  for (const { id, email } of papers.customers) customers.set(id, { id, email, deleted: false });
  return { now, customers, subscriptions, orders };
}

async function readPapers(stripe: Stripe): Promise<Papers> {
  const all = <T>(list: { autoPagingToArray(options: { limit: number }): Promise<T[]> }): Promise<T[]> =>
    list.autoPagingToArray({ limit: 10_000 });
  const page = { limit: 100 };
  return {
    customers: await all(stripe.customers.list(page)),
    subscriptions: await all(stripe.subscriptions.list({ ...page, status: "all" })),
    sessions: await all(stripe.checkout.sessions.list(page)),
    invoices: await all(stripe.invoices.list(page)),
    payments: await all(stripe.invoicePayments.list(page)),
    charges: await all(stripe.charges.list(page)),
    refunds: await all(stripe.refunds.list(page)),
    disputes: await all(stripe.disputes.list(page)),
    notes: await all(stripe.creditNotes.list(page)),
    intents: await all(stripe.paymentIntents.list(page)),
  };
}

async function readSubscription(
  stripe: Stripe,
  papers: Papers,
  row: Stripe.Subscription,
  now: number,
): Promise<Subscription> {
  const items = row.items.has_more
    ? await stripe.subscriptionItems.list({ subscription: row.id, limit: 100 }).autoPagingToArray({ limit: 10_000 })
    : row.items.data;
  const invoices = papers.invoices.filter((invoice) => subscriptionOf(invoice) === row.id);
  const [newestPaid] = invoices.filter(({ status }) => status === "paid");
  return {
    id: row.id,
    customer: idOf(row.customer) ?? "",
    status: row.status,
    ignored: isIgnored(row),
    trialEnd: row.trial_end,
    cancelAt: row.cancel_at,
    cancelAtPeriodEnd: row.cancel_at_period_end,
    collectionPaused: row.pause_collection !== null,
    createdAt: row.created,
    graceFrom: graceAnchor(papers, invoices, now),
    disputes: newestPaid ? intentsOf(papers, newestPaid.id).flatMap((intent) => disputesOf(papers, intent)) : [],
    items: items.map((item) => ({
      id: item.id,
      price: item.price.id,
      product: idOf(item.price.product) ?? "",
      periodEnd: item.current_period_end,
    })),
  };
}

/** The earliest anchor of an unpaid invoice since an invoice above zero was last paid. Voided invoices count too. */
function graceAnchor(papers: Papers, invoices: Stripe.Invoice[], now: number): number | null {
  const paid = invoices.filter(({ status, total }) => status === "paid" && total > 0);
  const lastPaid = Math.max(0, ...paid.map(({ status_transitions: { paid_at } }) => paid_at ?? 0));
  const anchors = invoices
    .filter(({ status }) => status === "open" || status === "void" || status === "uncollectible")
    .flatMap((invoice) => anchorOf(papers, invoice, now) ?? [])
    .filter((anchor) => anchor >= lastPaid);
  return anchors.length > 0 ? Math.min(...anchors) : null;
}

/** The first failed attempt, the attempt that asked for authentication, or the due date of an invoice that was sent. */
function anchorOf(papers: Papers, invoice: Stripe.Invoice, now: number): number | null {
  const closedAt = invoice.status_transitions.voided_at ?? invoice.status_transitions.marked_uncollectible_at ?? now;
  if (invoice.collection_method === "send_invoice") {
    return invoice.due_date !== null && invoice.due_date <= closedAt ? invoice.due_date : null;
  }
  if (!invoice.attempted) return null;
  const intents = papers.payments.filter((payment) => idOf(payment.invoice) === invoice.id).map(intentOf);
  const failed = papers.charges.filter(
    (charge) => charge.status === "failed" && intents.includes(idOf(charge.payment_intent)),
  );
  const finalized = invoice.status_transitions.finalized_at ?? invoice.created;
  const first = Math.min(...failed.map(({ created }) => created));
  // A charge that failed later is not the first attempt: there was no card, or authentication was asked.
  return first <= finalized + HOUR ? first : finalized;
}

const HOUR = 3_600;

function isOrder({ mode, status }: Stripe.Checkout.Session): boolean {
  return mode === "payment" && status === "complete";
}

/** A paid sale without an invoice; where there is one, the invoice is the order. */
async function orderOfSession(stripe: Stripe, papers: Papers, row: Stripe.Checkout.Session): Promise<Order | null> {
  if (row.invoice) return null;
  const lines = await stripe.checkout.sessions
    .listLineItems(row.id, { limit: 100 })
    .autoPagingToArray({ limit: 10_000 });
  const intent = idOf(row.payment_intent);
  const payment = papers.intents.find(({ id }) => id === intent);
  const isPaid = row.payment_status === "paid" || row.payment_status === "no_payment_required";
  const isUnderWay = payment?.status === "processing" || payment?.status === "requires_action";
  const charge = papers.charges.find((one) => idOf(one.payment_intent) === intent && one.status === "succeeded");
  const isCard = charge?.payment_method_details?.type === "card";
  return {
    key: intent ?? row.id,
    customer: idOf(row.customer),
    email: row.customer_details?.email ?? null,
    ignored: isIgnored(row) || (payment !== undefined && isIgnored(payment)),
    payment: isPaid ? "PAID" : isUnderWay ? "PENDING" : "FAILED",
    isBought: true,
    boughtAt: row.created,
    paidAt: intent === null ? row.created : isCard ? charge.created : null,
    amount: charge?.amount_captured ?? row.amount_total ?? 0,
    refunds: intent ? refundsOf(papers, [intent]) : [],
    disputes: intent ? disputesOf(papers, intent) : [],
    lines: lines.flatMap(({ price }) =>
      price ? [{ price: price.id, product: idOf(price.product) ?? "", credited: false }] : [],
    ),
  };
}

function standsAlone(invoice: Stripe.Invoice): boolean {
  return subscriptionOf(invoice) === null && invoice.status !== "draft";
}

async function orderOfInvoice(stripe: Stripe, papers: Papers, row: Stripe.Invoice): Promise<Order> {
  const lines = row.lines.has_more
    ? await stripe.invoices.listLineItems(row.id, { limit: 100 }).autoPagingToArray({ limit: 10_000 })
    : row.lines.data;
  const intents = intentsOf(papers, row.id);
  const payments = papers.intents.filter(({ id }) => intents.includes(id));
  const tries = papers.payments.filter((payment) => idOf(payment.invoice) === row.id).map(intentOf);
  const isUnderWay = papers.intents.some(({ id, status }) => tries.includes(id) && status === "processing");
  const sessions = papers.sessions.filter(({ invoice }) => idOf(invoice) === row.id);
  const notes = papers.notes.filter((note) => idOf(note.invoice) === row.id && note.status === "issued");
  return {
    key: row.id,
    customer: idOf(row.customer),
    email: row.customer_email,
    ignored: [row, ...sessions, ...payments].some(isIgnored),
    payment: row.status === "paid" ? "PAID" : row.status === "open" ? "PENDING" : "FAILED",
    isBought: row.status !== "open" || isUnderWay,
    boughtAt: row.created,
    paidAt: row.status_transitions.paid_at,
    amount: papers.charges
      .filter((charge) => charge.status === "succeeded" && intents.includes(idOf(charge.payment_intent) ?? ""))
      .reduce((sum, charge) => sum + charge.amount_captured, 0),
    refunds: refundsOf(papers, intents),
    disputes: intents.flatMap((intent) => disputesOf(papers, intent)),
    lines: lines.filter(isBoughtOnce).flatMap((line) => {
      const details = line.pricing?.price_details;
      if (!details) return [];
      const credited = notes
        .flatMap((note) => note.lines.data)
        .filter((credit) => credit.invoice_line_item === line.id)
        .reduce((sum, { amount }) => sum + amount, 0);
      const product = details.product;
      return [{ price: idOf(details.price) ?? "", product, credited: credited > 0 && credited >= line.amount }];
    }),
  };
}

/** What is left over from a subscription may stand on such an invoice too; it is none of its own. */
function isBoughtOnce(line: Stripe.InvoiceLineItem): boolean {
  const details = line.parent?.invoice_item_details;
  return details !== null && details !== undefined && !details.subscription && !details.proration;
}

function subscriptionOf(invoice: Stripe.Invoice): string | null {
  return idOf(invoice.parent?.subscription_details?.subscription);
}

function intentsOf(papers: Papers, invoice: string): string[] {
  return papers.payments
    .filter((payment) => idOf(payment.invoice) === invoice && payment.status === "paid")
    .flatMap((payment) => intentOf(payment) ?? []);
}

function intentOf(payment: Stripe.InvoicePayment): string | null {
  return idOf(payment.payment.payment_intent);
}

function refundsOf(papers: Papers, intents: string[]): Order["refunds"] {
  return papers.refunds
    .filter((refund) => intents.includes(idOf(refund.payment_intent) ?? ""))
    .map(({ amount, status }) => ({ amount, status: status ?? "" }));
}

function disputesOf(papers: Papers, intent: string): string[] {
  return papers.disputes.filter((dispute) => idOf(dispute.payment_intent) === intent).map(({ status }) => status);
}

function isIgnored({ metadata }: { metadata: Stripe.Metadata | null }): boolean {
  return metadata?.["latchkey_ignore"] === "true";
}

function idOf(reference: string | { id: string } | null | undefined): string | null {
  if (reference === null || reference === undefined) return null;
  return typeof reference === "string" ? reference : reference.id;
}
