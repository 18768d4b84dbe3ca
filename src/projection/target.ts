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
