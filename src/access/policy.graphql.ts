import { Arg, Ctx, Field, InputType, Int, Mutation, ObjectType, Query, Resolver } from "type-graphql";
import { Allow } from "../graphql/allow";
import type { Context } from "../graphql/context";
import { enumOf } from "../graphql/enums";
import { AccessPreview, toAccessPreview } from "./access-preview.graphql";
import type { AutoCreateUsers, DisputeRule, Policy } from "./policy";
import { findPolicy } from "./policy.store";
import { previewPolicy, updatePolicy } from "./update-policy";

const DisputeRuleEnum = enumOf<DisputeRule>(
  "DisputeRule",
  "What an open dispute does to the access that was paid for.",
  {
    KEEP: "Nothing: access stays until the dispute is lost.",
    SUSPEND: "Access is suspended until the dispute is decided.",
    REVOKE: "Access ends; a dispute that is won restores it.",
  },
);

const AutoCreateUsersEnum = enumOf<AutoCreateUsers>("AutoCreateUsers", "Whether a purchase makes a user.", {
  NEVER: "Never: the purchase of somebody unknown waits to be claimed or linked.",
  ON_PURCHASE: "A purchase of a linked product makes a user with the buyer's address, not verified.",
});

@ObjectType({ description: "What the owner of the shop decides about access, in this mode." })
export class AccessPolicy {
  @Field(() => Int, {
    description:
      "Days of grace for a run of unpaid invoices, counted from the first payment that failed or due date that passed.",
  })
  pastDueGraceDays!: number;

  @Field(() => DisputeRuleEnum, { description: "What an open dispute does." })
  disputeOpened!: DisputeRule;

  @Field({ description: "Whether a full refund of a one-off purchase ends access." })
  fullRefundEndsAccess!: boolean;

  @Field({ description: "Whether a part of it is enough." })
  partialRefundEndsAccess!: boolean;

  @Field({ description: "Whether access is suspended while a subscription's invoices are not collected." })
  pausedCollectionSuspends!: boolean;

  @Field(() => AutoCreateUsersEnum, { description: "Whether a purchase makes a user." })
  autoCreateUsers!: AutoCreateUsers;

  @Field(() => Int, { nullable: true, description: "Trials that one user may have of a product; null: no limit." })
  trialsPerUser!: number | null;
}

function toPolicy(policy: Policy): AccessPolicy {
  return Object.assign(new AccessPolicy(), policy);
}

@InputType({ description: "What changes; absent leaves." })
export class UpdatePolicyInput {
  @Field(() => Int, {
    nullable: true,
    description:
      "Days of grace for a run of unpaid invoices, counted from the first payment that failed or due date that passed: 0 to 365.",
  })
  pastDueGraceDays?: number | null;

  @Field(() => DisputeRuleEnum, { nullable: true, description: "What an open dispute does." })
  disputeOpened?: DisputeRule | null;

  @Field(() => Boolean, { nullable: true, description: "Whether a full refund of a one-off purchase ends access." })
  fullRefundEndsAccess?: boolean | null;

  @Field(() => Boolean, { nullable: true, description: "Whether a part of it is enough." })
  partialRefundEndsAccess?: boolean | null;

  @Field(() => Boolean, {
    nullable: true,
    description: "Whether access is suspended while invoices are not collected.",
  })
  pausedCollectionSuspends?: boolean | null;

  @Field(() => AutoCreateUsersEnum, { nullable: true, description: "Whether a purchase makes a user." })
  autoCreateUsers?: AutoCreateUsers | null;

  @Field(() => Int, { nullable: true, description: "Trials that one user may have of a product; null: no limit." })
  trialsPerUser?: number | null;
}

@Resolver()
export class PolicyResolver {
  @Allow("READ")
  @Query(() => AccessPolicy, { description: "The rules about access in this mode." })
  async policy(@Ctx() ctx: Context): Promise<AccessPolicy> {
    return toPolicy(await findPolicy(ctx.db, ctx.identity.mode));
  }

  @Allow("READ")
  @Query(() => AccessPreview, { description: "Who would gain and who would lose access by a change of the policy." })
  async policyPreview(
    @Ctx() ctx: Context,
    @Arg("input", () => UpdatePolicyInput, { description: "The change that is thought of." }) input: UpdatePolicyInput,
  ): Promise<AccessPreview> {
    return toAccessPreview(await previewPolicy(ctx, input));
  }

  @Allow("ADMIN")
  @Mutation(() => AccessPolicy, {
    description: "Changes the rules of this mode. The grants of everybody concerned follow at once.",
  })
  async updatePolicy(
    @Ctx() ctx: Context,
    @Arg("input", () => UpdatePolicyInput, { description: "What changes." }) input: UpdatePolicyInput,
  ): Promise<AccessPolicy> {
    return toPolicy(await updatePolicy(ctx, input));
  }
}
