import { type Draft, timeFor } from "../draft";
import type { ParamsOf } from "../params";
import { invalid } from "../refuse";
import { makeDiscounts } from "./discounts";
import { priceFor } from "./inline-price";
import type { StartSubscription } from "./start-subscription";
import type { changeable, creatable } from "./subscription-params";
import type { SubscriptionRow } from "./subscription-row";
import type { SubscriptionChange } from "./update-subscription";

type Created = ParamsOf<typeof creatable>;
type Changed = ParamsOf<typeof changeable>;

/** The parameters of a request as the verb takes them. */
export function newOf(draft: Draft, params: Created): StartSubscription {
  const { customer, cancel_at: cancelAt } = params;
  const method = params.default_payment_method;
  return {
    customer,
    items: (params.items ?? []).map((item) => itemOf(draft, item, customer)),
    addInvoiceItems: (params.add_invoice_items ?? []).map((item) => itemOf(draft, item, customer)),
    trialPeriodDays: params.trial_period_days ?? trialFromPrice(draft, params),
    trialEnd: params.trial_end,
    trialSettings: trialSettingsOf(params) ?? undefined,
    defaultPaymentMethod: method ? draft.get("payment_method", method, "default_payment_method").id : null,
    metadata: params.metadata,
    discounts: params.discounts,
    cancelAt: typeof cancelAt === "string" ? null : cancelAt,
    cancelAtPeriodEnd: params.cancel_at_period_end ?? typeof cancelAt === "string",
    billingMode: params.billing_mode?.type,
    billingCycleAnchor: params.billing_cycle_anchor,
    collectionMethod: params.collection_method,
    daysUntilDue: params.days_until_due,
    description: params.description,
    offSession: params.off_session,
    paymentBehavior: params.payment_behavior,
  };
}

interface GivenItem {
  price?: string | null | undefined;
  price_data?: Parameters<typeof priceFor>[1]["price_data"];
  quantity?: number | null | undefined;
  metadata?: Record<string, string> | null | undefined;
  discounts?: Parameters<typeof makeDiscounts>[1];
}

function itemOf(draft: Draft, item: GivenItem, customer: string) {
  const { price_data: _made, discounts, ...rest } = item;
  return {
    ...rest,
    price: priceFor(draft, item),
    ...(discounts ? { discounts: makeDiscounts(draft, discounts, { customer }) } : {}),
  };
}

function trialFromPrice(draft: Draft, { trial_from_plan: from, items }: Created): number | null {
  const price = items?.[0]?.price;
  if (!from || !price) return null;
  return draft.get("price", price, "items[0][price]").recurring?.trial_period_days ?? null;
}

export function changeOf(draft: Draft, id: string, params: Changed): SubscriptionChange {
  const { customer, ours, schedule } = draft.get("subscription", id);
  if (schedule && (params.cancel_at !== undefined || params.cancel_at_period_end !== undefined)) {
    throw invalid(
      `The subscription is managed by the subscription schedule \`${schedule}\`, and updating any cancelation ` +
        "behavior directly is not allowed. Please update the schedule instead.",
      { param: params.cancel_at === undefined ? "cancel_at_period_end" : "cancel_at" },
    );
  }
  const { cancel_at: cancelAt } = params;
  const extra = params.add_invoice_items?.map((item) => itemOf(draft, item, customer));
  return {
    items: params.items?.map((item) => itemOf(draft, item, customer)),
    ...(extra ? { addInvoiceItems: extra } : {}),
    prorationBehavior: params.proration_behavior,
    paymentBehavior: params.payment_behavior,
    trialEnd: params.trial_end,
    anchor: params.billing_cycle_anchor?.type,
    // Of the words for a moment, all mean the same here: the end of the period that ends first.
    cancelAt: typeof cancelAt === "string" ? ours.periodEnd : cancelAt,
    cancelAtPeriodEnd: params.cancel_at_period_end,
    cancellationDetails: detailsOf(params.cancellation_details),
    metadata: params.metadata,
    plain: plainOf(draft, id, params),
  };
}

type Details = Partial<NonNullable<SubscriptionRow["cancellation_details"]>>;

export function detailsOf(given: Changed["cancellation_details"]): Details {
  const { comment, feedback, feedback_option: option } = given ?? {};
  return {
    ...(comment === undefined ? {} : { comment }),
    ...(feedback === undefined ? {} : { feedback }),
    ...(option === undefined ? {} : { feedback_option: option }),
  };
}

function plainOf(draft: Draft, id: string, params: Changed): Partial<SubscriptionRow> {
  const { customer } = draft.get("subscription", id);
  const { default_payment_method: method, pause_collection: pause, payment_settings: payment } = params;
  const trial = trialSettingsOf(params);
  return {
    ...(params.collection_method ? { collection_method: params.collection_method } : {}),
    ...(params.days_until_due === undefined ? {} : { days_until_due: params.days_until_due }),
    ...(method === undefined ? {} : { default_payment_method: method && draft.get("payment_method", method).id }),
    ...(params.description === undefined ? {} : { description: params.description }),
    ...(params.discounts === undefined
      ? {}
      : { discounts: makeDiscounts(draft, params.discounts, { customer, subscription: id }) }),
    ...(pause === undefined ? {} : { pause_collection: pause && pauseOf(draft, customer, pause) }),
    ...(payment?.save_default_payment_method ? { payment_settings: settingsOf(payment) } : {}),
    ...(trial ? { trial_settings: trial } : {}),
  };
}

function pauseOf(
  draft: Draft,
  customer: string,
  { behavior, resumes_at: until = null }: NonNullable<Changed["pause_collection"]>,
): SubscriptionRow["pause_collection"] {
  if (until !== null && until <= timeFor(draft, customer).at) {
    throw invalid("resumes_at must be in the future.", { param: "pause_collection[resumes_at]" });
  }
  return { behavior, resumes_at: until };
}

function settingsOf(given: NonNullable<Changed["payment_settings"]>): SubscriptionRow["payment_settings"] {
  return {
    payment_method_options: null,
    payment_method_types: given.payment_method_types ?? null,
    save_default_payment_method: given.save_default_payment_method ?? "off",
  };
}

function trialSettingsOf({ trial_settings: given }: Created | Changed): SubscriptionRow["trial_settings"] {
  if (!given) return null;
  const { billing_cycle_anchor = null, missing_payment_method } = given.end_behavior;
  return { end_behavior: { billing_cycle_anchor, missing_payment_method } };
}
