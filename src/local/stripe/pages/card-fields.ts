import { type Filled, textField } from "./field";
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
export function cardFields(filled: Filled): Html {
  return html`${textField("number", "Card number", filled, { autocomplete: "cc-number", placeholder: "4242 4242 4242 4242", inputmode: "numeric" })}
    <div class="pair">
      ${textField("expiry", "Expiry", filled, { autocomplete: "cc-exp", placeholder: "MM / YY" })}
      ${textField("cvc", "Security code", filled, { autocomplete: "cc-csc", placeholder: "123", inputmode: "numeric" })}
    </div>
    ${textField("name", "Name on card", filled, { autocomplete: "cc-name", required: false })} ${cardHints()}`;
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
