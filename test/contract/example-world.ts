import type Stripe from "stripe";
import { refundPayment } from "../../src/local/stripe/payments/refund-payment";
import { idOf, type Shop } from "./billing-kit";
import { ask } from "./simulator-kit";

/** Makes the real object that takes the place of a placeholder in an example call. */
type Maker = () => Promise<string>;

export interface ExampleCall {
  name: string;
  method: string;
  path: string;
  params: string;
  scope: boolean;
}

/** The call with the id of a fresh object in the place of each placeholder. */
export async function withRealIds(shop: Shop, call: ExampleCall): Promise<ExampleCall> {
  const made = new Map<string, string>();
  let text = `${call.path}\n${call.params}`;
  const coupon = /(?<=\/coupons\/|promotion\[coupon\]=)\w+/;
  for (const [placeholder = ""] of [...text.matchAll(PLACEHOLDER), ...text.matchAll(new RegExp(coupon, "g"))]) {
    if (made.has(placeholder)) continue;
    const prefix = /^([a-z]+(?:_test|_sched)?)_/.exec(placeholder)?.[1] ?? "coupon";
    const maker = specialMakers(shop, made)[`${call.name} ${prefix}`] ?? makers(shop)[prefix];
    // The second object may belong to the first.
    // oxlint-disable-next-line no-await-in-loop
    if (maker) made.set(placeholder, await maker());
  }
  for (const [placeholder, id] of made) text = text.replaceAll(placeholder, id);
  const [path = "", params = ""] = text.split("\n");
  return { ...call, path, params };
}

const PLACEHOLDER =
  /\b(?:bpc|ch|cn|cus|du|evt|il|ii|in|pi|plink|pm|price|prod|promo|re|seti|si|sub|sub_sched|clock|we|cs_test)_1?[0-9A-Za-z]{13,}/g;

function makers(shop: Shop): Record<string, Maker> {
  const { stripe, monthly, buyer } = shop;
  const pay = (more: Partial<Stripe.PaymentIntentCreateParams> = {}) =>
    stripe.paymentIntents.create({
      amount: 2_000,
      currency: "usd",
      payment_method: "pm_card_visa",
      confirm: true,
      ...more,
    });
  const charge = async (): Promise<string> => idOf((await pay()).latest_charge);
  const subscribe = async (): Promise<Stripe.Subscription> =>
    stripe.subscriptions.create({ customer: await buyer(), items: [{ price: monthly }, { price: shop.yearly }] });
  const features = { invoice_history: { enabled: true } };
  return {
    bpc: async () => (await stripe.billingPortal.configurations.create({ features })).id,
    ch: charge,
    clock: async () => (await stripe.testHelpers.testClocks.create({ frozen_time: 1 })).id,
    cn: async () => (await stripe.creditNotes.create({ invoice: await openInvoice(shop), amount: 100 })).id,
    coupon: async () => (await stripe.coupons.create({ percent_off: 10, duration: "once" })).id,
    cs_test: async () => (await checkout(shop)).id,
    cus: buyer,
    du: async () => {
      await pay({ payment_method: "pm_card_createDispute" });
      return (await stripe.disputes.list({ limit: 1 })).data[0]?.id ?? "";
    },
    evt: async () => (await stripe.events.list({ limit: 1 })).data[0]?.id ?? "",
    ii: async () => (await stripe.invoiceItems.create({ customer: await buyer(), amount: 500, currency: "usd" })).id,
    in: () => draftInvoice(shop),
    pi: async () => (await stripe.paymentIntents.create({ amount: 2_000, currency: "usd" })).id,
    plink: async () =>
      (await stripe.paymentLinks.create({ line_items: [{ price: await oncePrice(shop), quantity: 1 }] })).id,
    pm: async () => (await stripe.paymentMethods.create({ type: "card", card: { token: "tok_visa" } })).id,
    price: () => oncePrice(shop),
    prod: async () => (await stripe.products.create({ name: "Gold" })).id,
    promo: async () => {
      const coupon = (await stripe.coupons.create({ percent_off: 10 })).id;
      return (await stripe.promotionCodes.create({ promotion: { type: "coupon", coupon } })).id;
    },
    re: async () => (await stripe.refunds.create({ charge: await charge() })).id,
    seti: async () => (await stripe.setupIntents.create({})).id,
    si: async () => (await subscribe()).items.data[0]?.id ?? "",
    sub: async () => (await subscribe()).id,
    sub_sched: async () => {
      const customer = await buyer();
      const phases = [{ items: [{ price: monthly }] }];
      return (await stripe.subscriptionSchedules.create({ customer, start_date: "now", phases })).id;
    },
    we: async () => (await stripe.webhookEndpoints.create({ url: "https://shop.example", enabled_events: ["*"] })).id,
  };
}

