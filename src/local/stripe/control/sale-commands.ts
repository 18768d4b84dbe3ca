import { sellByInvoice, sellSubscription } from "../billing/act-as-owner";
import { deletePrice } from "../billing/delete-price";
import { callApi } from "../call-api";
import { answerCheckout } from "../checkout/answer-checkout";
import { completeCheckout, type Completed } from "../checkout/complete-checkout";
import { expireSession } from "../checkout/expire-session";
import { sellFromDashboard } from "../checkout/sell-from-dashboard";
import { sellByLink } from "../checkout/visit-link";
import { giveCustomerDiscount } from "../discounts/customer-discount";
import type { Draft } from "../draft";
import { savePortalSettings } from "../objects/portal-configuration";
import { attachPaymentMethod, newCard } from "../payments/new-payment-method";
import { findCard } from "../payments/test-cards";
import { bool, choice, integer, map, required, text } from "../params";
import { invalid } from "../refuse";
import { command, type Command } from "./command";
import { definedOf } from "./defined-of";

const one = required(text());
const buyer = {
  email: text(),
  name: text(),
  card: text(),
  method: choice("card", "delayed"),
  code: text(),
  quantities: map(required(integer({ min: 0 }))),
  amounts: map(required(integer({ min: 0 }))),
};
const buyerShows = {
  email: "ada@example.com",
  name: "Ada",
  card: "4242424242424242",
  method: "card or delayed",
  code: "a promotion code",
  quantities: "fields of quantities by price or line",
  amounts: "fields of amounts by price or line",
};

