import type Stripe from "stripe";
import type { SourceFacts } from "../access/fact";
import type { AnyCustomer } from "./papers";

/** The id of what may stand there whole, by its id, or not at all. */
export function idOf(reference: string | { id: string } | null | undefined): string | null {
  return typeof reference === "string" ? reference : (reference?.id ?? null);
}

/** What stands there whole; null when only its id does. */
export function wholeOf<Whole extends { id: string }>(reference: string | Whole | null | undefined): Whole | null {
  return typeof reference === "string" ? null : (reference ?? null);
}

/** Stripe counts seconds. */
export function momentOf(seconds: number): Date;
export function momentOf(seconds: number | null | undefined): Date | null;
export function momentOf(seconds: number | null | undefined): Date | null {
  return seconds === null || seconds === undefined ? null : new Date(seconds * 1000);
}

/** The mark by which somebody says in Stripe that a thing gives no access. */
export const IGNORED: Stripe.Metadata = { latchkey_ignore: "true" };

/** Somebody marked it in Stripe: it gives no access. */
export function isIgnored(object: { metadata?: Stripe.Metadata | null } | null | undefined): boolean {
  return object?.metadata?.["latchkey_ignore"] === "true";
}

/** A deleted customer tells neither address nor name any more. */
export function buyerOf(customer: AnyCustomer | undefined): SourceFacts["buyer"] {
  const whole = wholeOf(customer);
  if (!whole || whole.deleted) return { email: null, name: null };
  return { email: whole.email, name: whole.name ?? null };
}
