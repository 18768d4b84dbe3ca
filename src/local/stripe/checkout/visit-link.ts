import { isEmail } from "../check-email";
import type { Draft } from "../draft";
import { invalid } from "../refuse";
import { type Completed, completeCheckout, type Purchase } from "./complete-checkout";
import { createSession } from "./create-session";
import { asParam, type PaymentLinkRow } from "./link-row";
import type { SessionParams } from "./session-params";
import type { SessionRow } from "./session-row";

/** What may stand behind the `?` of a link. The buyer can write there what they like, so none of it is proof. */
export type LinkQuery = Partial<Record<"client_reference_id" | "prefilled_email" | "locked_prefilled_email", string>>;

/** Somebody opens the address of a link: an open session of its own, which the page goes on with. */
export function visitPaymentLink(draft: Draft, linkId: string, query: LinkQuery = {}): SessionRow {
  const link = draft.get("payment_link", linkId);
  if (!link.active) throw invalid(link.inactive_message ?? "This payment link is no longer active.");
  const prefilledEmail = query.prefilled_email ?? null;
  return createSession(draft, sessionOf(link, query), { paymentLink: link.id, prefilledEmail });
}

function sessionOf(link: PaymentLinkRow, query: LinkQuery): SessionParams {
  const { after_completion: after, customer_creation: creation, ours } = link;
  const { client_reference_id: reference = "", locked_prefilled_email: locked = "" } = query;
  return {
    mode: ours.mode,
    line_items: ours.lines.map(asParam),
    metadata: link.metadata,
    allow_promotion_codes: link.allow_promotion_codes,
    automatic_tax: { enabled: link.automatic_tax.enabled },
    billing_address_collection: link.billing_address_collection === "required" ? "required" : "auto",
    // Letters, digits, dashes and underscores; anything else is dropped without a word.
    ...(/^[\w-]{1,200}$/.test(reference) ? { client_reference_id: reference } : {}),
    // An address that is none is dropped as well.
    ...(isEmail(locked) ? { customer_email: locked } : {}),
    ...(ours.mode === "payment" ? { customer_creation: creation === "always" ? "always" : "if_required" } : {}),
    ...(ours.mode === "payment" && link.invoice_creation?.enabled ? { invoice_creation: invoiceOf(link) } : {}),
    payment_intent_data: paymentOf(link),
    payment_method_collection: link.payment_method_collection === "if_required" ? "if_required" : "always",
    phone_number_collection: { enabled: link.phone_number_collection.enabled },
    subscription_data: subscriptionOf(link),
    ...(after.redirect ? { success_url: after.redirect.url } : {}),
    tax_id_collection: { enabled: link.tax_id_collection.enabled },
  };
}

function invoiceOf({ invoice_creation: given }: PaymentLinkRow): NonNullable<SessionParams["invoice_creation"]> {
  const data = given?.invoice_data;
  return {
    enabled: true,
    invoice_data: { description: data?.description, footer: data?.footer, metadata: data?.metadata },
  };
}

function paymentOf({ payment_intent_data: data }: PaymentLinkRow): SessionParams["payment_intent_data"] {
  if (!data) return undefined;
  const usage = (["off_session", "on_session"] as const).find((name) => name === data.setup_future_usage);
  return {
    description: data.description,
    metadata: data.metadata,
    capture_method: data.capture_method === "manual" ? "manual" : undefined,
    setup_future_usage: usage,
    statement_descriptor: data.statement_descriptor,
  };
}

function subscriptionOf({ subscription_data: data }: PaymentLinkRow): SessionParams["subscription_data"] {
  if (!data) return undefined;
  const missing = data.trial_settings?.end_behavior.missing_payment_method;
  const known = (["cancel", "create_invoice", "pause"] as const).find((name) => name === missing);
  return {
    description: data.description,
    metadata: data.metadata,
    trial_period_days: data.trial_period_days,
    ...(known ? { trial_settings: { end_behavior: { missing_payment_method: known } } } : {}),
  };
}

/** A whole sale by a link, for the control room: the visit, and the purchase. */
export function sellByLink(draft: Draft, linkId: string, purchase: Purchase & { query?: LinkQuery }): Completed {
  const { query, ...bought } = purchase;
  return completeCheckout(draft, visitPaymentLink(draft, linkId, query).id, bought);
}
