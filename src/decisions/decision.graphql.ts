import { Ctx, Field, FieldResolver, ObjectType, Resolver, Root } from "type-graphql";
import type { Context } from "../graphql/context";
import { PurchaseOption } from "../links/purchase-options.graphql";
import { Product, toProduct } from "../products/products.graphql";
import { productById } from "../products/products.loader";
import { maySeeProduct } from "../products/see-product";
import { purchaseOptionsOf } from "./purchase-options.graphql";
import { AccessReasonEnum } from "../access/decision-reason.graphql";
import type { Decision } from "../access/decide";
import { Grant, seeGrant } from "../access/grants.graphql";
import type { AccessReason } from "../access/reasons";

@ObjectType({ description: "May this person open this product? Every answer says why and until when." })
export class AccessDecision {
  @Field({ description: "Whether it may be opened." })
  allowed!: boolean;

  @Field(() => AccessReasonEnum, { description: "Why." })
  reason!: AccessReason;

  @Field(() => Date, { nullable: true, description: "When access begins, for NOT_STARTED." })
  startsAt!: Date | null;

  @Field(() => Date, { nullable: true, description: "When access will end as things stand; null: no end is known." })
  endsAt!: Date | null;

  @Field(() => Date, {
    nullable: true,
    description: "The earliest moment at which this answer may change by the clock alone; null: it will not.",
  })
  recheckAt!: Date | null;

  @Field(() => Date, {
    nullable: true,
    description: "How fresh our knowledge of Stripe is for this user; null: no Stripe object is involved.",
  })
  asOf!: Date | null;

  decision!: Decision;

  /** The products whose purchase would open it; null: the one that it is about. */
  openers!: readonly string[] | null;
}

export function toAccessDecision(decision: Decision, openers: readonly string[] | null = null): AccessDecision {
  const { allowed, reason, startsAt, endsAt, recheckAt } = decision;
  return Object.assign(new AccessDecision(), {
    allowed,
    reason,
    startsAt,
    endsAt,
    recheckAt,
    asOf: decision.grant?.asOf ?? null,
    decision,
    openers,
  });
}

@Resolver(() => AccessDecision)
export class AccessDecisionResolver {
  @FieldResolver(() => Product, { nullable: true, description: "The product; null for UNKNOWN_PRODUCT and resources." })
  product(@Root() { decision }: AccessDecision, @Ctx() ctx: Context): Promise<Product | null> {
    return loadProduct(ctx, decision.productId);
  }

  @FieldResolver(() => Grant, { nullable: true, description: "The grant that decides; on denial the most recent one." })
  grant(@Root() { decision }: AccessDecision, @Ctx() ctx: Context): Promise<Grant | null> {
    return decision.grant ? seeGrant(ctx, decision.grant.id) : Promise.resolve(null);
  }

  @FieldResolver(() => Product, { nullable: true, description: "The bundle that opened it." })
  via(@Root() { decision }: AccessDecision, @Ctx() ctx: Context): Promise<Product | null> {
    return loadProduct(ctx, decision.viaProductId);
  }

  @FieldResolver(() => [PurchaseOption], {
    description: "On denial: what to buy, by default first. Empty when nothing is for sale.",
  })
  async purchaseOptions(
    @Root() { allowed, openers, decision }: AccessDecision,
    @Ctx() ctx: Context,
  ): Promise<PurchaseOption[]> {
    if (allowed) return [];
    const offers = (openers ?? [decision.productId]).map(async (id) => {
      const product = await loadProduct(ctx, id);
      return product ? purchaseOptionsOf(ctx, product) : [];
    });
    return (await Promise.all(offers)).flat();
  }
}

async function loadProduct(ctx: Context, id: string | null): Promise<Product | null> {
  const row = id === null ? null : await ctx.load(productById, id);
  return row && maySeeProduct(ctx, row) ? toProduct(row) : null;
}
