import type { Context } from "../graphql/context";
import type { ProductEntity } from "../products/product.entity";
import { isOfferedToVisitors } from "./list-purchase-options";

/** The route that serves these addresses; the last segment is the product's key. */
export const BUY_PATH = "/buy";

type Product = Pick<
  ProductEntity,
  "accessMode" | "externalUrl" | "key" | "purchaseMethod" | "salesPageUrl" | "showWhenLocked" | "status"
> & { uuid: string };

/**
 * The public address at which a product can be bought, for as long as it keeps its key. Null while a visitor who opens it
 * would be refused. It carries no credential that could say the mode, so those of test mode say it themselves.
 */
export async function purchaseUrlOf(ctx: Context, product: Product): Promise<string | null> {
  const isShown = product.showWhenLocked || product.accessMode === "PUBLIC";
  if (!isShown || !(await isOfferedToVisitors(ctx, product))) return null;
  const search = ctx.identity.mode === "TEST" ? "?mode=test" : "";
  return `${ctx.config.publicUrl}${BUY_PATH}/${encodeURIComponent(product.key)}${search}`;
}
