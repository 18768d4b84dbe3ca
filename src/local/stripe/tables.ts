import type { BillingSettingsRow } from "./billing/settings";
import type { InvoicePaymentRow, InvoiceRow, LineRow } from "./billing/invoice-row";
import type { InvoiceItemRow } from "./billing/new-invoice-item";
import type { SubscriptionItemRow, SubscriptionRow } from "./billing/subscription-row";
import type { AccountRow } from "./objects/account";
import type { CustomerRow } from "./objects/customer";
import type { DeliveryRow } from "./objects/delivery";
import type { CouponRow, DiscountRow, PromotionCodeRow } from "./discounts/new-coupon";
import type { EventRow } from "./objects/event";
import type { PageAddressRow } from "./objects/page-address";
import type { PortalConfigurationRow } from "./objects/portal-configuration";
import type { PortalSessionRow } from "./objects/portal-session";
import type { PriceRow } from "./objects/price";
import type { ProductRow } from "./objects/new-product";
import type { ChargeRow } from "./payments/new-charge";
import type { PaymentIntentRow } from "./payments/new-payment-intent";
import type { PaymentMethodRow } from "./payments/new-payment-method";
import type { DisputeRow } from "./payments/move-dispute";
import type { RefundRow } from "./payments/refund-payment";
import type { SetupIntentRow } from "./payments/confirm-setup";
import type { TestClockRow } from "./objects/test-clock";
import type { WebhookEndpointRow } from "./objects/webhook-endpoint";

/** One line per kind of object. The name of a table is the value of the field `object` of its rows. */
export interface Tables {
  account: AccountRow;
  billing_settings: BillingSettingsRow;
  invoice: InvoiceRow;
  invoice_payment: InvoicePaymentRow;
  invoiceitem: InvoiceItemRow;
  line_item: LineRow;
  subscription: SubscriptionRow;
  subscription_item: SubscriptionItemRow;
  "billing_portal.configuration": PortalConfigurationRow;
  "billing_portal.session": PortalSessionRow;
  coupon: CouponRow;
  customer: CustomerRow;
  discount: DiscountRow;
  dispute: DisputeRow;
  delivery: DeliveryRow;
  event: EventRow;
  page_address: PageAddressRow;
  charge: ChargeRow;
  payment_intent: PaymentIntentRow;
  payment_method: PaymentMethodRow;
  price: PriceRow;
  product: ProductRow;
  promotion_code: PromotionCodeRow;
  refund: RefundRow;
  setup_intent: SetupIntentRow;
  "test_helpers.test_clock": TestClockRow;
  webhook_endpoint: WebhookEndpointRow;
}

export type TableName = keyof Tables;
export type AnyRow = Tables[TableName];
