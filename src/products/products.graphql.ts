import {
  Arg,
  Ctx,
  Field,
  FieldResolver,
  InputType,
  Int,
  Mutation,
  ObjectType,
  Query,
  Resolver,
  Root,
} from "type-graphql";
import { toPublicId } from "../base/ids";
import { Allow, EVERYBODY } from "../graphql/allow";
import type { Context } from "../graphql/context";
import { enumOf } from "../graphql/enums";
import { Node, type NodeKind } from "../graphql/node";
import { JsonScalar } from "../graphql/scalars";
import { createProduct } from "./create-product";
import type { AccessMode, ProductEntity, ProductStatus, PurchaseMethod } from "./product.entity";
import { includedIds, productById } from "./products.loader";
import { maySeeProduct, seeProduct } from "./see-product";
import { updateProduct } from "./update-product";

export const ProductStatusEnum = enumOf<ProductStatus>("ProductStatus", "Whether a product is there for the public.", {
  DRAFT: "Being prepared: the public does not see it and nobody may open it.",
  LIVE: "Visible, and open to whoever the decision allows.",
  ARCHIVED: "Kept for the record: the public does not see it and nobody may open it.",
});

const AccessModeEnum = enumOf<AccessMode>("AccessMode", "Who may open a product at all.", {
  ENTITLED: "Those who hold a grant on it, or on a bundle that includes it.",
  AUTHENTICATED: "Every user.",
  PUBLIC: "Everybody, signed in or not.",
});

export const PurchaseMethodEnum = enumOf<PurchaseMethod>("PurchaseMethod", "How somebody without access gets it.", {
  NONE: "It is not offered.",
  CHECKOUT: "Through a checkout session.",
  SALES_PAGE: "Through the caller's sales page, which leads to checkout.",
  EXTERNAL_URL: "Somewhere else altogether.",
});

@ObjectType({ implements: Node, description: "What the caller sells access to." })
export class Product extends Node {
  @Field({ description: "A stable name that the caller chose; accepted wherever a product is asked for." })
  key!: string;

  @Field({ description: "What people call it." })
  name!: string;

  @Field(() => String, { nullable: true, description: "What it is, in the caller's words." })
  description!: string | null;

  @Field(() => String, { nullable: true, description: "What may be shown to people without access." })
  teaser!: string | null;

  @Field(() => String, { nullable: true, description: "A picture of it." })
  imageUrl!: string | null;

  @Field(() => ProductStatusEnum, { description: "Whether it is there for the public." })
  status!: ProductStatus;

  @Field(() => AccessModeEnum, { description: "Who may open it at all." })
  accessMode!: AccessMode;

  @Field(() => PurchaseMethodEnum, { description: "How somebody without access gets it." })
  purchaseMethod!: PurchaseMethod;

  @Field(() => String, { nullable: true, description: "The page that sells it." })
  salesPageUrl!: string | null;

  @Field(() => String, { nullable: true, description: "The page elsewhere where it is sold." })
  externalUrl!: string | null;

  @Field({ description: "Whether listings show it to people who may not open it." })
  showWhenLocked!: boolean;

  @Field(() => [String], { description: "The caller's tags, for filtering." })
  tags!: string[];

  @Field(() => [Int], {
    description:
      "How many days before access ends its holders are reminded: a line CUSTOM `access.ending` for each, and a notice.",
  })
  remindDaysBefore!: number[];

  @Field(() => JsonScalar, { description: "Whatever the caller keeps here. Whoever sees the product may read it." })
  metadata!: object;

  @Field({ description: "When the product was made." })
  createdAt!: Date;

  uuid!: string;
}

export function toProduct(row: ProductEntity): Product {
  const { id, updatedAt: _, ...fields } = row;
  return Object.assign(new Product(), fields, { id: toPublicId("product", id), uuid: id });
}

@InputType({ description: "What products have in common when they are made and when they are changed." })
abstract class ProductInput {
  @Field(() => String, { nullable: true, description: "What it is." })
  description?: string | null;

