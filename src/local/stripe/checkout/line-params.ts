import { metadata } from "../metadata";
import { bool, choice, decimal, integer, list, object, type ParamsOf, required, text } from "../params";

const quantity = integer({ min: 0, max: 999_999 });

const priceData = object({
  currency: required(text(3)),
  product: text(),
  product_data: object({
    description: text(),
    images: list(text(2048), 8),
    metadata,
    name: required(text()),
    tax_code: text(),
    unit_label: text(12),
  }),
  recurring: object({
    interval: required(choice("day", "week", "month", "year")),
    interval_count: integer({ min: 1 }),
  }),
  tax_behavior: choice("exclusive", "inclusive", "unspecified"),
  unit_amount: integer({ min: 0, max: 99_999_999 }),
  unit_amount_decimal: decimal(),
});

/** A line of a session or of a payment link: a price that exists, or one made for it. */
export const lineFields = {
  adjustable_quantity: object({ enabled: required(bool()), maximum: quantity, minimum: quantity }),
  metadata,
  price: text(),
  price_data: priceData,
  quantity,
};

export const linesParam = list(object(lineFields));

export type LineParam = ParamsOf<typeof lineFields>;
/** What we ask of ourselves: `inline` says that the price was made for this line, so that it may sell it again. */
export type LineAgain = LineParam & { inline?: boolean };
export type PriceDataParam = NonNullable<LineParam["price_data"]>;
