import { Ctx, Field, FieldResolver, Int, ObjectType, Resolver, Root } from "type-graphql";
import { toPublicId } from "../base/ids";
import { Bug } from "../base/refusal";
import { StripeConnection, toConnection } from "../connections/connection.graphql";
import { connectionById } from "../connections/connections.loader";
import { readsEverything } from "../graphql/allow";
import type { Context } from "../graphql/context";
import { Node, type NodeKind } from "../graphql/node";
import { Product, toProduct } from "../products/products.graphql";
import { productById } from "../products/products.loader";
import { StripePrice, toStripePrice } from "./catalogue.graphql";
import { keptPrices, keptProduct } from "./catalogue.loader";
import { decideCheckoutPrice } from "./decide-checkout-price";
import type { ProductLinkEntity } from "./product-link.entity";
import { linkById, linksOfProduct } from "./product-links.loader";

@ObjectType({
  implements: Node,
  description: "Whoever holds this Stripe product, or one of the named prices of it, may open this product of ours.",
})
export class StripeProductLink extends Node {
  @Field({ description: "Stripe's id of the product." })
  stripeProductId!: string;

  @Field(() => [String], { description: "The prices that count. Empty: every price of the product, later ones too." })
  priceIds!: string[];

  @Field({ description: "Whether it is sold through our checkout. It opens what was bought elsewhere in any case." })
  checkoutEnabled!: boolean;

  @Field(() => [String], {
    description:
      "The prices that the public may buy, and that `purchaseOptions` shows. Empty: the checkout price alone.",
  })
  offeredPriceIds!: string[];

  @Field(() => Int, { description: "How many the public may buy in one purchase." })
  maxQuantity!: number;

  @Field({ description: "Whether a new name of the product is written to the Stripe product, in the background." })
  pushName!: boolean;

  @Field(() => Int, { nullable: true, description: "One-off purchases end after so many days; null: never." })
  accessDurationDays!: number | null;

  @Field(() => Date, { nullable: true, description: "One-off purchases end at this moment; null: never." })
  accessEndsAt!: Date | null;

  row!: ProductLinkEntity;
}

export function toProductLink(row: ProductLinkEntity): StripeProductLink {
  const { stripeProduct: stripeProductId, priceIds, checkoutEnabled, offeredPriceIds, maxQuantity } = row;
  const { accessDurationDays, accessEndsAt, pushName } = row;
  const sale = { checkoutEnabled, offeredPriceIds, maxQuantity };
  const fields = { stripeProductId, priceIds, ...sale, accessDurationDays, accessEndsAt, pushName };
  return Object.assign(new StripeProductLink(), { id: toPublicId("link", row.id), ...fields, row });
}

@Resolver(() => StripeProductLink)
export class ProductLinksResolver {
  @FieldResolver(() => Product, { description: "What it opens." })
  async product(@Root() { row }: StripeProductLink, @Ctx() ctx: Context): Promise<Product> {
    const product = await ctx.load(productById, row.productId);
    if (!product) throw new Bug("a link is shown whose product is gone", { link: row.id });
    return toProduct(product);
  }

  @FieldResolver(() => StripeConnection, { description: "The account in which the Stripe product is." })
  async connection(@Root() { row }: StripeProductLink, @Ctx() ctx: Context): Promise<StripeConnection> {
    const connection = await ctx.load(connectionById, row.connectionId);
    if (!connection) throw new Bug("a link is shown whose connection is gone", { link: row.id });
    return toConnection(ctx, connection);
  }

  @FieldResolver(() => String, { description: "The name in Stripe, kept up to date." })
  async stripeProductName(@Root() { row }: StripeProductLink, @Ctx() ctx: Context): Promise<string> {
    return (await ctx.load(keptProduct, keyOf(row)))?.name ?? row.stripeProduct;
  }

  @FieldResolver(() => Boolean, {
    description: "False: archived or deleted in Stripe. It can no longer be bought; whoever holds it keeps access.",
  })
  async stripeProductActive(@Root() { row }: StripeProductLink, @Ctx() ctx: Context): Promise<boolean> {
    return (await ctx.load(keptProduct, keyOf(row)))?.active ?? false;
  }

  @FieldResolver(() => StripePrice, {
    nullable: true,
    description:
      "What is sold if the buyer names no price: the chosen one, else Stripe's default, else the only one. Null: none.",
  })
  async checkoutPrice(@Root() { row }: StripeProductLink, @Ctx() ctx: Context): Promise<StripePrice | null> {
    const [product, prices] = await Promise.all([ctx.load(keptProduct, keyOf(row)), ctx.load(keptPrices, keyOf(row))]);
    const price = decideCheckoutPrice(row, product, prices);
    return price && toStripePrice(price);
  }
}

function keyOf(link: ProductLinkEntity): { connectionId: string; id: string } {
  return { connectionId: link.connectionId, id: link.stripeProduct };
}

@Resolver(() => Product)
export class LinksOfProductResolver {
  @FieldResolver(() => Boolean, {
    description: "Whether it is linked to a Stripe product of a connected account, in the viewer's mode.",
  })
  async isLinked(@Root() product: Product, @Ctx() ctx: Context): Promise<boolean> {
    const links = await ctx.load(linksOfProduct, product.uuid);
    const connections = await Promise.all(links.map((link) => ctx.load(connectionById, link.connectionId)));
    return connections.some((connection) => connection !== null && connection.status !== "DISCONNECTED");
  }

  @FieldResolver(() => [StripeProductLink], {
    description:
      "The Stripe products that open it, in the viewer's mode, also those of accounts that were disconnected. For server " +
      "keys; others see none.",
  })
  async links(@Root() product: Product, @Ctx() ctx: Context): Promise<StripeProductLink[]> {
    if (!readsEverything(ctx)) return [];
    return (await ctx.load(linksOfProduct, product.uuid)).map(toProductLink);
  }
}

export const productLinkNode: NodeKind = {
  kind: "link",
  async find(ctx, uuid) {
    const row = readsEverything(ctx) ? await ctx.load(linkById, uuid) : null;
    return row && toProductLink(row);
  },
};
