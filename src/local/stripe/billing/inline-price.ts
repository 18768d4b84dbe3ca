import type { Draft } from "../draft";
import { createPrice } from "../objects/price";
import type { inlinePrice } from "./subscription-params";

type PriceData = NonNullable<ReturnType<ReturnType<typeof inlinePrice>["read"]>>;

/** The price of an item: one that exists, or one that is made for it and can be used nowhere else. */
export function priceFor(
  draft: Draft,
  { price, price_data: terms }: { price?: string | null | undefined; price_data?: PriceData | null | undefined },
): string | null {
  if (price || !terms) return price ?? null;
  const row = createPrice(draft, { ...terms, active: false });
  draft.emit("price.created", draft.render(row));
  return row.id;
}
