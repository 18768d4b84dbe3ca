/**
 * What an endpoint has to be subscribed to. An event is a hint to look again, so there is one for each way in which an
 * object can change that access depends on; some tell the same twice, for Stripe does not send each in every case.
 */
export const neededEvents = [
  // Somebody bought: by checkout, a payment link, a pricing table.
  "checkout.session.completed",
  "checkout.session.async_payment_succeeded",
  "checkout.session.async_payment_failed",
  "checkout.session.expired",
  // A subscription began, changed, stopped or ended.
  "customer.subscription.created",
  "customer.subscription.updated",
  "customer.subscription.deleted",
  "customer.subscription.paused",
  "customer.subscription.resumed",
  "customer.subscription.pending_update_applied",
  "customer.subscription.pending_update_expired",
  "customer.subscription.trial_will_end",
  "subscription_schedule.created",
  "subscription_schedule.updated",
  "subscription_schedule.canceled",
  "subscription_schedule.released",
  "subscription_schedule.completed",
  "subscription_schedule.aborted",
  // An invoice was paid, also by hand or outside of Stripe, or it will not be.
  "invoice.created",
  "invoice.finalized",
  "invoice.finalization_failed",
  "invoice.updated",
  "invoice.sent",
  "invoice.upcoming",
  "invoice.will_be_due",
  "invoice.overdue",
  "invoice.paid",
  "invoice.overpaid",
  "invoice.payment_succeeded",
  "invoice.payment_failed",
  "invoice.payment_action_required",
  "invoice.payment_attempt_required",
  "invoice.voided",
  "invoice.marked_uncollectible",
  "invoice.deleted",
  "invoice_payment.paid",
  "credit_note.created",
  "credit_note.voided",
  // Money came late, or went back.
  "payment_intent.created",
  "payment_intent.requires_action",
  "payment_intent.processing",
  "payment_intent.amount_capturable_updated",
  "payment_intent.partially_funded",
  "payment_intent.succeeded",
  "payment_intent.payment_failed",
  "payment_intent.canceled",
  "charge.succeeded",
  "charge.refunded",
  "charge.refund.updated",
  "refund.created",
  "refund.updated",
  "refund.failed",
  "charge.dispute.created",
  "charge.dispute.updated",
  "charge.dispute.closed",
  "charge.dispute.funds_withdrawn",
  "charge.dispute.funds_reinstated",
  // Who the customer is.
  "customer.created",
  "customer.updated",
  "customer.deleted",
  // What is for sale.
  "product.created",
  "product.updated",
  "product.deleted",
  "price.created",
  "price.updated",
  "price.deleted",
  "entitlements.active_entitlement_summary.updated",
] as const;

/** An endpoint that we create is subscribed to these too. Nothing is opened by them, so an older one without them is fine. */
const usefulEvents = ["billing_portal.configuration.updated"] as const;

export const subscribedEvents = [...neededEvents, ...usefulEvents] as const;

/** Needed, and not among these. A star stands for all. */
export function missingEventsOf(subscribed: readonly string[]): string[] {
  if (subscribed.includes("*")) return [];
  return neededEvents.filter((type) => !subscribed.includes(type));
}
