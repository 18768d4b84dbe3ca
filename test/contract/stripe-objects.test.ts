import { openTypeCheck } from "../kit/worker/stripe-types";
import { ask, closeSimulators, openSimulator, type Wire } from "./simulator-kit";

const check = openTypeCheck();
afterEach(closeSimulators);

/**
 * Makes one of everything and asks for it in every way. Each answer and each event is held against the types of the
 * `stripe` package. Colleagues who add a kind of object add its calls to this list.
 */
const calls: [method: string, path: string, form?: string][] = [
  ["GET", "/v1/account"],
  ["POST", "/v1/webhook_endpoints", "url=http://127.0.0.1:1/hook&enabled_events[]=*&metadata[a]=b"],
  ["GET", "/v1/webhook_endpoints"],
  ["POST", "/v1/webhook_endpoints/$webhook_endpoint", "disabled=true&description=old"],
  ["GET", "/v1/webhook_endpoints/$webhook_endpoint"],
  ["POST", "/v1/test_helpers/test_clocks", "frozen_time=1800000000&name=later"],
  ["POST", "/v1/test_helpers/test_clocks/$test_helpers.test_clock/advance", "frozen_time=1800086400"],
  ["GET", "/v1/test_helpers/test_clocks/$test_helpers.test_clock"],
  ["POST", "/v1/customers", "email=ada@example.com&test_clock=$test_helpers.test_clock"],
  ["POST", "/v1/customers", "email=ada@example.com&address[city]=London&shipping[name]=A&shipping[address][line1]=B"],
  ["POST", "/v1/customers/$customer", "name=Ada&invoice_settings[footer]=Thanks&metadata[user]=1"],
  ["GET", "/v1/customers?email=ada@example.com&limit=3"],
  [
    "POST",
    "/v1/products",
    "name=Pro&default_price_data[currency]=usd&default_price_data[unit_amount]=900&expand[]=default_price",
  ],
  [
    "POST",
    "/v1/prices",
    "currency=eur&unit_amount_decimal=0.5&product=$product&recurring[interval]=month&lookup_key=m",
  ],
  ["POST", "/v1/prices", "currency=usd&custom_unit_amount[enabled]=true&product_data[name]=Tip&expand[]=product"],
  ["POST", "/v1/prices/$price", "nickname=tip&metadata[x]=y"],
  ["GET", "/v1/prices?expand[]=data.product"],
  ["POST", "/v1/products/$product", "description=All of it&marketing_features[0][name]=Fast"],
  ["GET", "/v1/products?active=true&expand[]=data.default_price"],
  ["POST", "/v1/prices", "currency=usd&unit_amount=500&product=$product"],
  ["POST", "/v1/customers", "email=ada@example.com&payment_method=pm_card_visa"],
  ["POST", "/v1/payment_methods", "type=sepa_debit&sepa_debit[iban]=AT611904300234573201"],
  ["POST", "/v1/payment_methods", "type=us_bank_account&us_bank_account[account_number]=000123456789"],
  ["POST", "/v1/payment_methods/$payment_method/attach", "customer=$customer"],
  ["GET", "/v1/customers/$customer/payment_methods?expand[]=data.customer"],
  ["POST", "/v1/setup_intents", "customer=$customer&payment_method=$payment_method&confirm=true"],
  ["GET", "/v1/setup_intents?expand[]=data.customer&expand[]=data.payment_method"],
  ["POST", "/v1/payment_intents", "amount=500&currency=usd&payment_method=pm_card_visa&confirm=true"],
  ["POST", "/v1/refunds", "payment_intent=$payment_intent&amount=200&expand[]=charge.refunds"],
  ["GET", "/v1/refunds?expand[]=data.charge&expand[]=data.payment_intent"],
  ["POST", "/v1/payment_intents", "amount=500&currency=usd&payment_method=pm_card_createDispute&confirm=true"],
  ["GET", "/v1/disputes?expand[]=data.charge&expand[]=data.payment_intent.latest_charge"],
  ["GET", "/v1/charges?expand[]=data.payment_intent&expand[]=data.refunds"],
  ["POST", "/v1/coupons", "percent_off=10&applies_to[products][]=$product&expand[]=applies_to"],
  ["POST", "/v1/promotion_codes", "promotion[type]=coupon&promotion[coupon]=$coupon&code=TEN"],
  ["GET", "/v1/promotion_codes?code=ten&expand[]=data.promotion.coupon"],
  [
    "POST",
    "/v1/payment_links",
    "line_items[0][price]=$price&line_items[0][quantity]=1&expand[]=line_items.data.price.product",
  ],
  [
    "POST",
    "/v1/checkout/sessions",
    "mode=payment&success_url=https://shop.example&customer=$customer&line_items[0][price]=$price" +
      "&line_items[0][quantity]=2&discounts[0][promotion_code]=$promotion_code&expand[]=line_items" +
      "&consent_collection[terms_of_service]=required&automatic_tax[enabled]=true&locale=de" +
      "&after_expiration[recovery][enabled]=true&phone_number_collection[enabled]=true",
  ],
  ["GET", "/v1/checkout/sessions/$checkout.session/line_items?expand[]=data.price.product"],
  ["POST", "/v1/checkout/sessions/$checkout.session/expire", "expand[]=discounts.promotion_code"],
  ["POST", "/v1/products", "name=Gone"],
  ["DELETE", "/v1/products/$product"],
  ["DELETE", "/v1/customers/$customer"],
  ["GET", "/v1/customers/$customer"],
  ["DELETE", "/v1/webhook_endpoints/$webhook_endpoint"],
  ["DELETE", "/v1/test_helpers/test_clocks/$test_helpers.test_clock"],
  ["GET", "/v1/events?limit=100"],
];

test("every answer and every event has the fields that Stripe's types require, and no others", async () => {
  const { simulator } = await openSimulator();
  const latest = new Map<string, string>();
  const fill = (text: string): string => text.replace(/\$([a-z_.]+)/g, (_, name: string) => latest.get(name) ?? name);
  const faults: string[] = [];
  for (const [method, path, form] of calls) {
    const { status, body } = await ask(simulator, method, fill(path), form === undefined ? {} : { form: fill(form) });
    expect([method, path, status, body.error]).toEqual([method, path, 200, undefined]);
    remember(latest, body);
    faults.push(...check(body).map((fault) => `${method} ${path}: ${fault}`));
  }
  expect(faults).toEqual([]);
});

function remember(latest: Map<string, string>, { id, object }: Wire): void {
  if (id && object) latest.set(object, id);
}

test("the check itself finds a field that is missing and one that was made up", async () => {
  const { simulator } = await openSimulator();
  const { body } = await ask(simulator, "POST", "/v1/customers", { form: "name=A" });
  expect(check(body)).toEqual([]);
  expect(check({ ...body, invented: 1 }).join()).toContain("invented");
  const { email: _email, ...without } = body;
  expect(check(without).join()).toContain("email");
});
