import type { SourceFacts } from "../access/fact";
import { kindOfId } from "./read-id-kind";

/** Something to look at in Stripe. What it leads to is found out on the way: a refund to its payment, that to its order. */
export interface Target {
  kind: TargetKind;
  id: string;
}

/** In the order in which they are looked at: what comes first often covers what comes after it. */
export const targetKinds = [
  "SCHEDULE",
  "SUBSCRIPTION",
  "CREDIT_NOTE",
  "INVOICE",
  "SESSION",
  "REFUND",
  "DISPUTE",
  "CHARGE",
  "PAYMENT",
  "CUSTOMER",
] as const;

export type TargetKind = (typeof targetKinds)[number];

/** The object of which these facts tell: reading it again tells them again. */
export function targetOf({ source, state }: Pick<SourceFacts, "source" | "state">): Target {
  if (state.kind === "SUBSCRIPTION") return { kind: "SUBSCRIPTION", id: source };
  const kind = kindOfId(source);
  return { kind: kind === "INVOICE" || kind === "SESSION" ? kind : "PAYMENT", id: source };
}
