import { type IncomingMessage, type ServerResponse, createServer } from "node:http";

/**
 * A Stripe that answers at once and always the same: everybody has one paid subscription of one product, bought through a
 * checkout. What it is asked about stands in the ids: `sub_x`, its customer `cus_x`, its invoice `in_x` and so on.
 */
const BEGAN = 1_767_225_600;
const MONTH = 30 * 24 * 60 * 60;

let asked = 0;

function customer(name: string) {
  const email = `${name}@example.com`;
  return { id: `cus_${name}`, object: "customer", email, name: "Bench", created: BEGAN, metadata: {}, livemode: false };
}

function invoice(name: string) {
  return {
    id: `in_${name}`,
    object: "invoice",
    status: "paid",
    billing_reason: "subscription_create",
    customer: `cus_${name}`,
    amount_paid: 990,
    total: 990,
    created: BEGAN,
    parent: { type: "subscription_details", subscription_details: { subscription: `sub_${name}` } },
    lines: listOf([]),
    status_transitions: { paid_at: BEGAN, finalized_at: BEGAN },
    post_payment_credit_notes_amount: 0,
    pre_payment_credit_notes_amount: 0,
    metadata: {},
  };
}

function subscription(name: string) {
  const price = { id: "price_bench", object: "price", product: "prod_bench", recurring: { interval: "month" } };
  const item = {
    id: `si_${name}`,
    object: "subscription_item",
    created: BEGAN,
    quantity: 1,
    current_period_start: BEGAN,
    current_period_end: Math.floor(Date.now() / 1_000) + MONTH,
    price,
  };
  return {
    id: `sub_${name}`,
    object: "subscription",
    status: "active",
    created: BEGAN,
    customer: customer(name),
    items: listOf([item]),
    cancel_at: null,
    cancel_at_period_end: false,
    canceled_at: null,
    ended_at: null,
    cancellation_details: null,
    latest_invoice: invoice(name),
    pause_collection: null,
    pending_update: null,
    schedule: null,
    test_clock: null,
    trial_end: null,
    metadata: {},
    livemode: false,
  };
}

function session(name: string) {
  return {
    id: `cs_${name}`,
    object: "checkout.session",
    mode: "subscription",
    status: "complete",
    payment_status: "paid",
    customer: `cus_${name}`,
    subscription: `sub_${name}`,
    invoice: `in_${name}`,
    created: BEGAN,
    metadata: {},
  };
}

function payment(name: string) {
  const charge = { id: `ch_${name}`, object: "charge", status: "succeeded", amount_refunded: 0, disputed: false };
  const intent = { id: `pi_${name}`, object: "payment_intent", status: "succeeded", latest_charge: charge };
  const paid = { type: "payment_intent", payment_intent: intent };
  return { id: `inpay_${name}`, object: "invoice_payment", status: "paid", invoice: `in_${name}`, payment: paid };
}

function listOf(data: object[]) {
  return { object: "list", data, has_more: false, url: "/v1" };
}

const routes: [RegExp, (name: string) => object][] = [
  [/^\/v1\/subscriptions\/sub_(\w+)/, subscription],
  [/^\/v1\/customers\/cus_(\w+)/, customer],
  [/^\/v1\/checkout\/sessions\?.*\bsubscription=sub_(\w+)/, (name) => listOf([session(name)])],
  [/^\/v1\/invoice_payments\?.*\binvoice=in_(\w+)/, (name) => listOf([payment(name)])],
];

function answer(url: string): object {
  for (const [pattern, make] of routes) {
    const name = pattern.exec(url)?.[1];
    if (name !== undefined) return make(name);
  }
  return listOf([]);
}

function serve({ url = "" }: IncomingMessage, response: ServerResponse): void {
  if (url !== "/asked") asked++;
  const text = JSON.stringify(url === "/asked" ? { asked } : answer(url));
  response.writeHead(200, { "content-type": "application/json", "content-length": Buffer.byteLength(text) });
  response.end(text);
}

const server = createServer(serve);
server.keepAliveTimeout = 60_000;
server.listen(Number(process.env["PORT"]), "127.0.0.1", () => process.stdout.write("ready\n"));
