import { Refusal } from "../base/refusal";
import type { Target } from "../projection/target";
import { type ObjectKind, kindOfId, nounOf } from "../projection/read-id-kind";

/** The ids by which a caller can name a purchase; exactly one is given. */
export interface PurchaseIds {
  checkoutSessionId?: string | null | undefined;
  subscriptionId?: string | null | undefined;
  invoiceId?: string | null | undefined;
  paymentId?: string | null | undefined;
}

type Field = keyof PurchaseIds;

export interface NamedPurchase extends Target {
  /** Where the id stands in the input. */
  field: `input.${Field}`;
}

const fieldOfKind = {
  SESSION: "checkoutSessionId",
  SUBSCRIPTION: "subscriptionId",
  INVOICE: "invoiceId",
  PAYMENT: "paymentId",
  CHARGE: "paymentId",
} as const;

type ClaimableKind = keyof typeof fieldOfKind;

const fields: readonly Field[] = ["checkoutSessionId", "subscriptionId", "invoiceId", "paymentId"];

/** The one purchase that the input names. An id in the field of another kind is refused with the field that takes it. */
export function readClaimedPurchase(input: PurchaseIds): NamedPurchase {
  const given = fields.flatMap((field) => {
    const id = input[field];
    return id === null || id === undefined ? [] : [{ field, id }];
  });
  const [only, ...others] = given;
  if (!only || others.length > 0) {
    throw new Refusal("INVALID_INPUT", {
      say: "Name the purchase by exactly one id: of its checkout session, subscription, invoice or payment.",
      field: `input.${others[0]?.field ?? "checkoutSessionId"}`,
    });
  }
  const kind = kindOfId(only.id);
  const field = `input.${only.field}` as const;
  if (kind !== null && isClaimable(kind) && fieldOfKind[kind] === only.field) return { kind, id: only.id, field };
  if (kind === null) {
    throw new Refusal("PURCHASE_NOT_FOUND", { say: "There is no purchase with this id.", field });
  }
  throw new Refusal("INVALID_INPUT", { say: `This is the id of ${nounOf(kind)}. ${adviceOn(kind)}`, field });
}

function adviceOn(kind: ObjectKind): string {
  if (isClaimable(kind)) return `Give it as \`${fieldOfKind[kind]}\`.`;
  // Payment records pay invoices only, and the purchase is known by the invoice.
  return kind === "PAYMENT_RECORD" ? "Give the invoice that it paid as `invoiceId`." : "It names no purchase.";
}

function isClaimable(kind: string): kind is ClaimableKind {
  return Object.hasOwn(fieldOfKind, kind);
}
