import type { Mode } from "../base/mode";
import type { Config } from "../config/config";
import type { ProductEntity } from "../products/product.entity";

/** The route that serves these addresses; the last segment is the product's key. */
export const BUY_PATH = "/buy";

/**
 * Pure: the public address at which a product can be bought, for as long as it keeps its key. It carries no credential
 * that could say the mode, so those of test mode say it themselves.
 */
export function purchaseUrlOf(
  config: Pick<Config, "publicUrl">,
  mode: Mode,
  product: Pick<ProductEntity, "key" | "purchaseMethod">,
): string | null {
  if (product.purchaseMethod === "NONE") return null;
  const search = mode === "TEST" ? "?mode=test" : "";
  return `${config.publicUrl}${BUY_PATH}/${encodeURIComponent(product.key)}${search}`;
}
