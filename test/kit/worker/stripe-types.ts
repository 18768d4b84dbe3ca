import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import Ajv, { type ErrorObject, type ValidateFunction } from "ajv";
import Stripe from "stripe";
import { schemaOfTypes, SCHEMA_REVISION } from "./types-to-schema";

/**
 * Checks JSON against the types that the `stripe` package publishes: every field that a type requires must be there, and
 * no field that it does not have. The types are generated from Stripe's own description at the pinned version, so they
 * are the authority on shapes. A new kind of object is one line here; the field `object` picks the line.
 */
const typeOf: Record<string, string> = {
  account: "Stripe.Account",
  "billing_portal.configuration": "Stripe.BillingPortal.Configuration",
  "billing_portal.session": "Stripe.BillingPortal.Session",
  "checkout.session": "Stripe.Checkout.Session",
  item: "Stripe.LineItem",
  coupon: "Stripe.Coupon | Stripe.DeletedCoupon",
  discount: "Stripe.Discount | Stripe.DeletedDiscount",
  promotion_code: "Stripe.PromotionCode",
  dispute: "Stripe.Dispute",
  refund: "Stripe.Refund",
  setup_intent: "Stripe.SetupIntent",
  customer: "Stripe.Customer | Stripe.DeletedCustomer",
  event: "Stripe.EventBase",
  invoice: "Stripe.Invoice | Stripe.DeletedInvoice",
  invoice_payment: "Stripe.InvoicePayment",
  invoiceitem: "Stripe.InvoiceItem | Stripe.DeletedInvoiceItem",
  line_item: "Stripe.InvoiceLineItem",
  subscription: "Stripe.Subscription",
  subscription_schedule: "Stripe.SubscriptionSchedule",
  credit_note: "Stripe.CreditNote",
  credit_note_line_item: "Stripe.CreditNoteLineItem",
  "entitlements.active_entitlement": "Stripe.Entitlements.ActiveEntitlement",
  "entitlements.active_entitlement_summary": "Stripe.Entitlements.ActiveEntitlementSummary",
  "entitlements.feature": "Stripe.Entitlements.Feature",
  product_feature: "Stripe.ProductFeature | Stripe.DeletedProductFeature",
  subscription_item: "Stripe.SubscriptionItem | Stripe.DeletedSubscriptionItem",
  charge: "Stripe.Charge",
  payment_intent: "Stripe.PaymentIntent",
  payment_link: "Stripe.PaymentLink",
  payment_method: "Stripe.PaymentMethod",
  price: "Stripe.Price",
  product: "Stripe.Product | Stripe.DeletedProduct",
  "test_helpers.test_clock": "Stripe.TestHelpers.TestClock | Stripe.TestHelpers.DeletedTestClock",
  webhook_endpoint: "Stripe.WebhookEndpoint | Stripe.DeletedWebhookEndpoint",
};

type Check = (answer: unknown) => string[];

let opened: Check | undefined;

/** What is wrong with an answer, in words; nothing when it has the shape of its type. Compiled once in a worker. */
export function openTypeCheck(): Check {
  return (opened ??= open());
}

function open(): Check {
  // Types refer to one another without end: a function for each is compiled many times as fast as one for all.
  const ajv = new Ajv({ strict: false, allErrors: true, inlineRefs: false, code: { optimize: false } });
  ajv.addSchema(readSchema(), "stripe");
  const compiled = new Map<string, ValidateFunction>();
  const validatorOf = (name: string): ValidateFunction => {
    const known = compiled.get(name) ?? ajv.compile({ $ref: `stripe#/roots/${encodeURIComponent(name)}` });
    compiled.set(name, known);
    return known;
  };
  return (answer) => checkTyped(asTyped(answer));

  function checkTyped(answer: unknown): string[] {
    if (!isObject(answer)) return ["the answer is not an object"];
    const name = String(answer["object"]);
    if (name === "list" && Array.isArray(answer["data"]))
      return [...listFaults(answer), ...answer["data"].flatMap(checkTyped)];
    if (!(name in typeOf)) return [`no type is known for the object "${name}": add it to stripe-types.ts`];
    const validate = validatorOf(name);
    const inside = name === "event" && isObject(answer["data"]) ? checkTyped(answer["data"]["object"]) : [];
    return validate(answer) ? inside : [...inside, ...describe(name, answer, validate.errors ?? [])];
  }
}

/**
 * The answer with the few fields added or left out in which recorded answers of Stripe differ from its types: lines lack
 * `subscription`, subscriptions have `plan` and `quantity`, and an upcoming invoice has no id.
 */
function asTyped(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(asTyped);
  if (!isObject(value) || Object.getPrototypeOf(value) !== Object.prototype) return value;
  const { plan: _plan, quantity: _quantity, ...subscription } = value;
  const typed =
    value["object"] === "subscription"
      ? subscription
      : value["object"] === "line_item"
        ? { subscription: null, ...value }
        : value["billing_reason"] === "upcoming"
          ? { id: "", ...value }
          : value;
  return Object.fromEntries(Object.entries(typed).map(([name, field]) => [name, asTyped(field)]));
}

// Of a union that does not fit, ajv reports every member; the ones about `deleted` and expanded strings only drown the rest.
function describe(name: string, answer: Record<string, unknown>, errors: ErrorObject[]): string[] {
  const told = errors.filter(({ keyword }) => keyword !== "anyOf" && keyword !== "const");
  return told.map((error) => {
    const detail = JSON.stringify(error.params);
    return `${name} ${String(answer["id"])} ${error.instancePath || "/"}: ${error.message ?? ""} ${detail}`;
  });
}

function listFaults({ url, has_more }: Record<string, unknown>): string[] {
  return typeof url === "string" && typeof has_more === "boolean" ? [] : ["a list lacks url or has_more"];
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Generating takes seconds, so the result is kept beside other caches until the package or the list above changes. */
function readSchema(): Record<string, unknown> {
  const key = Buffer.from(JSON.stringify(typeOf)).toString("base64url");
  const print = `${Stripe.PACKAGE_VERSION}-${SCHEMA_REVISION}-${hash(key)}`;
  const file = join(tmpdir(), "latchkey-stripe-types", `${print}.json`);
  if (!existsSync(file)) write(file, JSON.stringify(schemaOfTypes(typeOf, resolve(__dirname, "../../.."))));
  const schema: Record<string, unknown> = JSON.parse(readFileSync(file, "utf8"));
  return schema;
}

// Several test files may generate at once: each writes a file of its own, and the last to rename it wins.
function write(file: string, text: string): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(`${file}.${process.pid}`, text);
  renameSync(`${file}.${process.pid}`, file);
}

function hash(text: string): string {
  let sum = 0;
  for (const letter of text) sum = (sum * 31 + letter.charCodeAt(0)) >>> 0;
  return sum.toString(36);
}
