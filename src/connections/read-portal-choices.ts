import type Stripe from "stripe";
import type { PortalChoices } from "./connection.entity";

type Said = Pick<Stripe.BillingPortal.Configuration, "business_profile" | "features">;

/** Pure: what a configuration says. Whether sessions are made at all is ours alone to say. */
export function readPortalChoices({ business_profile: profile, features }: Said): PortalChoices {
  return {
    privacyPolicyUrl: profile.privacy_policy_url,
    termsOfServiceUrl: profile.terms_of_service_url,
    allowCancel: features.subscription_cancel.enabled,
    allowPaymentMethodUpdate: features.payment_method_update.enabled,
    allowInvoiceHistory: features.invoice_history.enabled,
    allowCustomerUpdate: features.customer_update.enabled,
  };
}
