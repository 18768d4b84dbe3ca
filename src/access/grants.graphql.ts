import {
  Arg,
  Args,
  Ctx,
  Field,
  FieldResolver,
  ID,
  InputType,
  Int,
  Mutation,
  ObjectType,
  Resolver,
  Root,
} from "type-graphql";
import { toPublicId } from "../base/ids";
import { Bug } from "../base/refusal";
import { Allow, readsEverything } from "../graphql/allow";
import { PageArgs, connectionType } from "../graphql/connection";
import type { Context } from "../graphql/context";
import { enumOf } from "../graphql/enums";
import { Node, type NodeKind } from "../graphql/node";
import { readPageRequest } from "../graphql/read-page-request";
import { Product, toProduct } from "../products/products.graphql";
import { productById } from "../products/products.loader";
import { User, toUser } from "../users/users.graphql";
import { userById } from "../users/users.loader";
import { grantById, grantsOfUser } from "./access.loader";
import { AccessReasonEnum } from "./decision-reason.graphql";
import { formatDashboardUrl } from "./format-dashboard-url";
import { type GrantSource, type GrantStatus, announcedEnd, reasonOf, statusOf } from "./grant";
import { grantAccess } from "./grant-access";
import type { GrantEntity } from "./grant.entity";
import { grantOrder } from "./grants.store";
import type { AccessReason } from "./reasons";
import { revokeAccess } from "./revoke-access";

const GrantSourceEnum = enumOf<GrantSource>("GrantSource", "Where a grant comes from.", {
  SUBSCRIPTION: "A subscription in Stripe.",
  PURCHASE: "A one-off purchase in Stripe.",
  MANUAL: "Somebody granted it, by hand or from another system.",
  GIFT: "Somebody granted it as a gift.",
  IMPORT: "It came with an import.",
});

const GrantStatusEnum = enumOf<GrantStatus>("GrantStatus", "How a grant stands by the clock, at the time of asking.", {
  SCHEDULED: "It has not begun.",
  ACTIVE: "It opens the product.",
  GRACE: "It still opens the product although a payment failed.",
  SUSPENDED: "It opens nothing for the time being.",
  ENDED: "It is over.",
});

@ObjectType({ implements: Node, description: "One reason why one user may open one product." })
export class Grant extends Node {
  @Field(() => GrantSourceEnum, { description: "Where it comes from." })
  source!: GrantSource;

  @Field(() => GrantStatusEnum, { description: "How it stands by the clock." })
  status!: GrantStatus;

  @Field(() => AccessReasonEnum, { description: "Why it allows, or why it does not." })
  reason!: AccessReason;

  @Field({ description: "When it begins." })
  startsAt!: Date;

  @Field(() => Date, { nullable: true, description: "When it ends or ended; null: no end is known." })
  endsAt!: Date | null;

  @Field(() => Int, { description: "How many were bought." })
  quantity!: number;

  @Field({ description: "Whether the subscription was cancelled and runs out." })
  cancelAtPeriodEnd!: boolean;

  @Field(() => String, { nullable: true, description: "The object in Stripe that it comes from." })
  stripeObject!: string | null;

  @Field(() => String, { nullable: true, description: "Its page in Stripe's dashboard. For server keys only." })
  stripeDashboardUrl!: string | null;

  @Field(() => String, { nullable: true, description: "Why it was granted. For server keys only." })
  note!: string | null;

  @Field(() => String, {
    nullable: true,
    description: "Who granted it: a key or another system. For server keys only.",
  })
  grantedBy!: string | null;

  @Field({ description: "When we wrote it down." })
  createdAt!: Date;

  userId!: string;
  productId!: string;
}

export function toGrant(ctx: Context, row: GrantEntity): Grant {
  const now = ctx.clock.now();
  const isInternal = readsEverything(ctx);
  return Object.assign(new Grant(), {
    id: toPublicId("grant", row.id),
    userId: row.userId,
    productId: row.productId,
    source: row.source,
    status: statusOf(row, now),
    reason: reasonOf(row, now),
    startsAt: row.startsAt,
    endsAt: announcedEnd(row, now),
    quantity: row.quantity,
    cancelAtPeriodEnd: row.cancelAtPeriodEnd,
    stripeObject: row.stripeObject,
    stripeDashboardUrl: isInternal ? formatDashboardUrl(row) : null,
    note: isInternal ? row.note : null,
    grantedBy: isInternal ? row.grantedBy : null,
    createdAt: row.createdAt,
  });
}

const GrantConnection = connectionType("Grant", () => Grant);

@InputType({ description: "Access that is granted by hand or from another system." })
export class GrantAccessInput {
  @Field(() => ID, { description: "The user, by our id or the caller's." })
  user!: string;

  @Field(() => String, { description: "The product, by key or id." })
  product!: string;

