import {
  Arg,
  Args,
  Ctx,
  Field,
  FieldResolver,
  ID,
  InputType,
  Mutation,
  ObjectType,
  Query,
  Resolver,
  Root,
} from "type-graphql";
import type { ActivityEntity } from "../activities/activity.entity";
import {
  type ActivityType,
  type Actor,
  type Origin,
  UNCLAIMED,
  activityTypes,
  actors,
  origins,
  ownCustomTypes,
} from "../activities/activity-types";
import { toPublicId } from "../base/ids";
import { Allow, readsEverything } from "../graphql/allow";
import { PageArgs, connectionType } from "../graphql/connection";
import type { Context } from "../graphql/context";
import { enumOf } from "../graphql/enums";
import { Node, type NodeKind } from "../graphql/node";
import { readPageRequest } from "../graphql/read-page-request";
import { JsonScalar } from "../graphql/scalars";
import { Product, toProduct } from "../products/products.graphql";
import { productById } from "../products/products.loader";
import { maySeeProduct } from "../products/see-product";
import { User, toUser } from "../users/users.graphql";
import { userById } from "../users/users.loader";
import { customersOfUser } from "../links/customer-links.loader";
import { activitiesOfUser, activityById } from "./activities.loader";
import { activityOrder } from "./activities.store";
import { hideCustomers, namesCustomer } from "./hide-customers";
import { listActivities } from "./list-activities";
import { recordActivity } from "./record-activity";

const ActivityTypeEnum = enumOf<ActivityType>("ActivityType", "What a line of the journal says.", activityTypes);
const ActivityOriginEnum = enumOf<Origin>("ActivityOrigin", "Where we learned of what a line says.", origins);
const ActorEnum = enumOf<Actor>("Actor", "Who made it happen.", actors);

@ObjectType({ implements: Node, description: "A line of the append-only journal." })
export class Activity extends Node {
  @Field(() => ActivityTypeEnum, { description: "What happened." })
  type!: ActivityType;

  @Field(() => String, {
    nullable: true,
    description: `The name of a CUSTOM line: the caller's own, or one of ours (${Object.keys(ownCustomTypes).join(", ")}).`,
  })
  customType!: string | null;

  @Field({ description: "When it happened." })
  at!: Date;

  @Field({ description: "When it was written down." })
  recordedAt!: Date;

  @Field(() => ActorEnum, { description: "Who made it happen." })
  actor!: Actor;

  @Field({
    description:
      "Where we learned of it: WEBHOOK, IMPORT, RECONCILIATION, API or CLOCK. `originKind` has the same as an enum.",
  })
  origin!: string;

  @Field(() => ActivityOriginEnum, { description: "Where we learned of it." })
  originKind!: Origin;

  userId!: string | null;
  productId!: string | null;
  row!: ActivityEntity;
}

function toActivity(row: ActivityEntity): Activity {
  const { type, customType, at, recordedAt, actor, origin, userId, productId } = row;
  const originKind = origin as Origin;
  const fields = { type, customType, at, recordedAt, actor, origin, originKind, userId, productId };
  return Object.assign(new Activity(), { id: toPublicId("activity", row.id), ...fields, row });
}

/** What a line says, as the caller may see it: a user token sees no customers but those of its user. */
async function shown(ctx: Context, value: unknown): Promise<unknown> {
  if (readsEverything(ctx) || !namesCustomer(value)) return value;
  const links = ctx.identity.userId === null ? [] : await ctx.load(customersOfUser, ctx.identity.userId);
  const own = links.filter(({ active, dead }) => active || dead).map(({ customer }) => customer);
  return hideCustomers(value, new Set(own));
}

const ActivityConnection = connectionType("Activity", () => Activity);

@InputType("ActivityFilter", { description: "Which lines to list; what is left out does not matter." })
export class ActivityFilterInput {
  @Field(() => [ActivityTypeEnum], { nullable: true, description: "Only these types." })
  types?: ActivityType[] | null;

  @Field(() => ID, {
    nullable: true,
    description:
      "Only about this user, by our id or the caller's. Server keys also find purchases that may be the user's.",
  })
  user?: string | null;

  @Field(() => String, { nullable: true, description: "Only about this product, by key or id." })
  product?: string | null;

  @Field(() => Date, { nullable: true, description: "What happened at this moment or later." })
  after?: Date | null;

  @Field(() => Date, { nullable: true, description: "What happened before this moment." })
  before?: Date | null;

  @Field(() => ActorEnum, { nullable: true, description: "Only what this one made happen." })
  actor?: Actor | null;

