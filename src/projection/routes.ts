import type { NamedIds } from "../stripe/named-ids";
import type { Target, TargetKind } from "./target";

/** What is taken from an event: its type, and the ids that it names. */
export interface EventHint {
  type: string;
  objectId: string | null;
  ids: NamedIds;
}

type Subject = "SUBSCRIPTION" | "SCHEDULE" | "SESSION" | "INVOICE" | "CREDIT_NOTE";
type Money = "PAYMENT" | "CHARGE" | "REFUND" | "DISPUTE";

/** What an event makes us look at again, or NOTHING. */
export type Look = Subject | Money | "CUSTOMER" | "PRODUCT" | "PRICE" | "PORTAL" | "NOTHING";

export interface Route {
  look: Look;
  because: string;
}

const to =
  (look: Look) =>
  (because: string): Route => ({ look, because });
const subscription = to("SUBSCRIPTION");
const schedule = to("SCHEDULE");
const session = to("SESSION");
const invoice = to("INVOICE");
const payment = to("PAYMENT");
const refund = to("REFUND");
const dispute = to("DISPUTE");
const nothing = to("NOTHING");

/**
 * Every event that means anything here, one a line. An event is a hint: what it says is not believed, what it is about is
 * looked at again. Thin events have the same names. Whatever is not in the table has no effect.
 */
export const routes: Readonly<Record<string, Route>> = {
  "checkout.session.completed": session("Somebody went through a checkout; the payment may still be under way."),
  "checkout.session.async_payment_succeeded": session("The bank has sent the money for a checkout."),
  "checkout.session.async_payment_failed": session("The bank has refused the money for a checkout."),
  "checkout.session.expired": nothing("Nobody finished the checkout, so nothing was bought."),

  "customer.subscription.created": subscription("A subscription began, or waits for its first payment."),
  "customer.subscription.updated": subscription("Its plan, quantity, status, trial or announced end changed."),
  "customer.subscription.deleted": subscription("It ended; its status tells us so."),
  "customer.subscription.paused": subscription("It was paused; what is left of it is in its status."),
  "customer.subscription.resumed": subscription("It goes on after a pause."),
  "customer.subscription.trial_will_end": subscription("The trial ends in three days, or was cut short just now."),
  "customer.subscription.pending_update_applied": subscription("A change that waited for its payment is in force."),
  "customer.subscription.pending_update_expired": subscription("A change that waited for its payment was dropped."),
  "customer.subscription.active": subscription("Its status is active now; thin only."),
  "customer.subscription.trialing": subscription("Its status is trialing now; thin only."),
  "customer.subscription.past_due": subscription("Its status is past due now; thin only."),
  "customer.subscription.unpaid": subscription("Its status is unpaid now; thin only."),
  "customer.subscription.incomplete": subscription("Its first payment is missing; thin only."),
  "customer.subscription.incomplete_expired": subscription("Its first payment never came; thin only."),
  "customer.subscription.cancel_at_changed": subscription("An end was announced or taken back; thin only."),
  "customer.subscription.item_added": subscription("It has one item more; thin only."),
  "customer.subscription.item_removed": subscription("It has one item less; thin only."),
  "customer.subscription.item_price_changed": subscription("An item has another price; thin only."),
  "customer.subscription.item_quantity_changed": subscription("An item has another quantity; thin only."),

  "subscription_schedule.created": schedule("A change was scheduled: it is shown as coming."),
  "subscription_schedule.updated": schedule("A phase has changed, or another one began."),
  "subscription_schedule.released": schedule("The subscription goes on without its schedule."),
  "subscription_schedule.canceled": schedule("A schedule was cancelled, and perhaps its subscription."),
  "subscription_schedule.completed": schedule("The last phase is over."),
  "subscription_schedule.aborted": schedule("A schedule broke off, for its subscription ended."),
  "subscription_schedule.expiring": nothing("The last phase ends in a week; nothing has changed yet."),

  "invoice.paid": invoice("An invoice is paid, out of band too: an order, or a period of a subscription."),
  "invoice.payment_succeeded": invoice("The same once more, when the money came through Stripe."),
  "invoice.payment_failed": invoice("A try to collect failed: from the first one on, the grace runs."),
  "invoice.voided": invoice("An invoice was voided: what was sold by it is not bought."),
  "invoice.marked_uncollectible": invoice("An invoice was written off: what was sold by it is not paid for."),
  "invoice.deleted": invoice("A draft was deleted; it had given nothing."),
  "invoice.payment_action_required": invoice("A bank wants its customer's consent, so a try to collect failed."),
  "invoice.payment_attempt_required": invoice("Somebody has to try to pay."),
  "invoice.overdue": invoice("An invoice was not paid in time."),
  "invoice.updated": invoice("Somebody marked it to be ignored, or took the mark away."),
  "invoice.created": nothing("It is a draft, and gives nothing."),
  "invoice.finalized": nothing("It is open, and gives nothing before it is paid."),
  "invoice.finalization_failed": nothing("It stays a draft, and gives nothing."),
  "invoice.sent": nothing("An e-mail went out."),
  "invoice.upcoming": nothing("There is no invoice yet."),
  "invoice.will_be_due": nothing("A reminder; nothing has changed yet."),
  "invoice.overpaid": nothing("It is paid as well, which has an event of its own."),

  "invoice_payment.paid": nothing("The invoice that was paid says so as well, and names its customer."),
  "credit_note.created": to("CREDIT_NOTE")("A line of an order was given back, or all of it."),
  "credit_note.updated": to("CREDIT_NOTE")("A credit note changed."),
  "credit_note.voided": to("CREDIT_NOTE")("What was given back is not."),

  "payment_intent.succeeded": payment("The money is there, also when it was only held at first."),
  "payment_intent.processing": payment("The bank takes its time."),
  "payment_intent.payment_failed": payment("A try to pay failed; of a checkout that is over, it was the last one."),
  "payment_intent.canceled": payment("Nobody will pay this any more."),
  "payment_intent.created": nothing("Nobody has paid yet."),
  "payment_intent.requires_action": nothing("A bank wants its customer's consent."),
  "payment_intent.partially_funded": nothing("Some money came, and not enough."),
  "payment_intent.amount_capturable_updated": nothing("Money is held and not taken."),
  "charge.refunded": to("CHARGE")("Money went back, in full or in part."),
  "charge.refund.updated": refund("A refund changed, for some ways to pay."),
  "refund.created": refund("Money goes back, at once or in some days."),
  "refund.updated": refund("A refund arrived, or its state changed."),
  "refund.failed": refund("Money that went back did not arrive: it is paid again."),
  "charge.dispute.created": dispute("A buyer takes a payment back, or asks about it."),
  "charge.dispute.updated": dispute("A dispute moved on."),
  "charge.dispute.closed": dispute("A dispute was won or lost, or was only an inquiry."),
  "charge.dispute.funds_withdrawn": dispute("The disputed money is gone for now."),
  "charge.dispute.funds_reinstated": dispute("The disputed money is back."),
  "charge.succeeded": nothing("Its payment says so as well."),
  "charge.failed": nothing("Its payment says so as well."),
  "charge.pending": nothing("Its payment says so as well."),
  "charge.captured": nothing("Its payment says so as well."),
  "charge.updated": nothing("Nothing about money has changed."),

  "customer.created": to("CUSTOMER")("There is a customer, with an address or without."),
  "customer.updated": to("CUSTOMER")("The address or the name may have changed."),
  "customer.deleted": to("CUSTOMER")("The customer is gone, and every subscription with them."),

  "product.created": to("PRODUCT")("A product can be linked."),
  "product.updated": to("PRODUCT")("A name, a picture or the archive changed; nobody's access does."),
  "product.deleted": to("PRODUCT")("It can no longer be bought; its holders keep it."),
  "price.created": to("PRICE")("There is another price to buy at."),
  "price.updated": to("PRICE")("A price was archived or renamed; nobody's access changes."),
  "price.deleted": to("PRICE")("A price can no longer be bought at."),

  "payment_link.created": nothing("Somebody can buy by a link; until they have, nothing is bought."),
  "payment_link.updated": nothing("A link changed."),
  "entitlements.active_entitlement_summary.updated": nothing("The subscription that it follows from says it too."),
  "billing_portal.session.created": nothing("Somebody opened the portal; what they do there has events of its own."),
  "billing_portal.configuration.updated": to("PORTAL")("What the portal offers changed, or it was switched off."),
  "test_helpers.test_clock.advancing": nothing("What comes of it has events of its own."),
  "test_helpers.test_clock.ready": nothing("What came of it has events of its own."),
};

