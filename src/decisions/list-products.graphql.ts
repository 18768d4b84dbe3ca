import { Arg, Args, Ctx, Field, InputType, Query, Resolver } from "type-graphql";
import { Allow, EVERYBODY } from "../graphql/allow";
import { PageArgs, connectionType } from "../graphql/connection";
import type { Context } from "../graphql/context";
import { readPageRequest } from "../graphql/read-page-request";
import type { ProductStatus } from "../products/product.entity";
import { Product, ProductStatusEnum, toProduct } from "../products/products.graphql";
import { productOrder } from "../products/products.store";
import { listProducts } from "./list-products";

const ProductConnection = connectionType("Product", () => Product);

@InputType("ProductFilter", { description: "Which products to list; what is left out does not matter." })
export class ProductFilterInput {
  @Field(() => ProductStatusEnum, { nullable: true, description: "Only products of this status." })
  status?: ProductStatus | null;

  @Field(() => Boolean, {
    nullable: true,
    description: "Only products that are linked to a Stripe product in the viewer's mode, or only those that are not.",
  })
  linked?: boolean | null;

  @Field(() => String, { nullable: true, description: "Only products with this tag." })
  tag?: string | null;

  @Field(() => String, { nullable: true, description: "Only products whose name or key holds this text, in any case." })
  search?: string | null;
}

@Resolver()
export class ListProductsResolver {
  @Allow(...EVERYBODY)
  @Query(() => ProductConnection.type, {
    description:
      "The products that this caller may see, oldest first. The public is not shown what it may not open, unless it is shown when locked.",
  })
  async products(
    @Ctx() ctx: Context,
    @Arg("filter", () => ProductFilterInput, { nullable: true, description: "Which ones." })
    filter: ProductFilterInput | null,
    @Args() args: PageArgs,
  ) {
    const page = await listProducts(ctx, filter ?? {}, readPageRequest(args, productOrder));
    return ProductConnection.of(page, productOrder, toProduct);
  }
}
