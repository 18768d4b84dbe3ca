import type { SourceFacts } from "../access/fact";
import type { CustomerSnapshot } from "../links/customer-snapshot";
import type { Desk } from "./open-desk";
import type { AnyCustomer, InvoicePapers, Payment, Sight } from "./papers";
import { readCustomer } from "./read-customer";
import type { Target, TargetKind } from "./target";
import { targetKinds, targetOf } from "./target";
import { readGone } from "./read-gone";
import { canBeIdOf } from "./read-id-kind";

/** What one look has found, and what is still to be looked at. */
export interface Look {
  desk: Desk;
  sight: Sight;
  /** What of this source is held already; null: nothing. */
  held: (source: string) => Promise<SourceFacts | null>;
  /** Everything that is held of this customer. */
  heldOf: (customer: string) => Promise<SourceFacts[]>;
  /** Waits for what Stripe is about to make; otherwise what is there counts. */
  isPatient: boolean;
  facts: Map<string, SourceFacts>;
  customers: Map<string, CustomerSnapshot>;
  /** Ids that need not be looked at any more. */
  covered: Set<string>;
  waiting: Map<string, Target>;
  /** Something that Stripe has not finished: it is to be looked at once more. */
  isUnfinished: boolean;
}

export function openLook(parts: Pick<Look, "desk" | "sight" | "held" | "heldOf" | "isPatient">): Look {
  return {
    ...parts,
    facts: new Map(),
    customers: new Map(),
    covered: new Set(),
    waiting: new Map(),
    isUnfinished: false,
  };
}

/** An id of another kind is left out: Stripe's 404 to such a request would say nothing about the object. */
export function addTarget({ waiting, covered }: Look, kind: TargetKind, id: string | null): void {
  if (id !== null && !covered.has(id) && canBeIdOf(kind, id)) waiting.set(id, { kind, id });
}

/** The next one in the order of their kinds; null when nothing is left. */
export function takeTarget({ waiting, covered }: Look): Target | null {
  for (const kind of targetKinds) {
    for (const target of waiting.values()) {
      if (target.kind !== kind) continue;
      waiting.delete(target.id);
      if (covered.has(target.id)) continue;
      covered.add(target.id);
      return target;
    }
  }
  return null;
}

export function keepFacts(look: Look, facts: SourceFacts | null): void {
  if (facts) look.facts.set(facts.source, facts);
}

/** Stripe no longer has this object. What is held ends only if it was read from this very object. */
export async function keepGone(look: Look, kind: TargetKind, id: string): Promise<void> {
  const held = await look.held(id);
  if (held && targetOf(held).kind === kind) keepFacts(look, readGone(held, look.sight));
}

export function keepCustomer(look: Look, customer: AnyCustomer | undefined): void {
  const snapshot = readCustomer(customer, look.sight);
  if (!snapshot) return;
  look.customers.set(snapshot.customer, snapshot);
  // Of one that is gone, everything is looked at; that is not done yet.
  if (!snapshot.deleted) look.covered.add(snapshot.customer);
}

export function cover({ covered }: Look, ids: Iterable<string | null>): void {
  for (const id of ids) if (id !== null) covered.add(id);
}

/** Everything that an event about this money could name. */
export function idsOfPayments(payments: readonly Payment[]): (string | null)[] {
  return payments.flatMap(({ intent, charge, refunds, disputes }) => [
    intent?.id ?? null,
    charge?.id ?? null,
    ...refunds.map(({ id }) => id),
    ...disputes.map(({ id }) => id),
  ]);
}

export function idsOfInvoice({ invoice, payments, sessions, notes }: InvoicePapers): (string | null)[] {
  return [invoice.id, ...idsOfPayments(payments), ...sessions.map(({ id }) => id), ...notes.map(({ note }) => note.id)];
}
