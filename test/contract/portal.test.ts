import { openTypeCheck } from "../kit/worker/stripe-types";
import { ask } from "./simulator-kit";
import { closeWhole, control, openWhole } from "./whole-kit";

const check = openTypeCheck();
afterEach(closeWhole);

const FEATURES =
  "features[subscription_cancel][enabled]=true&features[subscription_cancel][mode]=immediately" +
  "&features[subscription_cancel][cancellation_reason][enabled]=true" +
  "&features[subscription_cancel][cancellation_reason][options][]=too_expensive" +
  "&features[subscription_update][enabled]=true&features[subscription_update][default_allowed_updates][]=price" +
  "&features[subscription_update][products][0][product]=prod_1&features[subscription_update][products][0][prices][]=price_1" +
  "&features[customer_update][enabled]=true&features[customer_update][allowed_updates][]=email" +
  "&features[payment_method_update][enabled]=true&features[invoice_history][enabled]=true" +
  "&features[subscription_pause][enabled]=true";

test("configurations and sessions have the shape of Stripe's types, in answers and in events", async () => {
  const { simulator, stripe } = await openWhole();
  const { id: customer } = await stripe.customers.create({ payment_method: "pm_card_visa" });
  const price = await stripe.prices.create({
    currency: "usd",
    unit_amount: 900,
    recurring: { interval: "month" },
    product_data: { name: "P" },
  });
  const subscription = await stripe.subscriptions.create({
    customer,
    items: [{ price: price.id }],
    default_payment_method: (await stripe.paymentMethods.list({ customer })).data[0]?.id ?? "",
  });
  const path = "/v1/billing_portal/configurations";
  const made = await ask(simulator, "POST", path, { form: `${FEATURES}&login_page[enabled]=true&metadata[a]=b` });
  const id = String(made.body.id);
  const session = `customer=${customer}&configuration=${id}&return_url=https://shop.example/account&locale=de`;
  const flow = (type: string, more = ""): string => `${session}&flow_data[type]=${type}${more}`;
  const about = (type: string): string => `&flow_data[${type}][subscription]=${subscription.id}`;
  const item = subscription.items.data[0]?.id ?? "";
  const forms = [
    session,
    flow("payment_method_update", "&flow_data[after_completion][type]=portal_homepage"),
    flow("customer_update"),
    flow(
      "subscription_cancel",
      `${about("subscription_cancel")}&flow_data[after_completion][type]=hosted_confirmation`,
    ),
    flow("subscription_pause", about("subscription_pause")),
    flow("subscription_update", about("subscription_update")),
    flow(
      "subscription_update_confirm",
      `${about("subscription_update_confirm")}&flow_data[subscription_update_confirm][items][0][id]=${item}` +
        "&flow_data[after_completion][type]=redirect&flow_data[after_completion][redirect][return_url]=https://a.example",
    ),
  ];
  const answers = [
    made,
    await ask(simulator, "POST", `${path}/${id}`, {
      form: "business_profile[headline]=Hello&features[invoice_history][enabled]=false&default_return_url=https://a.example",
    }),
    await ask(simulator, "GET", `${path}?active=true&is_default=false`),
    ...(await Promise.all(forms.map((form) => ask(simulator, "POST", "/v1/billing_portal/sessions", { form })))),
    await ask(simulator, "GET", "/v1/events?limit=100&type=billing_portal.*"),
  ];
  for (const { body, status } of answers) expect([status, body.error, check(body)]).toEqual([200, undefined, []]);
  expect(answers[1]?.body).toMatchObject({
    features: { invoice_history: { enabled: false }, subscription_cancel: { enabled: true, mode: "immediately" } },
    business_profile: { headline: "Hello" },
  });
  expect(answers[3]?.body["url"]).toMatch(new RegExp(`^${simulator.url}/p/session/test_\\w{48}$`));
});

test("without a default configuration a session is refused; saving the settings makes exactly one", async () => {
  const { simulator, stripe } = await openWhole();
  const { id: customer } = await stripe.customers.create({});
  await expect(stripe.billingPortal.sessions.create({ customer })).rejects.toMatchObject({
    type: "StripeInvalidRequestError",
    message: expect.stringContaining("default configuration has not been created"),
  });
  await control(simulator, "save-portal-settings");
  await control(simulator, "save-portal-settings");
  expect((await stripe.billingPortal.configurations.list({ is_default: true })).data).toHaveLength(1);
  const session = await stripe.billingPortal.sessions.create({ customer });
  expect(session.url).toContain("/p/session/");
});

test.each([
  ["return_url=myapp://back", "url_invalid", "return_url"],
  ["return_url=javascript:alert(1)", "url_invalid", "return_url"],
  ["return_url=https://user@shop.example/", "url_invalid", "return_url"],
  ["configuration=bpc_none", "resource_missing", "configuration"],
  ["flow_data[type]=subscription_update", undefined, "flow_data[type]"],
  [
    "flow_data[type]=subscription_cancel&flow_data[subscription_cancel][subscription]=sub_none",
    "resource_missing",
    "flow_data[subscription_cancel][subscription]",
  ],
  ["locale=xx", undefined, "locale"],
])("a session with %s is refused", async (form, code, param) => {
  const { simulator, stripe } = await openWhole();
  await control(simulator, "save-portal-settings");
  const { id } = await stripe.customers.create({});
  const answer = await ask(simulator, "POST", "/v1/billing_portal/sessions", { form: `customer=${id}&${form}` });
  expect([answer.status, answer.body.error?.code, answer.body.error?.param]).toEqual([400, code, param]);
});

test("a session needs a customer that exists", async () => {
  const { simulator } = await openWhole();
  await control(simulator, "save-portal-settings");
  const none = await ask(simulator, "POST", "/v1/billing_portal/sessions", { form: "customer=cus_none" });
  expect(none.body.error).toMatchObject({ code: "resource_missing", param: "customer" });
  const unsaid = await ask(simulator, "POST", "/v1/billing_portal/sessions", { form: "locale=de" });
  expect(unsaid.body.error).toMatchObject({ code: "parameter_missing" });
});
