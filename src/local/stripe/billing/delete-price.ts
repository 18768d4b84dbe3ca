import type { Draft } from "../draft";
import { invalid } from "../refuse";
import type { Gone } from "../stored";

/** The owner deletes a price in the Dashboard. Stripe allows that for prices that nothing uses; no API does it. */
export function deletePrice(draft: Draft, id: string): Gone {
  const row = draft.get("price", id, "price");
  if (draft.find("product", row.product)?.default_price === id) {
    throw invalid("This price cannot be deleted because it is the default price of its product.", { param: "price" });
  }
  if (isUsed(draft, id)) {
    throw invalid("This price cannot be deleted because it has been used. You can archive it.", { param: "price" });
  }
  const last = draft.render(row);
  const gone = draft.remove("price", id);
  draft.emit("price.deleted", last);
  return gone;
}

function isUsed(draft: Draft, id: string): boolean {
  const priceOf = (line: { pricing: { price_details?: { price: unknown } | null } | null }): unknown =>
    line.pricing?.price_details?.price;
  return (
    draft.rows("subscription_item").some(({ price }) => price === id) ||
    draft.rows("invoiceitem").some((item) => priceOf(item) === id) ||
    draft.rows("line_item").some((line) => priceOf(line) === id) ||
    draft.rows("checkout.session").some(({ ours }) => ours.lines.some(({ price }) => price === id)) ||
    draft.rows("payment_link").some(({ ours }) => ours.lines.some(({ price }) => price === id))
  );
}
