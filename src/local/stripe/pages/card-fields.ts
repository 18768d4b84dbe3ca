import type { Draft } from "../draft";
import { newCard, noBillingDetails, type PaymentMethodRow } from "../payments/new-payment-method";
import { findCard } from "../payments/test-cards";
import { StripeRefusal } from "../refuse";
import { html, type Html } from "./html";

const HINTS: readonly [string, string][] = [
  ["4242 4242 4242 4242", "succeeds"],
  ["4000 0000 0000 0002", "is declined"],
  ["4000 0000 0000 9995", "has too little money"],
  ["4000 0000 0000 0069", "has expired"],
  ["4000 0000 0000 0127", "has another security code"],
  ["4000 0027 6000 3184", "asks for confirmation each time"],
  ["4000 0025 0000 3155", "asks once, to be stored"],
  ["4000 0000 0000 0341", "is stored and fails at the next payment"],
  ["4000 0000 0000 0259", "pays, and is disputed afterwards"],
];

/** Number, expiry, security code and name, with the numbers that do something. */
export function cardFields(given: URLSearchParams): Html {
  return html`${textField("number", "Card number", given, { autocomplete: "cc-number", placeholder: "4242 4242 4242 4242", inputmode: "numeric" })}
    <div class="pair">
      ${textField("expiry", "Expiry", given, { autocomplete: "cc-exp", placeholder: "MM / YY", inputmode: "text" })}
      ${textField("cvc", "Security code", given, { autocomplete: "cc-csc", placeholder: "123", inputmode: "numeric" })}
    </div>
    ${textField("name", "Name on card", given, { autocomplete: "cc-name", placeholder: "", inputmode: "text" })}
    ${cardHints()}`;
}

function cardHints(): Html {
  const rows = HINTS.map(
    ([number, does]) =>
      html`<tr>
        <td><code>${number}</code></td>
        <td>${does}</td>
      </tr>`,
  );
  return html`<details>
    <summary>Test card numbers</summary>
    <p class="soft">Any date to come, any three digits. Other numbers are refused: this is no place for real cards.</p>
    <div class="scroll">
      <table>
        <thead>
          <tr>
            <th scope="col">Number</th>
            <th scope="col">What it does</th>
          </tr>
        </thead>
        <tbody>
          ${rows}
        </tbody>
      </table>
    </div>
  </details>`;
}

interface Input {
  autocomplete?: string;
  placeholder?: string;
  inputmode?: string;
  type?: string;
  required?: boolean;
}

/** A labelled field that keeps what was typed. */
export function textField(name: string, label: string, given: URLSearchParams, input: Input = {}): Html {
  const { autocomplete = "off", placeholder = "", inputmode = "text", type = "text" } = input;
  const value = given.get(name) ?? "";
  return html`<div class="field">
    <label for="${name}">${label}</label>
    <input
      id="${name}"
      name="${name}"
      type="${type}"
      inputmode="${inputmode}"
      autocomplete="${autocomplete}"
      placeholder="${placeholder}"
      value="${value}"
    />
  </div>`;
}

/** The card that was typed in, made a payment method; refused in Stripe's words when it cannot be one. */
export function readCard(draft: Draft, form: URLSearchParams, email: string | null): PaymentMethodRow {
  const card = findCard(form.get("number") ?? "");
  if (!card) throw cardFault("incorrect_number", "Your card number is incorrect. Only test card numbers work here.");
  const expiry = /^\s*(\d{1,2})\s*[/-]?\s*(?:20)?(\d{2})\s*$/.exec(form.get("expiry") ?? "");
  const month = Number(expiry?.[1] ?? 0);
  const year = 2000 + Number(expiry?.[2] ?? 0);
  if (!expiry || month < 1 || month > 12)
    throw cardFault("invalid_expiry_month", "Your card's expiry date is invalid.");
  if (Date.UTC(year, month, 1) / 1000 <= draft.now)
    throw cardFault("invalid_expiry_year", "Your card's expiry date is in the past.");
  if (!/^\d{3,4}$/.test(form.get("cvc")?.trim() ?? ""))
    throw cardFault("invalid_cvc", "Your card's security code is invalid.");
  const name = form.get("name")?.trim() || null;
  const row = newCard(draft, card, { ...noBillingDetails, email, name });
  return row.card ? draft.put({ ...row, card: { ...row.card, exp_month: month, exp_year: year } }) : row;
}

function cardFault(code: string, message: string): StripeRefusal {
  return new StripeRefusal(402, { type: "card_error", code, message });
}