  @Field(() => [String], {
    nullable: true,
    description: "Only lines of these origins: WEBHOOK, IMPORT, RECONCILIATION, API or CLOCK.",
  })
  origins?: string[] | null;

  @Field(() => [String], {
    nullable: true,
    description: "Only CUSTOM lines with one of these names, such as `access.ending` or a name of your own.",
  })
  customTypes?: string[] | null;
}

@InputType({ description: "A line of the caller's own." })
export class RecordActivityInput {
  @Field(() => String, {
    description:
      "Your name for what happened. The names of our own CUSTOM lines, such as `access.ending`, are refused.",
  })
  type!: string;

  @Field(() => ID, { nullable: true, description: "The user it is about, by our id or the caller's." })
  user?: string | null;

  @Field(() => String, { nullable: true, description: "The product it is about, by key or id." })
  product?: string | null;

  @Field(() => String, { nullable: true, description: "A sentence for people; the type by default." })
  message?: string | null;

  @Field(() => JsonScalar, { nullable: true, description: "Whatever goes with it. The user may read it." })
  data?: object | null;
}

@Resolver(() => Activity)
export class ActivitiesResolver {
  @Allow("USER", "READ")
  @Query(() => ActivityConnection.type, { description: "The journal, latest first. A user token reads its own lines." })
  async activities(
    @Ctx() ctx: Context,
    @Arg("filter", () => ActivityFilterInput, { nullable: true, description: "Which lines." })
    filter: ActivityFilterInput | null,
    @Args() args: PageArgs,
  ) {
    const page = await listActivities(ctx, filter ?? {}, readPageRequest(args, activityOrder));
    return ActivityConnection.of(page, activityOrder, toActivity);
  }

  @Allow("WRITE")
  @Mutation(() => Activity, { description: "Writes a line of the caller's own into the journal, of type CUSTOM." })
  async recordActivity(
    @Ctx() ctx: Context,
    @Arg("input", () => RecordActivityInput, { description: "What happened." }) input: RecordActivityInput,
  ): Promise<Activity> {
    return toActivity(await recordActivity(ctx, input));
  }

  @FieldResolver(() => String, {
    nullable: true,
    description: "The object in Stripe that it is about. User tokens see no customers but their own.",
  })
  async stripeObject(@Root() { row }: Activity, @Ctx() ctx: Context): Promise<string | null> {
    return (await shown(ctx, row.stripeObject)) as string | null;
  }

  @FieldResolver(() => String, {
    description: "A sentence for people. User tokens see no ids of customers but their own in it.",
  })
  async message(@Root() { row }: Activity, @Ctx() ctx: Context): Promise<string> {
    return (await shown(ctx, row.message)) as string;
  }

  @FieldResolver(() => JsonScalar, {
    description:
      "Ids and numbers that go with it. User tokens see those of CUSTOM lines only, without customers who are not theirs.",
  })
  async data(@Root() { row }: Activity, @Ctx() ctx: Context): Promise<object> {
    const isVisible = readsEverything(ctx) || row.type === "CUSTOM";
    return (await shown(ctx, isVisible ? row.data : {})) as object;
  }

  @FieldResolver(() => User, { nullable: true, description: "Whom it is about; null when the person was removed." })
  async user(@Root() activity: Activity, @Ctx() ctx: Context): Promise<User | null> {
    const row = activity.userId === null ? null : await ctx.load(userById, activity.userId);
    return row && toUser(row);
  }

  @FieldResolver(() => Product, { nullable: true, description: "What it is about." })
  async product(@Root() activity: Activity, @Ctx() ctx: Context): Promise<Product | null> {
    const row = activity.productId === null ? null : await ctx.load(productById, activity.productId);
    return row && maySeeProduct(ctx, row) ? toProduct(row) : null;
  }
}

@Resolver(() => User)
export class UserActivitiesResolver {
  @FieldResolver(() => ActivityConnection.type, {
    description: "The lines about this user in this mode, latest first.",
  })
  async activities(@Root() user: User, @Ctx() ctx: Context, @Args() args: PageArgs) {
    const page = readPageRequest(args, activityOrder);
    const found = await ctx.load(activitiesOfUser, { parentId: user.uuid, filter: {}, page });
    return ActivityConnection.of(found, activityOrder, toActivity);
  }
}

export const activityNode: NodeKind = {
  kind: "activity",
  async find(ctx, uuid) {
    const row = await ctx.load(activityById, uuid);
    const isOwn = row !== null && row.userId !== null && row.userId === ctx.identity.userId;
    const isVisible = row && (readsEverything(ctx) || (isOwn && row.customType !== UNCLAIMED));
    return isVisible ? toActivity(row) : null;
  },
};
