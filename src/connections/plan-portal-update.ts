import type Stripe from "stripe";
import type { PortalChoices } from "./connection.entity";
import { readPortalChoices } from "./read-portal-choices";
import { toPortalFeatures } from "./to-portal-features";

type Said = Pick<Stripe.BillingPortal.Configuration, "business_profile" | "features">;

/**
 * Pure: what is to be told Stripe so that a configuration says what is wanted. Only what differs: whatever else its
 * administrator set there stays. Null: it says so already.
 */
export function planPortalUpdate(
  configuration: Said,
  wanted: PortalChoices,
): Stripe.BillingPortal.ConfigurationUpdateParams | null {
  const now = readPortalChoices(configuration);
  const differs = (choice: keyof PortalChoices) => wanted[choice] !== undefined && wanted[choice] !== now[choice];
  const { features } = toPortalFeatures(wanted);
  const profile = {
    ...(differs("privacyPolicyUrl") && { privacy_policy_url: wanted.privacyPolicyUrl ?? "" }),
    ...(differs("termsOfServiceUrl") && { terms_of_service_url: wanted.termsOfServiceUrl ?? "" }),
  };
  const changed = {
    ...(differs("allowCancel") && { subscription_cancel: features.subscription_cancel }),
    ...(differs("allowPaymentMethodUpdate") && { payment_method_update: features.payment_method_update }),
    ...(differs("allowInvoiceHistory") && { invoice_history: features.invoice_history }),
    ...(differs("allowCustomerUpdate") && { customer_update: features.customer_update }),
  };
  const update = {
    ...(Object.keys(profile).length > 0 && { business_profile: profile }),
    ...(Object.keys(changed).length > 0 && { features: changed }),
  };
  return Object.keys(update).length > 0 ? update : null;
}
