import type Stripe from "stripe";
import { type Desk, PAGE } from "./open-desk";
import type { Payment } from "./papers";
import { idOf, wholeOf } from "./read-references";

/** The payments of an invoice, but for those that were given up. */
export function fetchPaymentsOf(desk: Desk, invoice: string): Promise<Payment[]> {
  return desk.once(`payments of ${invoice}`, async () => {
    const expand = ["data.payment.payment_intent.latest_charge", "data.payment.charge"];
    const rows = await desk.all((stripe) => stripe.invoicePayments.list({ invoice, limit: PAGE, expand }));
    desk.lay(`intents of ${invoice}`, intentsOf(rows));
    return fetchPayments(desk, rows);
  });
}

/** Every charge by which somebody tried to pay an invoice, also after it was voided. */
export async function fetchChargesOfInvoice(desk: Desk, { id, status }: Stripe.Invoice): Promise<Stripe.Charge[]> {
  // Of an open one the payments are read: events about them then need no read of their own.
  if (status === "open") await fetchPaymentsOf(desk, id);
  const intents = await desk.once(`intents of ${id}`, async () =>
    intentsOf(await desk.all((stripe) => stripe.invoicePayments.list({ invoice: id, limit: PAGE }))),
  );
  const charges: Stripe.Charge[] = [];
  for (const intent of intents) charges.push(...(await fetchChargesOf(desk, intent)));
  return charges;
}

function fetchChargesOf(desk: Desk, intent: string): Promise<Stripe.Charge[]> {
  return desk.once(`charges of ${intent}`, () =>
    desk.all((stripe) => stripe.charges.list({ payment_intent: intent, limit: PAGE })),
  );
}

export function intentsOf(rows: readonly Stripe.InvoicePayment[]): string[] {
  return rows.flatMap(({ payment }) => idOf(payment.payment_intent) ?? []);
}

export async function fetchPayments(desk: Desk, rows: readonly Stripe.InvoicePayment[]): Promise<Payment[]> {
  const payments: Payment[] = [];
  for (const { status, payment } of rows) {
    if (status === "canceled") continue;
    const intent = wholeOf(payment.payment_intent);
    payments.push(await fetchPayment(desk, intent, wholeOf(payment.charge)));
  }
  return payments;
}

/** What became of the money afterwards. A charge says whether there is anything to ask for. */
export async function fetchPayment(
  desk: Desk,
  intent: Stripe.PaymentIntent | null,
  known: Stripe.Charge | null = null,
): Promise<Payment> {
  const charge = known ?? (await chargeOf(desk, intent));
  if (!charge) return { intent, charge, refunds: [], disputes: [] };
  const { id } = charge;
  const refunds = charge.amount_refunded > 0 ? await fetchRefunds(desk, id) : [];
  return { intent, charge, refunds, disputes: charge.disputed ? await fetchDisputes(desk, id) : [] };
}

async function chargeOf(desk: Desk, intent: Stripe.PaymentIntent | null): Promise<Stripe.Charge | null> {
  const charge = wholeOf(intent?.latest_charge);
  const id = idOf(intent?.latest_charge);
  if (charge || id === null) return charge;
  // A payment names its charge, so the charge is there. Without it the refunds would seem to be none.
  return desk.once(`charge ${id}`, () => desk.ask((stripe) => stripe.charges.retrieve(id)));
}

function fetchRefunds(desk: Desk, charge: string): Promise<Stripe.Refund[]> {
  return desk.once(`refunds of ${charge}`, () => desk.all((stripe) => stripe.refunds.list({ charge, limit: PAGE })));
}

function fetchDisputes(desk: Desk, charge: string): Promise<Stripe.Dispute[]> {
  return desk.once(`disputes of ${charge}`, () => desk.all((stripe) => stripe.disputes.list({ charge, limit: PAGE })));
}
