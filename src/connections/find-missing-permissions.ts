import type Stripe from "stripe";
import { Refusal } from "../base/refusal";
import { isMissing as isMissingObject, readMissingPermission, toFailure } from "../stripe/read-error";

/** Named as the Dashboard names it, where the key is edited. */
interface Permission {
  name: string;
  /** A call that costs little and changes nothing: a permission to write is asked about an object that is not there. */
  probe(stripe: Stripe): Promise<unknown>;
}

const NOWHERE = "latchkey_probe";
const one = { limit: 1 };

const permissions: readonly Permission[] = [
  { name: "Customers: read", probe: (stripe) => stripe.customers.list(one) },
  { name: "Customers: write", probe: (stripe) => stripe.customers.update(`cus_${NOWHERE}`, {}) },
  { name: "Products: read", probe: (stripe) => stripe.products.list(one) },
  { name: "Prices: read", probe: (stripe) => stripe.prices.list(one) },
  { name: "Subscriptions: read", probe: (stripe) => stripe.subscriptions.list(one) },
  { name: "Invoices: read", probe: (stripe) => stripe.invoices.list(one) },
  { name: "Credit notes: read", probe: (stripe) => stripe.creditNotes.list(one) },
  { name: "PaymentIntents: read", probe: (stripe) => stripe.paymentIntents.list(one) },
  { name: "Charges and Refunds: read", probe: (stripe) => stripe.charges.list(one) },
  { name: "Disputes: read", probe: (stripe) => stripe.disputes.list(one) },
  { name: "Checkout Sessions: read", probe: (stripe) => stripe.checkout.sessions.list(one) },
  { name: "Checkout Sessions: write", probe: (stripe) => stripe.checkout.sessions.expire(`cs_${NOWHERE}`) },
  { name: "Customer portal: read", probe: (stripe) => stripe.billingPortal.configurations.list(one) },
  {
    name: "Customer portal: write",
    probe: (stripe) => stripe.billingPortal.configurations.update(`bpc_${NOWHERE}`, {}),
  },
  { name: "Events: read", probe: (stripe) => stripe.events.list(one) },
  { name: "Webhook Endpoints: read", probe: (stripe) => stripe.webhookEndpoints.list(one) },
  { name: "Webhook Endpoints: write", probe: (stripe) => stripe.webhookEndpoints.update(`we_${NOWHERE}`, {}) },
];

/** What a restricted key may not do, and should. */
export async function findMissingPermissions(stripe: Stripe): Promise<string[]> {
  const missing = await Promise.all(permissions.map((permission) => isMissing(stripe, permission)));
  return permissions.filter((_, at) => missing[at]).map(({ name }) => name);
}

async function isMissing(stripe: Stripe, { probe }: Permission): Promise<boolean> {
  try {
    await probe(stripe);
    return false;
  } catch (error) {
    if (readMissingPermission(error) !== null) return true;
    if (isMissingObject(error)) return false;
    throw toFailure(error);
  }
}

export function refuseMissingPermissions(missing: readonly string[], field: string): void {
  if (missing.length === 0) return;
  throw new Refusal("STRIPE_KEY_INVALID", { say: adviceOn(missing), field, details: { missingPermissions: missing } });
}

export function adviceOn(missing: readonly string[]): string {
  return `The restricted key lacks permissions: ${missing.join("; ")}. Add them to the key in the Dashboard.`;
}
