import { invalid, type StripeRefusal } from "../refuse";

export function missingPaymentMethod(): StripeRefusal {
  return invalid(
    "This customer has no attached payment source or default payment method. Please consider adding a default payment method.",
    { code: "resource_missing" },
  );
}
