import { Arg, Ctx, Field, ID, ObjectType, Query, Resolver } from "type-graphql";
import { Allow } from "../graphql/allow";
import type { Context } from "../graphql/context";
import { AccessDecision, toAccessDecision } from "./decision.graphql";
import { explainAccess } from "./explain-access";
import { Grant, toGrant } from "../access/grants.graphql";

@ObjectType({ description: "One link of the chain from a person to a product." })
export class ExplanationStep {
  @Field({ description: "The link of the chain that was checked." })
  check!: string;

  @Field({ description: "Whether it holds." })
  ok!: boolean;

  @Field({ description: "The finding, in words and in ids of this mode." })
  detail!: string;

  @Field(() => String, { nullable: true, description: "The object in Stripe that it is about." })
  stripeObject!: string | null;

  @Field(() => String, {
    nullable: true,
    description:
      "The call to run, or what to do in Stripe. It opens the product for this user alone; a fix that reaches other people says so.",
  })
  fix!: string | null;
}

@ObjectType({ description: "Why a decision is as it is." })
export class AccessExplanation {
  @Field(() => AccessDecision, { description: "The decision that is explained." })
  decision!: AccessDecision;

  @Field(() => [ExplanationStep], { description: "The links of the chain in order; the first that is not ok is why." })
  steps!: ExplanationStep[];

  @Field(() => [Grant], { description: "Every grant of the user on the product and on bundles that include it." })
  grants!: Grant[];
}

@Resolver()
export class ExplainAccessResolver {
  @Allow("READ")
  @Query(() => AccessExplanation, { description: "Why may this user open this product, or why not?" })
  async explainAccess(
    @Ctx() ctx: Context,
    @Arg("product", () => String, { description: "The product, by key or id." }) product: string,
    @Arg("user", () => ID, { description: "The user, by our id or the caller's." }) user: string,
  ): Promise<AccessExplanation> {
    const { decision, steps, grants } = await explainAccess(ctx, { product, user });
    return Object.assign(new AccessExplanation(), {
      decision: toAccessDecision(decision),
      steps: steps.map((step) => Object.assign(new ExplanationStep(), step)),
      grants: grants.map((grant) => toGrant(ctx, grant)),
    });
  }
}
