import { type ErrorBody, StripeRefusal } from "../refuse";
import type { FieldFaults } from "./field";

/** A form that cannot be taken as it was filled in, with each field that is wrong. */
export class FormRefusal extends StripeRefusal {
  constructor(
    readonly faults: FieldFaults,
    message: string,
  ) {
    super(402, { type: "invalid_request_error", message });
  }
}

/** The message and the faults of a form that was refused. */
export interface Problem {
  message: string;
  faults: FieldFaults;
}

const FIELD_OF_CODE: Record<string, string> = {
  card_declined: "number",
  email_invalid: "email",
  expired_card: "expiry",
  incorrect_cvc: "cvc",
  incorrect_number: "number",
};

/** The refusal in the words of its own, at the field that it is about where the form has one. */
export function problemOf(refusal: StripeRefusal, form: URLSearchParams): Problem {
  if (refusal instanceof FormRefusal) return refusal;
  const { message, error } = refusal;
  return { message, faults: faultsOf(error, message, form) };
}

export function faultsOf(
  { code, param, decline_code: decline }: Partial<ErrorBody>,
  message: string,
  form: URLSearchParams,
): FieldFaults {
  const field = [param, FIELD_OF_CODE[decline ?? ""], FIELD_OF_CODE[code ?? ""]].find((name) => name && form.has(name));
  return new Map(field ? [[field, message]] : []);
}
