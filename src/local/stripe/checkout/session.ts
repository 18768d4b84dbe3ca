import type { Draft } from "../draft";
import { type Kind, route } from "../kind";
import { listPage } from "../list-page";
import { mergeMetadata, metadata } from "../metadata";
import { choice, listParams, object, type ParamsOf, text, timeRange } from "../params";
import { retrieves } from "../standard-routes";
import type { Rendered } from "../stored";
import { checkSession } from "./check-session";
import { confirmPage, confirming, openPage } from "./payment-page";
import { createSession } from "./create-session";
import { expireSession } from "./expire-session";
import { followPayment } from "./follow-payment";
import { pageOfLines } from "./page-of-lines";
import { sessionFields } from "./session-params";

const PATH = "/v1/checkout/sessions";
const listable = {
  ...listParams,
  created: timeRange,
  customer: text(),
  customer_details: object({ email: text() }),
  payment_intent: text(),
  payment_link: text(),
  status: choice("complete", "expired", "open"),
  subscription: text(),
};

export const checkoutSession: Kind<"checkout.session"> = {
  prefix: "cs_test",
  idLength: 24,
  indexes: {
    customer: (row) => row.customer,
    email: (row) => row.customer_details?.email,
    payment_intent: (row) => row.ours.paymentIntent,
    payment_link: (row) => row.payment_link,
    subscription: (row) => row.subscription,
  },
  expands: {
    customer: "customer",
    invoice: "invoice",
    payment_intent: "payment_intent",
    payment_link: "payment_link",
    setup_intent: "setup_intent",
    subscription: "subscription",
    "discounts.coupon": "coupon",
    "discounts.promotion_code": "promotion_code",
  },
  includes: {
    line_items: (row, draft) => pageOfLines(draft, row.ours.lines, {}, `${PATH}/${row.id}/line_items`),
  },
  routes: [
    route("POST", PATH, sessionFields, ({ draft, params }) => {
      checkSession(draft, params);
      return draft.render(createSession(draft, params));
    }),
    retrieves("checkout.session", `${PATH}/:id`),
    route("POST", `${PATH}/:id`, { metadata }, ({ draft, params, ids }) => {
      const row = draft.get("checkout.session", ids.id);
      return draft.render(draft.put({ ...row, metadata: mergeMetadata(row.metadata ?? {}, params.metadata) }));
    }),
    route("POST", `${PATH}/:id/expire`, {}, ({ draft, ids }) => draft.render(expireSession(draft, ids.id))),
    route("GET", `${PATH}/:id/line_items`, listParams, ({ draft, params, ids }) =>
      pageOfLines(draft, draft.get("checkout.session", ids.id).ours.lines, params, `${PATH}/${ids.id}/line_items`),
    ),
    route("GET", PATH, listable, ({ draft, params }) => listSessions(draft, params)),
    // Stripe's own page speaks these two; the scripts that trigger events do as well.
    route("GET", "/v1/payment_pages/:id", {}, ({ draft, ids }) => openPage(draft, ids.id)),
    route("POST", "/v1/payment_pages/:id/confirm", confirming, ({ draft, params, ids }) =>
      confirmPage(draft, ids.id, params),
    ),
  ],
  timers: { expire: (draft, id) => void expireSession(draft, id) },
  whenPaymentMoved: followPayment,
};

function listSessions(draft: Draft, params: ParamsOf<typeof listable>): Rendered {
  const { created, customer, payment_intent, payment_link, status, subscription } = params;
  const email = params.customer_details?.email;
  const wanted = { payment_intent, subscription, customer, email, payment_link };
  const [by] = Object.entries(wanted).flatMap(([name, value]) => (value ? [{ [name]: value }] : []));
  return listPage(draft, "checkout.session", params, {
    url: PATH,
    by,
    keep: (row) =>
      (!customer || row.customer === customer) &&
      (!email || row.customer_details?.email === email) &&
      (!payment_intent || row.payment_intent === payment_intent) &&
      (!payment_link || row.payment_link === payment_link) &&
      (!status || row.status === status) &&
      (!subscription || row.subscription === subscription),
    created,
  });
}
