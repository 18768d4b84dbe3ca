import { createPaidInvoice } from "../billing/create-invoice";
import { startSubscription } from "../billing/start-subscription";
import { redeemCoupon } from "../discounts/redeem-coupon";
import type { Draft } from "../draft";
import { momentOf } from "../payments/confirm-payment";
import type { PaymentIntentRow } from "../payments/new-payment-intent";
import type { PaymentMethodRow } from "../payments/new-payment-method";
import { noDetails } from "./create-session";
import { ensureCustomer } from "./ensure-customer";
import type { SessionRow } from "./session-row";

export interface Means {
  intent?: PaymentIntentRow;
  method?: PaymentMethodRow;
}

/** The money is there, on its way, or not needed: what was bought is made now, and the session is complete. */
export function finishCheckout(draft: Draft, { id }: SessionRow, means: Means): SessionRow {
  const customer = ensureCustomer(draft, draft.get("checkout.session", id));
  draft.cancelTimer({ kind: "checkout.session", id, what: "expire" });
  const session = filled(draft.get("checkout.session", id), customer, means);
  const made = session.mode === "subscription" ? subscribe(draft, session, means) : sell(draft, session, means);
  const row = draft.put<SessionRow>({ ...session, ...made });
  draft.emit("checkout.session.completed", draft.render(row), momentOf(draft, row));
  return row;
}

function filled(session: SessionRow, customer: string | null, { intent }: Means): SessionRow {
  const { typed } = session.ours;
  const { consent_collection: consent, automatic_tax: tax, amount_total: total } = session;
  const paid = intent?.status === "succeeded";
  return {
    ...session,
    automatic_tax: tax.enabled ? { ...tax, status: "complete" } : tax,
    consent: consent?.terms_of_service === "required" ? { promotions: null, terms_of_service: "accepted" } : null,
    customer,
    customer_details: {
      ...noDetails,
      email: typed?.email ?? null,
      name: typed?.name ?? session.customer_details?.name ?? null,
      phone: typed?.phone ?? null,
    },
    payment_status: paid ? "paid" : session.mode === "setup" || total === 0 ? "no_payment_required" : "unpaid",
    status: "complete",
    url: null,
  };
}

// The subscription comes after the payment: one that was never paid for does not begin at all.
function subscribe(draft: Draft, session: SessionRow, { intent, method }: Means): Partial<SessionRow> {
  const data = session.ours.subscriptionData;
  const { lines } = session.ours;
  const [discount] = session.discounts ?? [];
  const missing = data?.missingPaymentMethod;
  const { subscription, invoice } = startSubscription(draft, {
    customer: session.customer ?? "",
    items: lines.filter(({ recurring }) => recurring).map(({ price, quantity }) => ({ price, quantity })),
    addInvoiceItems: lines.filter(({ recurring }) => !recurring).map(({ price, quantity }) => ({ price, quantity })),
    trialPeriodDays: data?.trialPeriodDays,
    trialEnd: data?.trialEnd,
    ...(missing
      ? { trialSettings: { end_behavior: { billing_cycle_anchor: null, missing_payment_method: missing } } }
      : {}),
    defaultPaymentMethod: method?.id ?? null,
    metadata: data?.metadata ?? {},
    description: data?.description,
    discounts: discount ? [{ coupon: discount.coupon, promotion_code: discount.promotion_code }] : null,
    ...(data?.billingMode ? { billingMode: data.billingMode } : {}),
    billingModeSince: session.payment_link ? null : session.created,
    ...paidBy(session, intent),
  });
  const paymentIntent = session.ours.paymentIntent ?? invoice?.ours.paymentIntent ?? null;
  return { subscription: subscription.id, invoice: invoice?.id ?? null, ours: { ...session.ours, paymentIntent } };
}

// Nothing said means that the first invoice collects for itself, which is how a bank account pays.
function paidBy(
  { amount_total: total }: SessionRow,
  intent: PaymentIntentRow | undefined,
): { paidBy?: { paymentIntent: string } | null } {
  if (intent) return { paidBy: { paymentIntent: intent.id } };
  return total === 0 ? { paidBy: null } : {};
}

function sell(draft: Draft, session: SessionRow, { intent }: Means): Partial<SessionRow> {
  const [given] = session.discounts ?? [];
  const wanted = given && { coupon: given.coupon, promotionCode: given.promotion_code };
  if (wanted) redeemCoupon(draft, wanted, { customer: session.customer, checkout_session: session.id });
  return intent && intent.status !== "succeeded" ? {} : invoiceSale(draft, session);
}

/** The invoice of a sale, where the session asks for one: at once, or when delayed money has arrived. */
export function invoiceSale(draft: Draft, session: SessionRow): Partial<SessionRow> {
  const { customer, currency, invoice_creation: wanted, ours } = session;
  if (!wanted?.enabled || !customer || !currency) return {};
  const invoice = createPaidInvoice(draft, {
    customer,
    currency,
    lines: ours.lines.map(({ price, quantity, customAmount, subtotal }) => ({
      price,
      quantity,
      ...(customAmount === null ? {} : { amount: subtotal }),
    })),
    paidBy: ours.paymentIntent ? { paymentIntent: ours.paymentIntent } : null,
    description: wanted.invoice_data.description,
    footer: wanted.invoice_data.footer,
    metadata: wanted.invoice_data.metadata ?? {},
    discounts: draft
      .rows("discount", { customer })
      .flatMap((row) => (row.checkout_session === session.id ? row.id : [])),
  });
  return { invoice: invoice.id };
}
