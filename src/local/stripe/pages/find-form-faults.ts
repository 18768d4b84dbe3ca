import { findCard } from "../payments/test-cards";
import type { FieldFaults } from "./field";

const CARD_LABELS: Record<string, string> = { number: "Card number", expiry: "Expiry", cvc: "Security code" };
const LABELS: Record<string, string> = { email: "E-mail", ...CARD_LABELS };

const EXPIRY = /^\s*(\d{1,2})\s*[/-]?\s*(?:20)?(\d{2})\s*$/;

export interface Expiry {
  month: number;
  year: number;
}

export function readExpiry(text: string): Expiry | null {
  const [, month, year] = EXPIRY.exec(text) ?? [];
  if (Number(month) < 1 || Number(month) > 12) return null;
  return year === undefined ? null : { month: Number(month), year: 2000 + Number(year) };
}

/** Finds each fault of a card as it was typed, in the order of the form. */
export function findCardFaults(form: URLSearchParams, now: number): FieldFaults {
  const faults = new Map(findEmpty(form, Object.keys(CARD_LABELS)));
  const add = (field: string, message: string): void => {
    if (!faults.has(field)) faults.set(field, message);
  };
  if (!findCard(form.get("number") ?? ""))
    add("number", "Your card number is incorrect. Only test card numbers work here.");
  const expiry = readExpiry(form.get("expiry") ?? "");
  if (!expiry) add("expiry", "Your card's expiry date is invalid.");
  else if (Date.UTC(expiry.year, expiry.month, 1) / 1000 <= now)
    add("expiry", "Your card's expiry date is in the past.");
  if (!/^\d{3,4}$/.test(form.get("cvc")?.trim() ?? "")) add("cvc", "Your card's security code is invalid.");
  return new Map(Object.keys(CARD_LABELS).flatMap((field) => keep(faults, field)));
}

/** The fields that have to be filled in and are empty. */
export function findEmpty(form: URLSearchParams, fields: readonly string[]): FieldFaults {
  const empty = fields.filter((field) => (form.get(field) ?? "").trim() === "");
  return new Map(empty.map((field) => [field, `${LABELS[field] ?? field} is missing.`]));
}

/** Writes one sentence for all faults: the text of the only one, else the names of the fields. */
export function sumUpFaults(faults: FieldFaults): string {
  const [message = "", ...others] = faults.values();
  if (others.length === 0) return message;
  const names = [...faults.keys()].map((field) => LABELS[field] ?? field);
  const isEmpty = [...faults.values()].every((text) => text.endsWith("is missing."));
  return `Please ${isEmpty ? "fill in" : "check"}: ${names.join(", ")}.`;
}

function keep(faults: FieldFaults, field: string): [string, string][] {
  const fault = faults.get(field);
  return fault === undefined ? [] : [[field, fault]];
}
