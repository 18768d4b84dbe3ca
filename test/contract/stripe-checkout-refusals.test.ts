import { API_VERSION } from "../../src/local/stripe/stored";
import type { TableName } from "../../src/local/stripe/tables";
import { check, closeShop, openShop, type Shop } from "./billing-kit";
import { ask } from "./simulator-kit";

const TABLES: readonly TableName[] = [
  "charge",
  "checkout.session",
  "coupon",
  "discount",
  "dispute",
  "payment_intent",
  "payment_link",
  "payment_method",
  "promotion_code",
  "refund",
  "setup_intent",
];

/** Closes the shop; a test fails when an object of payments, an event or an invoice has not the shape of its type. */
async function closeSales(shop: Shop): Promise<void> {
  const rendered = shop.simulator.control.act((draft) =>
    TABLES.flatMap((table) => draft.rows(table).map((row) => draft.render(row))),
  );
  // Checking takes its time, in which an idle connection would be closed: so it comes after the last request.
  await closeShop(shop);
  expect([...new Set(rendered.flatMap(check))]).toEqual([]);
}

/** Without it, a caller speaks the words of an older version. */
const pinned = { "Stripe-Version": API_VERSION };

let shop: Shop;
const ids: Record<string, string> = {};
const HOUR_S = 3_600;

beforeAll(async () => {
  shop = await openShop();
  const { stripe, product } = shop;
  const off = await stripe.prices.create({ product, currency: "usd", unit_amount: 5, active: false });
  const euro = await stripe.prices.create({ product, currency: "eur", unit_amount: 500 });
  const once = await stripe.prices.create({ product, currency: "usd", unit_amount: 500 });
  const customer = await stripe.customers.create({ email: "ada@example.com" });
  const coupon = await stripe.coupons.create({ percent_off: 10 });
  const promotion = { type: "coupon", coupon: coupon.id } as const;
  const first = await stripe.promotionCodes.create({ promotion, restrictions: { first_time_transaction: true } });
  Object.assign(ids, { off: off.id, euro: euro.id, once: once.id, monthly: shop.monthly, customer: customer.id });
  Object.assign(ids, { coupon: coupon.id, first: first.id });
});
afterAll(() => closeSales(shop));

const ok = "success_url=https://shop.example&";
const payment = `${ok}mode=payment&line_items[0][price]=$once&line_items[0][quantity]=1&`;
const subscription = `${ok}mode=subscription&line_items[0][price]=$monthly&line_items[0][quantity]=1&`;