export interface Routed {
  targets: Target[];
  /** Of the catalogue. */
  products: string[];
  prices: string[];
  /** The configuration of the customer portal. */
  portal: boolean;
}

/** What the event makes us look at. The ids come from wherever this version of the API put them. */
export function routeEvent(hint: EventHint): Routed {
  const look = Object.hasOwn(routes, hint.type) ? routes[hint.type]?.look : undefined;
  const { ids, objectId } = hint;
  switch (look) {
    case undefined:
    case "NOTHING":
      return found([]);
    case "PRODUCT":
      return { targets: [], products: present(ids.product ?? objectId), prices: [], portal: false };
    case "PRICE":
      return { targets: [], products: present(ids.product), prices: present(ids.price ?? objectId), portal: false };
    case "PORTAL":
      return { ...found([]), portal: true };
    case "SUBSCRIPTION":
      return found(targets(["SUBSCRIPTION", ids.subscription ?? objectId]));
    case "SCHEDULE":
      return found(ids.subscription ? targets(["SUBSCRIPTION", ids.subscription]) : targets([look, objectId]));
    case "SESSION":
      return found(
        targets(["SUBSCRIPTION", ids.subscription], ["INVOICE", ids.invoice], [look, ids.session ?? objectId]),
      );
    case "INVOICE":
      return found(targets(["SUBSCRIPTION", ids.subscription], [look, ids.invoice ?? objectId]));
    case "CREDIT_NOTE":
      return found(ids.invoice ? targets(["INVOICE", ids.invoice]) : targets([look, objectId]));
    case "PAYMENT":
      return found(targets(["INVOICE", ids.invoice], [look, ids.payment ?? objectId]));
    case "CHARGE":
    case "REFUND":
    case "DISPUTE":
      return found(payers(look, hint));
    case "CUSTOMER":
      return found(targets([look, ids.customer ?? objectId]));
  }
}

/** The payment is where the money came from; without it, whatever leads there. */
function payers(look: Money, { ids, objectId }: EventHint): Target[] {
  if (ids.payment) return targets(["PAYMENT", ids.payment]);
  return ids.charge ? targets(["CHARGE", ids.charge]) : targets([look, objectId]);
}

function targets(...named: [TargetKind, string | null | undefined][]): Target[] {
  return named.flatMap(([kind, id]) => (id ? [{ kind, id }] : []));
}

function found(targets: Target[]): Routed {
  return { targets, products: [], prices: [], portal: false };
}

function present(id: string | null | undefined): string[] {
  return id ? [id] : [];
}
