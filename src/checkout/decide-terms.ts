import { Refusal } from "../base/refusal";

/** The terms of a sale, as the connection, the link and the price in Stripe say them. */
export interface Terms {
  allowPromotionCodes: boolean;
  /** Days of trial that the price offers; 0: none. */
  trialDays: number;
  maxQuantity: number;
}

/** What a call asks for instead; null: nothing is said. */
export interface AskedTerms {
  allowPromotionCodes: boolean | null;
  trialDays: number | null;
  quantity: number;
}

/** Refuses what only the merchant may decide. Server keys may change the terms for a call, and do not come here. */
export function refuseOtherTerms(asked: AskedTerms, terms: Terms): void {
  const { allowPromotionCodes: codes, trialDays } = asked;
  if (codes !== null && codes !== terms.allowPromotionCodes) {
    const say = "Whether promotion codes can be entered is set on the connection. Only a server key can change it.";
    throw new Refusal("FORBIDDEN", { say, field: "input.allowPromotionCodes" });
  }
  if (trialDays !== null && trialDays !== terms.trialDays) {
    const say = `The price offers ${terms.trialDays} days of trial. Only a server key can give another trial.`;
    throw new Refusal("FORBIDDEN", { say, field: "input.trialDays" });
  }
  if (asked.quantity > terms.maxQuantity) {
    const say = `The link sells at most ${terms.maxQuantity} in one purchase. Only a server key can sell more.`;
    throw new Refusal("FORBIDDEN", { say, field: "input.quantity", details: { maxQuantity: terms.maxQuantity } });
  }
}

/** Refuses metadata of ours from the public: it could say that a purchase gives no access, or whose it is. */
export function refuseOurMetadata(metadata: object | null | undefined): void {
  const ours = Object.keys(metadata ?? {}).find((key) => /^latchkey_/i.test(key));
  if (ours === undefined) return;
  const say = `The metadata key ${ours} is reserved: only this server writes keys that begin with latchkey_.`;
  throw new Refusal("FORBIDDEN", { say, field: `input.metadata.${ours}` });
}
