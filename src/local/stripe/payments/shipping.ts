import { address, object, type ParamsOf, required, text } from "../params";
import type { PaymentIntentRow } from "./new-payment-intent";

export const shippingParam = object({
  address: required(address),
  carrier: text(),
  name: required(text()),
  phone: text(),
  tracking_number: text(),
});

type Given = NonNullable<ParamsOf<{ shipping: typeof shippingParam }>["shipping"]>;

export function fullShipping(given: Given): NonNullable<PaymentIntentRow["shipping"]> {
  const { city = null, country = null, line1 = null, line2 = null, postal_code = null, state = null } = given.address;
  return {
    address: { city, country, line1, line2, postal_code, state },
    carrier: given.carrier ?? null,
    name: given.name,
    phone: given.phone ?? null,
    tracking_number: given.tracking_number ?? null,
  };
}
