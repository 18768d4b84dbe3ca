import { type Kinds, kindOf, type Route, tableNames } from "./kind";
import { creditNote, creditNoteLine } from "./billing/credit-note";
import { activeEntitlement, feature, productFeature } from "./billing/entitlement";
import { subscriptionSchedule } from "./billing/subscription-schedule";
import { invoice } from "./billing/invoice";
import { invoiceItem } from "./billing/invoice-item";
import { invoiceLine } from "./billing/invoice-line";
import { invoicePayment } from "./billing/invoice-payment";
import { settings } from "./billing/settings";
import { subscription } from "./billing/subscription";
import { subscriptionItem } from "./billing/subscription-item";
import { account } from "./objects/account";
import { customer } from "./objects/customer";
import { delivery } from "./objects/delivery";
import { paymentLink } from "./checkout/payment-link";
import { checkoutSession } from "./checkout/session";
import { coupon } from "./discounts/coupon";
import { discount } from "./discounts/discount";
import { promotionCode } from "./discounts/promotion-code";
import { event } from "./objects/event";
import { pageAddress } from "./objects/page-address";
import { charge } from "./payments/charge";
import { paymentIntent } from "./payments/payment-intent";
import { paymentMethod } from "./payments/payment-method";
import { dispute } from "./payments/dispute";
import { refund } from "./payments/refund";
import { setupIntent } from "./payments/setup-intent";
import { portalConfiguration } from "./objects/portal-configuration";
import { portalSession } from "./objects/portal-session";
import { price } from "./objects/price";
import { product } from "./objects/product";
import { testClock } from "./objects/test-clock";
import { webhookEndpoint } from "./objects/webhook-endpoint";
import type { TableName } from "./tables";

/** All kinds of objects. What is not here answers 404 like an address that Stripe never had. */
export const kinds: Kinds = {
  account,
  billing_settings: settings,
  invoice,
  invoice_payment: invoicePayment,
  invoiceitem: invoiceItem,
  line_item: invoiceLine,
  subscription,
  subscription_item: subscriptionItem,
  subscription_schedule: subscriptionSchedule,
  credit_note: creditNote,
  credit_note_line_item: creditNoteLine,
  "entitlements.active_entitlement": activeEntitlement,
  "entitlements.feature": feature,
  product_feature: productFeature,
  "billing_portal.configuration": portalConfiguration,
  "billing_portal.session": portalSession,
  "checkout.session": checkoutSession,
  coupon,
  customer,
  discount,
  dispute,
  delivery,
  event,
  page_address: pageAddress,
  charge,
  payment_intent: paymentIntent,
  payment_link: paymentLink,
  payment_method: paymentMethod,
  price,
  product,
  promotion_code: promotionCode,
  refund,
  setup_intent: setupIntent,
  "test_helpers.test_clock": testClock,
  webhook_endpoint: webhookEndpoint,
};

export interface Found {
  route: Route;
  table: TableName;
  ids: Record<string, string>;
}

const table = tableNames(kinds).flatMap((name) =>
  kindOf(kinds, name).routes.map((route) => ({ route, table: name, segments: route.path.split("/") })),
);

/** A route with fewer ids in its path goes first: `/v1/invoices/upcoming` is not an invoice called `upcoming`. */
const inOrder = table.toSorted((a, b) => idsIn(a.segments) - idsIn(b.segments));

export function findRoute(method: string, path: string): Found | null {
  const given = path.split("/");
  const row = inOrder.find(({ route, segments }) => route.method === method && fits(segments, given));
  if (!row) return null;
  const ids: Record<string, string> = {};
  row.segments.forEach((name, at) => {
    if (name.startsWith(":")) ids[name.slice(1)] = decode(given[at]);
  });
  return { route: row.route, table: row.table, ids };
}

function idsIn(segments: string[]): number {
  return segments.filter((segment) => segment.startsWith(":")).length;
}

function fits(segments: string[], given: string[]): boolean {
  if (segments.length !== given.length) return false;
  return segments.every((segment, at) => (segment.startsWith(":") ? given[at] !== "" : segment === given[at]));
}

function decode(segment: string | undefined): string {
  try {
    return decodeURIComponent(segment ?? "");
  } catch {
    return segment ?? "";
  }
}
