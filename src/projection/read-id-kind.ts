/** What kind of object an id of Stripe's names, by its prefix. */
export type ObjectKind =
  | "CHARGE"
  | "CREDIT_NOTE"
  | "CUSTOMER"
  | "DISPUTE"
  | "INVOICE"
  | "PAYMENT"
  | "PAYMENT_RECORD"
  | "REFUND"
  | "SCHEDULE"
  | "SESSION"
  | "SUBSCRIPTION";

const kindOfPrefix: ReadonlyMap<string, ObjectKind> = new Map([
  ["ch", "CHARGE"],
  // A charge by a bank debit or another way of paying that is no card.
  ["py", "CHARGE"],
  ["cn", "CREDIT_NOTE"],
  ["cus", "CUSTOMER"],
  ["dp", "DISPUTE"],
  ["du", "DISPUTE"],
  ["in", "INVOICE"],
  ["pi", "PAYMENT"],
  ["pr", "PAYMENT_RECORD"],
  ["pyr", "REFUND"],
  ["re", "REFUND"],
  ["sub_sched", "SCHEDULE"],
  ["cs", "SESSION"],
  ["sub", "SUBSCRIPTION"],
]);

const SHAPE = /^(sub_sched|[a-z]+)_\w{1,245}$/;

/** The kind that the prefix tells; null for an id without a prefix of this list. */
export function kindOfId(id: string): ObjectKind | null {
  return kindOfPrefix.get(SHAPE.exec(id)?.[1] ?? "") ?? null;
}

/** Kinds whose ids always have the prefixes of the list. A seller may choose the ids of customers. */
const STRICT: ReadonlySet<ObjectKind> = new Set(["CHARGE", "INVOICE", "PAYMENT", "SESSION", "SUBSCRIPTION"]);

/** Whether an object of this kind can have this id. A request for an id of another kind proves nothing. */
export function canBeIdOf(kind: ObjectKind, id: string): boolean {
  const found = kindOfId(id);
  if (kind === "CUSTOMER") return id.length > 0;
  return found === kind || (found === null && id.length > 0 && !STRICT.has(kind));
}

const nouns: Readonly<Record<ObjectKind, string>> = {
  CHARGE: "a charge",
  CREDIT_NOTE: "a credit note",
  CUSTOMER: "a customer",
  DISPUTE: "a dispute",
  INVOICE: "an invoice",
  PAYMENT: "a payment",
  PAYMENT_RECORD: "a payment record",
  REFUND: "a refund",
  SCHEDULE: "a subscription schedule",
  SESSION: "a checkout session",
  SUBSCRIPTION: "a subscription",
};

/** The kind in words, for messages: "a subscription". */
export function nounOf(kind: ObjectKind): string {
  return nouns[kind];
}
