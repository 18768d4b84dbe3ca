import { Arg, Args, Ctx, Field, FieldResolver, ObjectType, Resolver, Root } from "type-graphql";
import { readsEverything } from "../graphql/allow";
import { PageArgs, connectionType } from "../graphql/connection";
import type { Context } from "../graphql/context";
import { readPageRequest } from "../graphql/read-page-request";
import { Product, toProduct } from "../products/products.graphql";
import { productOrder } from "../products/products.store";
import { User } from "../users/users.graphql";
import { checkRef } from "./check-access";
import { AccessDecision, toAccessDecision } from "./decision.graphql";
import { productsOfUser } from "./decisions.loader";

@ObjectType({ description: "A product and what one user may do with it." })
export class UserProduct {
  @Field(() => Product, { description: "The product." })
  product!: Product;

  userId!: string;
}

const UserProductConnection = connectionType("UserProduct", () => UserProduct);

@Resolver(() => UserProduct)
export class UserProductResolver {
  @FieldResolver(() => AccessDecision, { description: "The user's decision for it." })
  async access(@Root() { product, userId }: UserProduct, @Ctx() ctx: Context): Promise<AccessDecision> {
    const key = { product: { id: product.uuid, key: null }, user: { id: userId, externalId: null } };
    return toAccessDecision(await checkRef(ctx, key, ctx.clock.now()));
  }
}

@Resolver(() => User)
export class UserProductsResolver {
  @FieldResolver(() => UserProductConnection.type, {
    description:
      "Every product that the caller may see, with this user's decision, oldest first. The user's own token is not shown what is hidden while it is locked.",
  })
  async products(
    @Root() user: User,
    @Ctx() ctx: Context,
    @Arg("allowed", () => Boolean, { nullable: true, description: "Only those that the user may open, or may not." })
    allowed: boolean | null,
    @Args() args: PageArgs,
  ) {
    const page = readPageRequest(args, productOrder);
    const filter = { allowed: allowed ?? null, liveOnly: !readsEverything(ctx) };
    const found = await ctx.load(productsOfUser, { parentId: user.uuid, filter, page });
    return UserProductConnection.of(found, productOrder, (row) =>
      Object.assign(new UserProduct(), { product: toProduct(row), userId: user.uuid }),
    );
  }
}
