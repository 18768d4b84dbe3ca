import { Arg, Ctx, FieldResolver, ID, Query, Resolver, Root } from "type-graphql";
import { Refusal } from "../base/refusal";
import { Allow, EVERYBODY } from "../graphql/allow";
import type { Context } from "../graphql/context";
import { ForMany } from "../graphql/for-many";
import { Product } from "../products/products.graphql";
import { subjectOf } from "../users/subject";
import { readProductRef } from "../products/read-product-ref";
import { User } from "../users/users.graphql";
import { checkAccess, checkRef, checkResourceAccess } from "./check-access";
import { checkList } from "./check-list";
import { AccessDecision, toAccessDecision } from "./decision.graphql";

const PRODUCTS_MAX = 200;
const USER = "The user, by our id or the caller's; the viewer by default.";

@Resolver()
export class CheckAccessResolver {
  @Allow(...EVERYBODY)
  @Query(() => AccessDecision, { description: "May this user open this product?" })
  async access(
    @Ctx() ctx: Context,
    @Arg("product", () => String, { description: "The product, by key or id." }) product: string,
    @Arg("user", () => ID, { nullable: true, description: USER }) user: string | null,
    @Arg("at", () => Date, { nullable: true, description: "As of a moment in the past, by what we know now." })
    at: Date | null,
  ): Promise<AccessDecision> {
    return toAccessDecision(await checkAccess(ctx, { product, user, at }));
  }

  @Allow(...EVERYBODY)
  @Query(() => [AccessDecision], { description: "The same for up to 200 products, in the order asked." })
  async accessMany(
    @Ctx() ctx: Context,
    @Arg("user", () => ID, { nullable: true, description: USER }) user: string | null,
    @Arg("products", () => [String], { description: "The products, by key or id." }) products: string[],
  ): Promise<AccessDecision[]> {
    if (products.length > PRODUCTS_MAX) {
      throw new Refusal("LIMIT_EXCEEDED", {
        say: `At most ${PRODUCTS_MAX} products at once.`,
        field: "products",
        details: { limit: "products", max: PRODUCTS_MAX, actual: products.length },
      });
    }
    const subject = await subjectOf(ctx, user);
    const at = ctx.clock.now();
    const keys = products.map((product) => ({ product: readProductRef(product), user: subject }));
    return (await Promise.all(keys.map((key) => checkRef(ctx, key, at)))).map((decision) => toAccessDecision(decision));
  }

  @Allow(...EVERYBODY)
  @Query(() => AccessDecision, {
    description: "May this user open this piece of content? Any of its products opens it.",
  })
  async resourceAccess(
    @Ctx() ctx: Context,
    @Arg("resource", () => String, { description: "The caller's name for the content." }) resource: string,
    @Arg("user", () => ID, { nullable: true, description: USER }) user: string | null,
  ): Promise<AccessDecision> {
    const { decision, openers } = await checkResourceAccess(ctx, { resource, user });
    return toAccessDecision(decision, openers);
  }
}

async function checkListed(
  products: readonly Product[],
  { user }: { user?: string | null },
  ctx: Context,
): Promise<AccessDecision[]> {
  const subject = await subjectOf(ctx, user);
  if (subject) return (await checkList(ctx, products, subject)).map((decision) => toAccessDecision(decision));
  const at = ctx.clock.now();
  const keys = products.map((product) => ({ product: { id: product.uuid, key: null }, user: null }));
  return (await Promise.all(keys.map((key) => checkRef(ctx, key, at)))).map((decision) => toAccessDecision(decision));
}

@Resolver(() => Product)
export class ProductAccessResolver {
  @ForMany(checkListed)
  @FieldResolver(() => AccessDecision, { description: "May this user open it?" })
  async access(
    @Root() product: Product,
    @Ctx() ctx: Context,
    @Arg("user", () => ID, { nullable: true, description: USER }) user: string | null,
  ): Promise<AccessDecision> {
    const key = { product: { id: product.uuid, key: null }, user: await subjectOf(ctx, user) };
    return toAccessDecision(await checkRef(ctx, key, ctx.clock.now()));
  }
}

@Resolver(() => User)
export class UserAccessResolver {
  @FieldResolver(() => AccessDecision, { description: "May this user open that product?" })
  async access(
    @Root() user: User,
    @Ctx() ctx: Context,
    @Arg("product", () => String, { description: "The product, by key or id." }) product: string,
  ): Promise<AccessDecision> {
    const key = { product: readProductRef(product), user: { id: user.uuid, externalId: null } };
    return toAccessDecision(await checkRef(ctx, key, ctx.clock.now()));
  }
}
