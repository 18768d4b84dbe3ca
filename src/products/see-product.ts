import { readsEverything } from "../graphql/allow";
import type { Context } from "../graphql/context";
import type { ProductEntity } from "./product.entity";
import { productById, productByKey } from "./products.loader";
import { readProductRef } from "./read-product-ref";

/** The public sees live products only: a draft is, to them, a product that does not exist. */
export function maySeeProduct(ctx: Context, product: Pick<ProductEntity, "status">): boolean {
  return product.status === "LIVE" || readsEverything(ctx);
}

/** The product that is named, if this caller may see it. */
export async function seeProduct(ctx: Context, named: string): Promise<ProductEntity | null> {
  const ref = readProductRef(named);
  const product = ref.id === null ? await ctx.load(productByKey, ref.key) : await ctx.load(productById, ref.id);
  return product && maySeeProduct(ctx, product) ? product : null;
}