  @Field(() => String, { nullable: true, description: "What may be shown to people without access." })
  teaser?: string | null;

  @Field(() => String, { nullable: true, description: "The https address of a picture." })
  imageUrl?: string | null;

  @Field(() => ProductStatusEnum, { nullable: true, description: "LIVE by default." })
  status?: ProductStatus;

  @Field(() => AccessModeEnum, { nullable: true, description: "ENTITLED by default." })
  accessMode?: AccessMode;

  @Field(() => PurchaseMethodEnum, { nullable: true, description: "NONE by default." })
  purchaseMethod?: PurchaseMethod;

  @Field(() => String, { nullable: true, description: "The https address of the page that sells it." })
  salesPageUrl?: string | null;

  @Field(() => String, { nullable: true, description: "The https address of the page elsewhere where it is sold." })
  externalUrl?: string | null;

  @Field(() => Boolean, {
    nullable: true,
    description: "Whether listings show it to people without access; true by default.",
  })
  showWhenLocked?: boolean;

  @Field(() => [String], { nullable: true, description: "Replaces the tags." })
  tags?: string[] | null;

  @Field(() => [Int], {
    nullable: true,
    description:
      "Replaces the reminders: how many days before access ends, at most 10 of them, from 1 to 365. Empty or null: none.",
  })
  remindDaysBefore?: number[] | null;

  @Field(() => [String], { nullable: true, description: "Keys or ids of the products that this one opens too." })
  includes?: string[] | null;

  @Field(() => JsonScalar, { nullable: true, description: "Replaces what the caller keeps here." })
  metadata?: object | null;
}

@InputType({ description: "A new product." })
export class CreateProductInput extends ProductInput {
  @Field(() => String, { description: "A stable name of the caller's choice; unique." })
  key!: string;

  @Field(() => String, { description: "What people call it." })
  name!: string;
}

@InputType({ description: "Changes to a product: null clears, absent leaves." })
export class UpdateProductInput extends ProductInput {
  @Field(() => String, { description: "The product, by key or id." })
  product!: string;

  @Field(() => String, { nullable: true, description: "A new stable name; unique." })
  key?: string;

  @Field(() => String, { nullable: true, description: "What people call it." })
  name?: string;
}

@Resolver(() => Product)
export class ProductsResolver {
  @Allow(...EVERYBODY)
  @Query(() => Product, { nullable: true, description: "A product by key or id." })
  async product(
    @Ctx() ctx: Context,
    @Arg("key", () => String, { description: "The product's key, or its id." }) key: string,
  ): Promise<Product | null> {
    const row = await seeProduct(ctx, key);
    return row && toProduct(row);
  }

  @Allow("ADMIN")
  @Mutation(() => Product, { description: "Makes a product." })
  async createProduct(
    @Ctx() ctx: Context,
    @Arg("input", () => CreateProductInput, { description: "What the product is." }) input: CreateProductInput,
  ): Promise<Product> {
    return toProduct(await createProduct(ctx, input));
  }

  @Allow("ADMIN")
  @Mutation(() => Product, { description: "Changes a product." })
  async updateProduct(
    @Ctx() ctx: Context,
    @Arg("input", () => UpdateProductInput, { description: "The product and the changes." }) input: UpdateProductInput,
  ): Promise<Product> {
    return toProduct(await updateProduct(ctx, input));
  }

  @FieldResolver(() => [Product], { description: "What it opens besides itself, in the caller's order." })
  async includes(@Root() product: Product, @Ctx() ctx: Context): Promise<Product[]> {
    const ids = await ctx.load(includedIds, product.uuid);
    const rows = await Promise.all(ids.map((id) => ctx.load(productById, id)));
    return rows.filter((row) => row !== null && maySeeProduct(ctx, row)).map((row) => toProduct(row as ProductEntity));
  }
}

export const productNode: NodeKind = {
  kind: "product",
  async find(ctx, uuid) {
    const row = await ctx.load(productById, uuid);
    return row && maySeeProduct(ctx, row) ? toProduct(row) : null;
  },
};