export const saleCommands: Record<string, Command> = {
  "complete-checkout": command(
    "Sales",
    "A buyer fills in the checkout page and presses the button.",
    { fields: { session: one, ...buyer }, shows: { session: "cs_test_...", ...buyerShows } },
    (room, { session, ...typed }) =>
      room.simulator.control.act((draft) => told(draft, completeCheckout(draft, session, purchase(typed)))),
  ),
  "answer-checkout": command(
    "Sales",
    "After a card that asks: the buyer agrees on the page of the bank, or not.",
    { fields: { session: one, agrees: required(bool()) }, shows: { session: "cs_test_...", agrees: "true or false" } },
    (room, { session, agrees }) =>
      room.simulator.control.act((draft) => told(draft, answerCheckout(draft, session, agrees))),
  ),
  "expire-checkout": command(
    "Sales",
    "Nobody can pay by this session any more.",
    { fields: { session: one }, shows: { session: "cs_test_..." } },
    (room, { session }) => room.simulator.control.act((draft) => draft.render(expireSession(draft, session))),
  ),
  "payment-link-sale": command(
    "Sales",
    "A buyer opens a payment link and pays; what stands behind its ? is theirs to write.",
    {
      fields: { link: one, ...buyer, client_reference_id: text(), prefilled_email: text() },
      shows: { link: "plink_...", ...buyerShows, client_reference_id: "user-1", prefilled_email: "ada@example.com" },
    },
    (room, { link, client_reference_id: reference, prefilled_email: prefilled, ...typed }) =>
      room.simulator.control.act((draft) => {
        const query = {
          ...(reference ? { client_reference_id: reference } : {}),
          ...(prefilled ? { prefilled_email: prefilled } : {}),
        };
        return told(draft, sellByLink(draft, link, { ...purchase(typed), query }));
      }),
  ),
  "dashboard-sale": command(
    "Sales",
    "Somebody in the office takes a payment by hand: no session, no invoice.",
    {
      fields: {
        amount: required(integer({ min: 1 })),
        currency: text(3),
        customer: text(),
        description: text(),
        card: text(),
      },
      shows: {
        amount: "1900",
        currency: "usd",
        customer: "cus_...",
        description: "By telephone",
        card: "4242424242424242",
      },
    },
    (room, { amount, currency, ...more }) =>
      room.simulator.control.act((draft) => {
        const terms = { amount, currency: currency ?? "usd", ...definedOf(more, ["customer", "description", "card"]) };
        const { outcome, paymentIntent } = sellFromDashboard(draft, terms);
        return { outcome, payment_intent: draft.render(paymentIntent) };
      }),
  ),
  "dashboard-subscription": command(
    "Sales",
    "Somebody in the office subscribes a customer: by the stored card, by one told by telephone, or paid elsewhere.",
    {
      fields: {
        customer: one,
        price: one,
        quantity: integer({ min: 1 }),
        card: text(),
        trial_days: integer({ min: 1 }),
        paid_elsewhere: bool(),
      },
      shows: {
        customer: "cus_...",
        price: "price_...",
        quantity: "1",
        card: "the stored one without it",
        trial_days: "14",
        paid_elsewhere: "true",
      },
    },
    (room, { customer, price, quantity, card, trial_days: trial, paid_elsewhere: elsewhere }) =>
      room.simulator.control.act((draft) => {
        const defaultPaymentMethod = card ? storedCard(draft, card, customer) : null;
        const items = [{ price, quantity: quantity ?? 1 }];
        const terms = { customer, items, trialPeriodDays: trial ?? null, defaultPaymentMethod };
        return draft.render(sellSubscription(draft, { ...terms, paidElsewhere: elsewhere ?? false }));
      }),
  ),
  "dashboard-invoice": command(
    "Sales",
    "An invoice over one thing, made by hand and paid outside of Stripe: a bank transfer, cash, a favour.",
    {
      fields: { customer: one, price: text(), amount: integer({ min: 0 }), currency: text(3), description: text() },
      shows: {
        customer: "cus_...",
        price: "price_...",
        amount: "or an amount: 1900",
        currency: "usd",
        description: "",
      },
    },
    (room, sale) => room.simulator.control.act((draft) => draft.render(sellByInvoice(draft, sale))),
  ),
  "save-portal-settings": command(
    "Sales",
    "The owner saves the settings of the customer portal in the Dashboard: now there is a default configuration.",
    { fields: {}, shows: {} },
    (room) => room.simulator.control.act((draft) => draft.render(savePortalSettings(draft))),
  ),
  "discount-customer": command(
    "Sales",
    "The owner gives a customer a discount in the Dashboard: invoices without one of their own have it.",
    { fields: { customer: one, coupon: one }, shows: { customer: "cus_...", coupon: "the id of a coupon" } },
    (room, { customer, coupon }) =>
      room.simulator.control.act((draft) => giveCustomerDiscount(draft, customer, { coupon })),
  ),
  "delete-price": command(
    "Sales",
    "The owner deletes a price that nothing uses.",
    {
      fields: { price: one },
      shows: { price: "price_..." },
      asks: { title: "Delete this price?", button: "Delete price" },
    },
    (room, { price }) => room.simulator.control.act((draft) => deletePrice(draft, price)),
  ),
  "delete-customer": command(
    "Sales",
    "An administrator deletes a customer; the subscriptions end at once.",
    {
      fields: { customer: one },
      shows: { customer: "cus_..." },
      asks: { title: "Delete this customer?", button: "Delete customer" },
    },
    (room, { customer }) =>
      room.simulator.control.act((draft) => callApi(draft, "DELETE", `/v1/customers/${customer}`)),
  ),
};

interface Typed {
  email?: string | null | undefined;
  name?: string | null | undefined;
  card?: string | null | undefined;
  method?: "card" | "delayed" | null | undefined;
  code?: string | null | undefined;
  quantities?: Record<string, number> | null | undefined;
  amounts?: Record<string, number> | null | undefined;
}

function purchase({ email, code, ...typed }: Typed): Parameters<typeof completeCheckout>[2] {
  const given = definedOf(typed, ["name", "card", "method", "quantities", "amounts"]);
  return { email: email ?? "buyer@example.com", ...given, ...(code ? { promotionCode: code } : {}) };
}

function told(draft: Draft, { session, outcome, message, declineCode }: Completed): object {
  return { outcome, message: message ?? null, decline_code: declineCode ?? null, session: draft.render(session) };
}

function storedCard(draft: Draft, number: string, customer: string): string {
  const card = findCard(number);
  if (!card) throw invalid("The card number is not one of Stripe's test cards.", { param: "card" });
  draft.get("customer", customer, "customer");
  return attachPaymentMethod(draft, newCard(draft, card), customer).id;
}
