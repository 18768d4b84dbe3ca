import type Stripe from "stripe";
import type { PortalChoices } from "./connection.entity";

/** Pure: what an administrator chose, with what is usual where nothing was said, as Stripe wants to hear it. */
export function toPortalFeatures(choices: PortalChoices): Stripe.BillingPortal.ConfigurationCreateParams {
  const { allowCancel = true, allowPaymentMethodUpdate = true, allowInvoiceHistory = true } = choices;
  const { allowCustomerUpdate = true, privacyPolicyUrl, termsOfServiceUrl } = choices;
  return {
    business_profile: {
      ...(privacyPolicyUrl && { privacy_policy_url: privacyPolicyUrl }),
      ...(termsOfServiceUrl && { terms_of_service_url: termsOfServiceUrl }),
    },
    features: {
      customer_update: allowCustomerUpdate
        ? { enabled: true, allowed_updates: ["email", "name", "address", "phone", "tax_id"] }
        : { enabled: false },
      invoice_history: { enabled: allowInvoiceHistory },
      payment_method_update: { enabled: allowPaymentMethodUpdate },
      // What was paid for stays open until its end; Stripe cancels then.
      subscription_cancel: allowCancel ? { enabled: true, mode: "at_period_end" } : { enabled: false },
    },
  };
}