/** What is asked for, the parameter that is named, and words of the refusal. `+n` is n seconds from now. */
const refusals: [form: string, param: string | undefined, words: string][] = [
  [ok, "mode", "Missing required param: mode"],
  [`${ok}mode=payment`, "line_items", "Missing required param"],
  ["mode=payment&line_items[0][price]=$once&line_items[0][quantity]=1", "success_url", "Missing required param"],
  [`${payment}payment_method_types[]=card`, "payment_method_types", "unknown parameter"],
  [`${payment}invented=1`, "invented", "unknown parameter"],
  [`${payment}cancel_url=myapp://back`, "cancel_url", "Not a valid URL"],
  [`${payment}cancel_url=/back`, "cancel_url", "Not a valid URL"],
  [payment.replace("https://shop.example", "javascript:alert(1)"), "success_url", "Not a valid URL"],
  [`${payment}return_url=https://shop.example`, "return_url", "ui_mode"],
  [`${payment}ui_mode=embedded_page`, "success_url", "ui_mode"],
  [`${payment}customer=$customer&customer_email=a@example.com`, "customer", "only specify one"],
  [`${payment}customer=$customer&customer_creation=always`, "customer", "only specify one"],
  [`${payment}customer=cus_none`, "customer", "No such customer"],
  [`${payment}customer_email=nobody`, "customer_email", "Invalid email address"],
  [`${payment}allow_promotion_codes=true&discounts[0][coupon]=$coupon`, "allow_promotion_codes", "only specify one"],
  [`${payment}discounts[0][coupon]=$coupon&discounts[1][coupon]=$coupon`, "discounts", "one discount"],
  [`${payment}discounts[0][coupon]=NONE`, "discounts", "No such coupon"],
  [`${payment}discounts[0][promotion_code]=$first`, "discounts", "a guest has no history"],
  [`${payment}expires_at=+1799`, "expires_at", "at least 30 minutes"],
  [`${payment}expires_at=+86401`, "expires_at", "less than 24 hours"],
  [`${payment}subscription_data[metadata][a]=1`, "subscription_data", "`payment` mode"],
  [`${payment}payment_method_collection=always`, "payment_method_collection", "`payment` mode"],
  [`${subscription}payment_intent_data[metadata][a]=1`, "payment_intent_data", "`subscription` mode"],
  [`${subscription}invoice_creation[enabled]=true`, "invoice_creation", "`subscription` mode"],
  [`${subscription}customer_creation=always`, "customer_creation", "`subscription` mode"],
  [`${subscription}subscription_data[trial_period_days]=0`, "subscription_data[trial_period_days]", "greater than"],
  [`${subscription}subscription_data[trial_end]=+172799`, "subscription_data[trial_end]", "at least 2 days"],
  [
    `${subscription}subscription_data[trial_end]=+200000&subscription_data[trial_period_days]=3`,
    "subscription_data[trial_end]",
    "only specify one",
  ],
  [payment.replace("$once", "$monthly"), "mode", "passed a recurring price"],
  [subscription.replace("$monthly", "$once"), "mode", "at least one recurring price"],
  [payment.replace("$once", "$off"), "line_items[0][price]", "inactive"],
  [payment.replace("$once", "price_none"), "line_items[0][price]", "No such price"],
  [payment.replace("&line_items[0][quantity]=1", ""), "line_items[0][quantity]", "Quantity is required"],
  [`${payment}line_items[1][price]=$euro&line_items[1][quantity]=1`, "line_items", "same currency"],
  [`${ok}mode=setup`, "currency", "Missing required param"],
  [`${ok}mode=setup&currency=usd&line_items[0][price]=$once`, "line_items", "`setup` mode"],
  [payment + many("once", 1, 101), "line_items", "at most 100"],
  [subscription + many("monthly", 1, 21), "line_items", "20 line items with recurring"],
  [subscription + many("once", 1, 22), "line_items", "20 line items with one-time"],
];

function many(price: string, from: number, to: number): string {
  const numbers = Array.from({ length: to - from }, (_, at) => from + at);
  return numbers.map((at) => `line_items[${at}][price]=$${price}&line_items[${at}][quantity]=1`).join("&");
}

function filled(form: string): string {
  return form
    .replace(/\$(\w+)/g, (_, name: string) => ids[name] ?? "")
    .replace(/=\+(\d+)/g, (_, seconds: string) => `=${shop.simulator.control.now() + Number(seconds)}`);
}

function create(form: string): ReturnType<typeof ask> {
  return ask(shop.simulator, "POST", "/v1/checkout/sessions", { form: filled(form), headers: pinned });
}

test.each(refusals.map(([form, param, words]) => [form.slice(0, 120), param, words, form] as const))(
  "refuses %s, naming %s: %s",
  async (_shown, param, words, form) => {
    const { status, body } = await create(form);
    expect([status, body.error?.type, body.error?.param]).toEqual([400, "invalid_request_error", param]);
    expect(body.error?.message).toContain(words);
  },
);

test("the edges themselves are allowed", async () => {
  const edges = [
    `${payment}expires_at=+1800`,
    `${payment}expires_at=+86400`,
    `${subscription}subscription_data[trial_end]=+${48 * HOUR_S}`,
    `${subscription}subscription_data[trial_period_days]=1`,
    subscription + many("once", 1, 21),
    payment + many("once", 1, 100),
    `${payment}customer_creation=always&discounts[0][promotion_code]=$first`,
    `${payment.replace("success_url=https://shop.example&", "")}ui_mode=embedded_page&return_url=https://shop.example`,
  ];
  const answers = await Promise.all(edges.map(create));
  expect(answers.map(({ body }) => body.error?.message)).toEqual(edges.map(() => undefined));
});

test.each([
  "https://shop.example/done?session={CHECKOUT_SESSION_ID}&a=%20b",
  "https://shop.example/done/{CHECKOUT_SESSION_ID}",
  "http://127.0.0.1:3000/#/{CHECKOUT_SESSION_ID}",
])("the address %s is kept byte for byte", async (url) => {
  const { body } = await create(payment.replace("https://shop.example", encodeURIComponent(url)));
  expect(body["success_url"]).toBe(url);
});
