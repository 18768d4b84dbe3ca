import { html, type Html } from "./html";

/** Name of a field -> why what was typed there cannot be taken. */
export type FieldFaults = ReadonlyMap<string, string>;

/** The text that was typed into a form, and its faults. */
export interface Filled {
  typed: URLSearchParams;
  faults: FieldFaults;
}

interface Input {
  autocomplete?: string;
  placeholder?: string;
  inputmode?: string;
  /** False for a field that may stay empty. */
  required?: boolean;
}

/** A labelled field that keeps what was typed. The first one with a fault has the focus when the page opens. */
export function textField(name: string, label: string, { typed, faults }: Filled, input: Input = {}): Html {
  const { autocomplete = "off", placeholder = "", inputmode = "text", required = true } = input;
  const fault = faults.get(name);
  const [first] = faults.keys();
  const wrong = fault === undefined ? null : html`aria-invalid="true" aria-describedby="${name}-fault"`;
  return html`<div class="field">
    <label for="${name}">${label} ${!required && html`<span class="soft">(optional)</span>`}</label>
    <input
      id="${name}"
      name="${name}"
      type="text"
      inputmode="${inputmode}"
      autocomplete="${autocomplete}"
      placeholder="${placeholder}"
      value="${typed.get(name) ?? ""}"
      ${required && "required"}
      ${wrong}
      ${first === name && "autofocus"}
    />
    ${fault !== undefined && html`<p class="fault" id="${name}-fault">${fault}</p>`}
  </div>`;
}
