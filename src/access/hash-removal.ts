import { createHmac } from "node:crypto";
import type { Mode } from "../base/mode";

/** A Stripe account in one mode. */
export interface Account {
  account: string;
  mode: Mode;
}

/** A keyed hash is a different one for each kind of thing, so none can be taken for another. */
function hash(key: Buffer, parts: readonly string[]): Buffer {
  return createHmac("sha256", key).update(JSON.stringify(parts)).digest();
}

export function hashPurchase(key: Buffer, { account, mode }: Account, source: string): Buffer {
  return hash(key, ["purchase", account, mode, source]);
}

export function hashCustomer(key: Buffer, { account, mode }: Account, customer: string): Buffer {
  return hash(key, ["customer", account, mode, customer]);
}

/** Users are shared by both modes and all accounts, so their address is too. */
export function hashAddress(key: Buffer, emailKey: string): Buffer {
  return hash(key, ["address", emailKey]);
}

/** @param buyer the address as it is compared, or the Stripe customer. */
export function hashTrial(key: Buffer, { account, mode }: Account, stripeProduct: string, buyer: string): Buffer {
  return hash(key, ["trial", account, mode, stripeProduct, buyer]);
}
