import { Field, ObjectType } from "type-graphql";
import type { ErrorCode } from "../base/error-codes";
import { ErrorCodeEnum } from "../graphql/enums";
import type { PurchaseMethod } from "../products/product.entity";
import { Product, PurchaseMethodEnum } from "../products/products.graphql";
import { StripePrice, toStripePrice } from "./catalogue.graphql";
import type { PurchaseOption as DecidedOption } from "./decide-purchase-options";

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

export function toPurchaseOption(product: Product, option: DecidedOption): PurchaseOption {
  const { method, url, price, blocker } = option;
  return Object.assign(new PurchaseOption(), {
    product,
    method,
    url,
    price: price && toStripePrice(price),
    purchasable: blocker === null,
    blocker,
  });
}
