import { type Draft, timeFor } from "../draft";
import { mergeMetadata } from "../metadata";
import { invalid } from "../refuse";
import { changeItems, checkedPrice } from "./change-items";
import { setTimers } from "./change-subscription";
import type { DiscountParam } from "./discount-param";
import { makeDiscounts } from "./discounts";
import { firstInvoice, payFirst } from "./first-invoice";
import type { InvoiceRow } from "./invoice-row";
import { addCycles, cycleOf } from "./period";
import { blankSubscription, ENDED, itemsOf, type SubscriptionRow } from "./subscription-row";
import { billingSettings } from "./settings";
import { tell } from "./tell";

export interface StartSubscription {
  customer: string;
  items: readonly NewItem[];
  addInvoiceItems?: readonly { price?: string | null | undefined; quantity?: number | null | undefined }[] | undefined;
  trialPeriodDays?: number | null | undefined;
  trialEnd?: number | "now" | null | undefined;
  trialSettings?: SubscriptionRow["trial_settings"] | undefined;
  defaultPaymentMethod?: string | null | undefined;
  metadata?: Record<string, string> | null | undefined;
  /** Ids of discounts that exist, or what they are to be made from. */
  discounts?: readonly (string | DiscountParam)[] | null | undefined;
  cancelAt?: number | null | undefined;
  cancelAtPeriodEnd?: boolean | null | undefined;
  billingMode?: "classic" | "flexible" | undefined;
  /** When flexible billing was chosen, if not now; null when no answer says it. */
  billingModeSince?: number | null | undefined;
  billingCycleAnchor?: number | null | undefined;
  collectionMethod?: "charge_automatically" | "send_invoice" | null | undefined;
  daysUntilDue?: number | null | undefined;
  description?: string | null | undefined;
  offSession?: boolean | null | undefined;
  /** The payment was made before, as at the end of a checkout: the first invoice is paid by it. */
  paidBy?: { paymentIntent: string } | null | undefined;
  paymentBehavior?: PaymentBehavior | null | undefined;
  schedule?: string | null | undefined;
  /** Whether the first invoice stays a draft for a while, as with schedules. */
  firstInvoiceWaits?: boolean | undefined;
}

export type PaymentBehavior =
  | "allow_incomplete"
  | "default_incomplete"
  | "error_if_incomplete"
  | "pending_if_incomplete"
  | "resume_on_payment_attempt";

interface NewItem {
  price?: string | null | undefined;
  quantity?: number | null | undefined;
  metadata?: Record<string, string> | null | undefined;
  discounts?: string[] | undefined;
}

/**
 * A subscription with its first invoice, which is finalized and collected at once. A trial makes an invoice over
 * nothing; a subscription that sends its invoices is active before it is paid.
 */
export function startSubscription(
  draft: Draft,
  given: StartSubscription,
): { subscription: SubscriptionRow; invoice: InvoiceRow | null } {
  const row = firstRow(draft, given);
  draft.put(row);
  changeItems(draft, row.id, given.items);
  fixPeriods(draft, row, given.billingCycleAnchor ?? null);
  const invoice = firstInvoice(draft, row.id, given);
  const early = row.status === "incomplete" && billingSettings(draft).tellsFirstPayment;
  if (early) tellCreated(draft, row.id);
  payFirst(draft, invoice, given);
  const subscription = early ? draft.get("subscription", row.id) : draft.put(toldOf(draft, row.id));
  setTimers(draft, subscription);
  if (subscription.status === "incomplete") expiresLater(draft, subscription);
  if (!early) tell(draft, "customer.subscription.created", subscription);
  const { trial_end: end } = subscription;
  if (end !== null && end - timeFor(draft, row.customer).at < 3 * 86_400) {
    tell(draft, "customer.subscription.trial_will_end", subscription);
  }
  return { subscription, invoice: draft.get("invoice", invoice.id) };
}

function tellCreated(draft: Draft, id: string): void {
  tell(draft, "customer.subscription.created", draft.put(toldOf(draft, id)));
}

function toldOf(draft: Draft, id: string): SubscriptionRow {
  const made = draft.get("subscription", id);
  return { ...made, ours: { ...made.ours, told: true } };
}

