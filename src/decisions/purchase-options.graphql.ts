import { Ctx, FieldResolver, Resolver, Root } from "type-graphql";
import type { Context } from "../graphql/context";
import { listPurchaseOptions } from "../links/list-purchase-options";
import { PurchaseOption, toPurchaseOption } from "../links/purchase-options.graphql";
import { purchaseUrlOf } from "../links/purchase-url";
import { Product } from "../products/products.graphql";
import { isShown } from "./is-shown";
import { mayGuestsBuy } from "./may-guests-buy.loader";

/** What this caller may buy of a product. A product that listings hide from the caller is not for sale to them. */
export async function purchaseOptionsOf(ctx: Context, product: Product): Promise<PurchaseOption[]> {
  if (!(await isShown(ctx, product))) return [];
  return (await listPurchaseOptions(ctx, product)).map((option) => toPurchaseOption(product, option));
}

@Resolver(() => Product)
export class PurchaseOptionsResolver {
  @FieldResolver(() => [PurchaseOption], {
    description:
      "How somebody without access gets it, by default first. Checkout sells the public exactly the prices shown here. Empty when it is not for sale.",
  })
  purchaseOptions(@Root() product: Product, @Ctx() ctx: Context): Promise<PurchaseOption[]> {
    return purchaseOptionsOf(ctx, product);
  }

  @FieldResolver(() => String, {
    nullable: true,
    description:
      "A stable public address at which it can be bought: it leads to a fresh checkout, the sales page or the page elsewhere. Null when the public is offered nothing of it, or when guests cannot buy by checkout because `autoCreateUsers` is NEVER.",
  })
  async purchaseUrl(@Root() product: Product, @Ctx() ctx: Context): Promise<string | null> {
    // A checkout at this address is a guest's, and only some policies let guests buy. A page decides for itself.
    if (product.purchaseMethod === "CHECKOUT" && !(await ctx.load(mayGuestsBuy, ctx.identity.mode))) return null;
    return purchaseUrlOf(ctx, product);
  }
}