/** Calls that need an object in a certain state, or one that belongs to another. */
function specialMakers(shop: Shop, made: ReadonlyMap<string, string>): Record<string, Maker> {
  const { stripe, buyer } = shop;
  const open = (): Promise<string> => openInvoice(shop);
  const paid = async (): Promise<string> => (await stripe.invoices.pay(await openInvoice(shop))).id;
  const held = { amount: 2_000, currency: "usd", payment_method: "pm_card_visa", capture_method: "manual" } as const;
  const capture = async (): Promise<Stripe.PaymentIntent> => stripe.paymentIntents.create({ ...held, confirm: true });
  const lineOfInvoice = async (): Promise<string> => {
    const invoice = [...made.values()].find((id) => id.startsWith("in_")) ?? "";
    return (await stripe.invoices.listLineItems(invoice)).data[0]?.id ?? "";
  };
  const recurring = async (): Promise<string> => {
    const terms = { product_data: { name: "Seats" }, currency: "usd", unit_amount: 700 };
    return (await stripe.prices.create({ ...terms, recurring: { interval: "month" } })).id;
  };
  const discounted = async (): Promise<string> => {
    const { id: coupon } = await stripe.coupons.create({ percent_off: 10, duration: "forever" });
    const terms = { items: [{ price: shop.monthly }], discounts: [{ coupon }] };
    return (await stripe.subscriptions.create({ customer: await buyer(), ...terms })).id;
  };
  const attached = async (): Promise<string> =>
    (await stripe.paymentMethods.attach("pm_card_visa", { customer: await buyer() })).id;
  const waitingRefund = async (): Promise<string> => {
    const { latest_charge: charge } = await stripe.paymentIntents.create({
      ...held,
      capture_method: "automatic",
      confirm: true,
    });
    const terms = { charge: idOf(charge), status: "requires_action" } as const;
    return shop.simulator.control.act((draft) => refundPayment(draft, terms).id);
  };
  return {
    "charges_capture_post ch": async () => idOf((await capture()).latest_charge),
    "credit_notes_post in": open,
    "credit_notes_post il": lineOfInvoice,
    "credit_notes_preview_get in": open,
    "credit_notes_preview_get il": lineOfInvoice,
    "credit_notes_preview_lines_get in": paid,
    "invoices_mark_uncollectible_post in": open,
    "invoices_pay_post in": open,
    "invoices_void_post in": open,
    "payment_intents_capture_post pi": async () => (await capture()).id,
    "payment_methods_detach_post pm": attached,
    "payment_methods_post_2 pm": attached,
    "refunds_cancel_post re": waitingRefund,
    "subscription_items_post price": recurring,
    "subscription_schedules_post price": recurring,
    "subscriptions_discount_delete sub": discounted,
    "subscriptions_post price": recurring,
  };
}

async function draftInvoice({ stripe, buyer }: Shop): Promise<string> {
  const customer = await buyer();
  const { id: invoice } = await stripe.invoices.create({ customer });
  await stripe.invoiceItems.create({ customer, invoice, amount: 2_000, currency: "usd" });
  return invoice;
}

async function openInvoice(shop: Shop): Promise<string> {
  return (await shop.stripe.invoices.finalizeInvoice(await draftInvoice(shop))).id;
}

async function oncePrice({ stripe, product }: Shop): Promise<string> {
  return (await stripe.prices.create({ product, currency: "usd", unit_amount: 2_000 })).id;
}

async function checkout(shop: Shop): Promise<Stripe.Checkout.Session> {
  const line_items = [{ price: await oncePrice(shop), quantity: 1 }];
  return shop.stripe.checkout.sessions.create({ mode: "payment", line_items, success_url: "https://shop.example" });
}

/** Sends the call as the official client would have. */
export function sendExample({ simulator }: Shop, { method, path, params }: ExampleCall): ReturnType<typeof ask> {
  if (method === "GET" && params) return ask(simulator, method, `${path}${path.includes("?") ? "&" : "?"}${params}`);
  return ask(simulator, method, path, method === "GET" ? {} : { form: params });
}