function firstRow(draft: Draft, given: StartSubscription): SubscriptionRow {
  const customer = draft.get("customer", given.customer, "customer").id;
  const { at, clock } = timeFor(draft, customer);
  const [first] = given.items;
  if (!first) throw invalid("A subscription needs at least one item.", { param: "items", code: "parameter_missing" });
  const { currency } = draft.get("price", checkedPrice(draft, { currency: null }, first.price ?? null));
  refuseSecondCurrency(draft, customer, currency);
  const blank = blankSubscription(draft.newId("subscription"), customer, at);
  const trialEnd = trialEndOf(given, at);
  const sends = given.collectionMethod === "send_invoice";
  return {
    ...blank,
    ...datesOf(given, trialEnd ?? at),
    billing_mode: modeOf(given, blank.billing_mode),
    collection_method: sends ? "send_invoice" : "charge_automatically",
    currency,
    days_until_due: sends ? (given.daysUntilDue ?? 30) : null,
    default_payment_method: given.defaultPaymentMethod ?? null,
    description: given.description ?? null,
    discounts: discountsOf(draft, given, blank.id),
    metadata: mergeMetadata({}, given.metadata),
    schedule: given.schedule ?? null,
    status: trialEnd !== null ? "trialing" : sends || given.firstInvoiceWaits ? "active" : "incomplete",
    test_clock: clock,
    trial_end: trialEnd,
    trial_settings: given.trialSettings ?? blank.trial_settings,
    trial_start: trialEnd === null ? null : at,
  };
}

function modeOf(
  { billingMode, billingModeSince: since }: StartSubscription,
  flexible: SubscriptionRow["billing_mode"],
): SubscriptionRow["billing_mode"] {
  if (billingMode === "classic") return { flexible: null, type: "classic" };
  const { updated_at: _now, ...unsaid } = flexible;
  if (since === undefined) return flexible;
  return since === null ? unsaid : { ...unsaid, updated_at: since };
}

function refuseSecondCurrency(draft: Draft, customer: string, currency: string): void {
  const living = draft.rows("subscription", { customer }).filter(({ status }) => !ENDED.has(status));
  const other = living.find((row) => row.currency !== currency);
  if (!other) return;
  throw invalid(
    "You cannot combine currencies on a single customer. This customer has an active subscription, subscription " +
      `schedule, discount, quote, or invoice item with currency ${other.currency}`,
  );
}

function datesOf(given: StartSubscription, anchor: number): Partial<SubscriptionRow> {
  const { cancelAt = null, cancelAtPeriodEnd, billingCycleAnchor } = given;
  const asked = cancelAt !== null || cancelAtPeriodEnd === true;
  return {
    billing_cycle_anchor: billingCycleAnchor ?? anchor,
    cancel_at: cancelAt,
    cancel_at_period_end: cancelAtPeriodEnd ?? false,
    ...(asked ? { canceled_at: anchor } : {}),
  };
}

export function trialEndOf(given: Pick<StartSubscription, "trialEnd" | "trialPeriodDays">, at: number): number | null {
  const { trialEnd = null, trialPeriodDays = null } = given;
  if (trialEnd === "now") return null;
  const end = trialEnd ?? (trialPeriodDays ? at + trialPeriodDays * 86_400 : null);
  if (end !== null && end <= at)
    throw invalid("Timestamp must be an integer Unix timestamp in the future.", { param: "trial_end" });
  return end;
}

function discountsOf(draft: Draft, { discounts, customer }: StartSubscription, subscription: string): string[] {
  return (discounts ?? []).flatMap((given) =>
    typeof given === "string" ? [given] : makeDiscounts(draft, [given], { customer, subscription }),
  );
}

// A trial is a period of its own for every item; with an anchor in the future, the first period is a short one.
function fixPeriods(draft: Draft, row: SubscriptionRow, anchor: number | null): void {
  const { at } = timeFor(draft, row.customer);
  if (anchor !== null && anchor <= at) {
    throw invalid("billing_cycle_anchor must be in the future.", { param: "billing_cycle_anchor" });
  }
  const until = row.trial_end ?? anchor;
  if (until === null) return;
  for (const item of itemsOf(draft, row.id)) {
    if (until > addCycles(at, 1, cycleOf(draft.get("price", item.price))) && row.trial_end === null) {
      throw invalid("billing_cycle_anchor cannot be later than the end of the first period.", {
        param: "billing_cycle_anchor",
      });
    }
    draft.put({ ...item, current_period_start: at, current_period_end: until });
  }
  changeItems(draft, row.id, []);
}

const INCOMPLETE_S = 23 * 3_600;

function expiresLater(draft: Draft, { id, customer }: SubscriptionRow): void {
  const { at, clock } = timeFor(draft, customer);
  draft.setTimer({ kind: "subscription", id, what: "expire", at: at + INCOMPLETE_S, clock });
}
