import { Arg, Ctx, Field, FieldResolver, InputType, Mutation, ObjectType, Query, Resolver, Root } from "type-graphql";
import { toPublicId } from "../base/ids";
import { Allow, readsEverything } from "../graphql/allow";
import type { Context } from "../graphql/context";
import { Node, type NodeKind } from "../graphql/node";
import { Product, toProduct } from "../products/products.graphql";
import { productById } from "../products/products.loader";
import { removeResource } from "./remove-resource";
import type { ResourceEntity } from "./resource.entity";
import { openingProducts, resourceById, resourceByKey } from "./resources.loader";
import { setResource } from "./set-resource";
import { setResourceTag } from "./set-resource-tag";

@ObjectType({
  implements: Node,
  description: "A piece of the caller's content. Any of its effective products opens it; without any it is open.",
})
export class Resource extends Node {
  @Field({ description: "The caller's name for it, such as `post:42`." })
  key!: string;

  @Field(() => [String], { description: "Its tags: the products of a tag open everything that carries it." })
  tags!: string[];

  uuid!: string;
}

function toResource({ id, key, tags }: ResourceEntity): Resource {
  return Object.assign(new Resource(), { id: toPublicId("resource", id), uuid: id, key, tags });
}

@InputType({ description: "Which products open a piece of content." })
export class SetResourceInput {
  @Field(() => String, { description: "The caller's name for it; made when there is none of this name." })
  key!: string;

  @Field(() => [String], { nullable: true, description: "Replaces its tags; absent leaves them." })
  tags?: string[] | null;

  @Field(() => [String], {
    nullable: true,
    description: "Replaces its own products, by key or id; absent leaves them.",
  })
  products?: string[] | null;
}

@InputType({ description: "Which products open everything that carries a tag." })
export class SetResourceTagInput {
  @Field(() => String, { description: "The tag." })
  tag!: string;

  @Field(() => [String], { description: "Replaces the tag's products, by key or id." })
  products!: string[];
}

@Resolver(() => Resource)
export class ResourcesResolver {
  @Allow("READ")
  @Query(() => Resource, { nullable: true, description: "A piece of content by the caller's name for it." })
  async resource(
    @Ctx() ctx: Context,
    @Arg("key", () => String, { description: "The caller's name for it." }) key: string,
  ): Promise<Resource | null> {
    const row = await ctx.load(resourceByKey, key);
    return row && toResource(row);
  }

  @Allow("ADMIN")
  @Mutation(() => Resource, { description: "Makes a piece of content known, or changes what opens it." })
  async setResource(
    @Ctx() ctx: Context,
    @Arg("input", () => SetResourceInput, { description: "The content and what opens it." }) input: SetResourceInput,
  ): Promise<Resource> {
    return toResource(await setResource(ctx, { ...input }));
  }

  @Allow("ADMIN")
  @Mutation(() => Boolean, { description: "Sets which products open everything that carries a tag. Answers true." })
  async setResourceTag(
    @Ctx() ctx: Context,
    @Arg("input", () => SetResourceTagInput, { description: "The tag and its products." }) input: SetResourceTagInput,
  ): Promise<boolean> {
    await setResourceTag(ctx, { ...input });
    return true;
  }

  @Allow("ADMIN")
  @Mutation(() => Boolean, { description: "Forgets a piece of content. Answers whether there was one." })
  removeResource(
    @Ctx() ctx: Context,
    @Arg("key", () => String, { description: "The caller's name for it." }) key: string,
  ): Promise<boolean> {
    return removeResource(ctx, key);
  }

  @FieldResolver(() => [Product], { description: "The products that the resource itself names." })
  products(@Root() resource: Resource, @Ctx() ctx: Context): Promise<Product[]> {
    return productsOf(ctx, resource, (opening) => opening.own);
  }

  @FieldResolver(() => [Product], { description: "All products that open it: its own and those of its tags." })
  effectiveProducts(@Root() resource: Resource, @Ctx() ctx: Context): Promise<Product[]> {
    return productsOf(ctx, resource, () => true);
  }
}

async function productsOf(ctx: Context, resource: Resource, counts: (opening: { own: boolean }) => boolean) {
  const opening = await ctx.load(openingProducts, resource.uuid);
  const ids = opening.filter(counts).map((row) => row.product_id);
  const rows = await Promise.all(ids.map((id) => ctx.load(productById, id)));
  return rows.flatMap((row) => (row ? [toProduct(row)] : []));
}

export const resourceNode: NodeKind = {
  kind: "resource",
  async find(ctx, uuid) {
    const row = readsEverything(ctx) ? await ctx.load(resourceById, uuid) : null;
    return row && toResource(row);
  },
};
