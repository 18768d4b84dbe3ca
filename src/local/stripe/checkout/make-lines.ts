import type { Draft } from "../draft";
import { blankProduct, changedProduct } from "../objects/new-product";
import { createPrice, type PriceRow } from "../objects/price";
import { invalid } from "../refuse";
import type { LineAgain, LineParam, PriceDataParam } from "./line-params";
import type { Line } from "./session-row";

type Mode = "payment" | "subscription";

/** Lines of what was asked for, without amounts yet; refuses what cannot be sold in this mode. */
export function makeLines(draft: Draft, given: readonly LineAgain[], mode: Mode): Line[] {
  const lines = given.map((line, at) => makeLine(draft, line, `line_items[${at}]`));
  refuseMode(lines, mode);
  refuseMany(lines, mode);
  if (new Set(lines.map(({ currency }) => currency)).size > 1) {
    throw invalid("All prices of a session must have the same currency.", { param: "line_items" });
  }
  return lines;
}

function makeLine(draft: Draft, given: LineAgain, param: string): Line {
  const price = given.price ? priceOf(draft, given.price, given, param) : inlinePrice(draft, given.price_data, param);
  const metered = price.recurring?.usage_type === "metered";
  if (metered && given.quantity) throw invalid("Quantity should not be specified for a metered price.", { param });
  if (!metered && !given.quantity && !price.custom_unit_amount) {
    throw invalid(`Quantity is required. Add \`quantity\` to \`${param}\``, { param: `${param}[quantity]` });
  }
  const product = draft.get("product", price.product);
  return {
    id: draft.newId("checkout.session").replace("cs_test", "li"),
    price: price.id,
    inline: given.inline ?? !given.price,
    quantity: metered ? null : (given.quantity ?? 1),
    adjustable: readAdjustable(given.adjustable_quantity),
    description: product.name,
    metadata: given.metadata ?? {},
    currency: price.currency,
    recurring: price.type === "recurring",
    customAmount: null,
    subtotal: 0,
    discount: 0,
  };
}

function readAdjustable(given: LineParam["adjustable_quantity"]): Line["adjustable"] {
  if (!given?.enabled) return null;
  return { enabled: true, maximum: given.maximum ?? 99, minimum: given.minimum ?? 0 };
}

function priceOf(draft: Draft, id: string, { inline }: LineAgain, param: string): PriceRow {
  const price = draft.get("price", id, `${param}[price]`);
  if (!price.active && !inline) {
    throw invalid("The price specified is inactive. This field only accepts active prices.", {
      param: `${param}[price]`,
    });
  }
  if (draft.find("product", price.product)?.active === false) {
    const message = `Price \`${id}\` is not available to be purchased because its product is not active.`;
    throw invalid(message, { param: `${param}[price]` });
  }
  return price;
}

// A price made for one line can be sold by that line only, so it is inactive from the beginning.
function inlinePrice(draft: Draft, data: LineParam["price_data"], param: string): PriceRow {
  if (!data) {
    throw invalid(`You must specify either \`price\` or \`price_data\` in \`${param}\`.`, { param: `${param}[price]` });
  }
  const { product_data: _made, ...terms } = data;
  const row = createPrice(draft, { ...terms, product: inlineProduct(draft, data, param), active: false });
  draft.emit("price.created", draft.render(row));
  return row;
}

function inlineProduct(draft: Draft, { product, product_data: data }: PriceDataParam, param: string): string {
  if (product) return draft.get("product", product, `${param}[price_data][product]`).id;
  if (!data) throw invalid("You must specify either `product` or `product_data`.", { param: `${param}[price_data]` });
  const { name, ...described } = data;
  const row = draft.put(changedProduct(blankProduct(draft.newId("product"), name, draft.now), described));
  draft.emit("product.created", draft.render(row));
  return row.id;
}

function refuseMode(lines: readonly Line[], mode: Mode): void {
  const recurring = lines.filter((line) => line.recurring);
  if (mode === "payment" && recurring.length > 0) {
    throw invalid(
      "You specified `payment` mode but passed a recurring price. Either switch to `subscription` mode or use only one-time prices.",
      { param: "mode" },
    );
  }
  if (mode === "subscription" && recurring.length === 0) {
    throw invalid("You must provide at least one recurring price in `subscription` mode when using prices.", {
      param: "mode",
    });
  }
}

function refuseMany(lines: readonly Line[], mode: Mode): void {
  const recurring = lines.filter((line) => line.recurring).length;
  if (mode === "payment" && lines.length > 100) throw tooMany("100 line items");
  if (mode === "subscription" && recurring > 20) throw tooMany("20 line items with recurring prices");
  if (mode === "subscription" && lines.length - recurring > 20) throw tooMany("20 line items with one-time prices");
}

function tooMany(most: string): Error {
  return invalid(`A Checkout Session may have at most ${most}.`, { param: "line_items" });
}