  @Field(() => Date, { nullable: true, description: "When it begins; now by default." })
  startsAt?: Date | null;

  @Field(() => Date, { nullable: true, description: "When it ends; null: never." })
  endsAt?: Date | null;

  @Field(() => String, { description: "Why. It is kept for whoever asks later." })
  note!: string;

  @Field(() => String, { nullable: true, description: "The system that grants; `api` by default." })
  source?: string | null;

  @Field(() => String, {
    nullable: true,
    description: "That system's own reference. The same again is the same grant.",
  })
  externalRef?: string | null;

  @Field(() => Boolean, { nullable: true, description: "Whether it is a gift." })
  gift?: boolean | null;

  @Field(() => Boolean, {
    nullable: true,
    description: "Whether the caller's systems are told of it; they are by default.",
  })
  notify?: boolean | null;
}

@InputType({ description: "One grant, or the grant of a reference, or all manual grants of a user on a product." })
export class RevokeAccessInput {
  @Field(() => ID, { nullable: true, description: "One grant. It must not come from Stripe." })
  grant?: string | null;

  @Field(() => ID, { nullable: true, description: "With a product: all their manual grants on it." })
  user?: string | null;

  @Field(() => String, { nullable: true, description: "With a user: all their manual grants on it." })
  product?: string | null;

  @Field(() => String, { nullable: true, description: "With a reference: the system that granted; `api` by default." })
  source?: string | null;

  @Field(() => String, { nullable: true, description: "The reference that it was granted under." })
  externalRef?: string | null;

  @Field(() => String, { description: "Why. It is kept for whoever asks later." })
  note!: string;
}

@Resolver(() => Grant)
export class GrantsResolver {
  @Allow("WRITE")
  @Mutation(() => Grant, { description: "Opens a product to a user. Idempotent for a source and external reference." })
  async grantAccess(
    @Ctx() ctx: Context,
    @Arg("input", () => GrantAccessInput, { description: "Who, what, why and how long." }) input: GrantAccessInput,
  ): Promise<Grant> {
    return toGrant(ctx, await grantAccess(ctx, input));
  }

  @Allow("WRITE")
  @Mutation(() => [Grant], {
    description:
      "Revokes grants that were made by hand, as a gift or by an imported list, and returns them. A grant that comes from " +
      "Stripe is refused with ACTION_NOT_ALLOWED: cancel the subscription or refund the payment in Stripe, or unlink the " +
      "customer or the product. A paid grant that an earlier version revoked stays revoked; grantAccess opens the product again.",
  })
  async revokeAccess(
    @Ctx() ctx: Context,
    @Arg("input", () => RevokeAccessInput, { description: "Which, and why." }) input: RevokeAccessInput,
  ): Promise<Grant[]> {
    return (await revokeAccess(ctx, input)).map((row) => toGrant(ctx, row));
  }

  @FieldResolver(() => User, { description: "Who may open it." })
  async user(@Root() grant: Grant, @Ctx() ctx: Context): Promise<User> {
    const row = await ctx.load(userById, grant.userId);
    if (!row) throw new Bug("a grant is shown whose user is gone", { grant: grant.id });
    return toUser(row);
  }

  @FieldResolver(() => Product, { description: "What may be opened." })
  async product(@Root() grant: Grant, @Ctx() ctx: Context): Promise<Product> {
    const row = await ctx.load(productById, grant.productId);
    if (!row) throw new Bug("a grant is shown whose product is gone", { grant: grant.id });
    return toProduct(row);
  }
}

@Resolver(() => User)
export class UserGrantsResolver {
  @FieldResolver(() => GrantConnection.type, { description: "The user's grants in this mode, newest first." })
  async grants(
    @Root() user: User,
    @Ctx() ctx: Context,
    @Arg("active", () => Boolean, {
      nullable: true,
      description: "Only those that allow now, or only those that do not.",
    })
    active: boolean | null,
    @Args() args: PageArgs,
  ) {
    const page = readPageRequest(args, grantOrder);
    const found = await ctx.load(grantsOfUser, { parentId: user.uuid, filter: { active: active ?? null }, page });
    return GrantConnection.of(found, grantOrder, (row) => toGrant(ctx, row));
  }
}

/** A grant by its id: the server keys see all of their mode, a user token its own. */
export async function seeGrant(ctx: Context, uuid: string): Promise<Grant | null> {
  const row = await ctx.load(grantById, uuid);
  const isVisible = row && (readsEverything(ctx) || row.userId === ctx.identity.userId);
  const isPresent = isVisible && (await ctx.load(userById, row.userId)) !== null;
  return isPresent ? toGrant(ctx, row) : null;
}

export const grantNode: NodeKind = { kind: "grant", find: seeGrant };
