import { Ctx, Field, FieldResolver, ObjectType, Resolver, Root } from "type-graphql";
import type { ErrorCode } from "../base/error-codes";
import type { Context } from "../graphql/context";
import { ErrorCodeEnum } from "../graphql/enums";
import type { PurchaseMethod } from "../products/product.entity";
import { Product, PurchaseMethodEnum } from "../products/products.graphql";
import { StripePrice, toStripePrice } from "./catalogue.graphql";
import { listPurchaseOptions } from "./list-purchase-options";
import { purchaseUrlOf } from "./purchase-url";

@ObjectType({ description: "One way to get a product." })
export class PurchaseOption {
  @Field(() => Product, { description: "What is bought. Of content that several products open, there are several." })
  product!: Product;

  @Field(() => PurchaseMethodEnum, { description: "How." })
  method!: PurchaseMethod;

  @Field(() => String, {
    nullable: true,
    description: "The sales page, or the page elsewhere; null for CHECKOUT, where `createCheckoutSession` leads.",
  })
  url!: string | null;

  @Field(() => StripePrice, {
    nullable: true,
    description: "What it costs; null where that is said elsewhere. The one that is sold by default comes first.",
  })
  price!: StripePrice | null;

  @Field({ description: "Whether it can be bought now. What cannot be bought is shown to administrators only." })
  purchasable!: boolean;

  @Field(() => ErrorCodeEnum, { nullable: true, description: "Why it cannot be bought." })
  blocker!: ErrorCode | null;
}

export async function purchaseOptionsOf(ctx: Context, product: Product): Promise<PurchaseOption[]> {
  return (await listPurchaseOptions(ctx, product)).map(({ method, url, price, blocker }) =>
    Object.assign(new PurchaseOption(), {
      product,
      method,
      url,
      price: price && toStripePrice(price),
      purchasable: blocker === null,
      blocker,
    }),
  );
}

@Resolver(() => Product)
export class PurchaseOptionsResolver {
  @FieldResolver(() => [PurchaseOption], {
    description: "How somebody without access gets it, by default first. Empty when it is not for sale.",
  })
  purchaseOptions(@Root() product: Product, @Ctx() ctx: Context): Promise<PurchaseOption[]> {
    return purchaseOptionsOf(ctx, product);
  }

  @FieldResolver(() => String, {
    nullable: true,
    description:
      "A stable public address at which it can be bought: it leads to a fresh checkout, the sales page or the page elsewhere. Null when it is not offered.",
  })
  purchaseUrl(@Root() product: Product, @Ctx() ctx: Context): string | null {
    return purchaseUrlOf(ctx.config, ctx.identity.mode, product);
  }
}
