import { Arg, Ctx, Field, ID, InputType, Mutation, Resolver } from "type-graphql";
import { Allow } from "../graphql/allow";
import type { Context } from "../graphql/context";
import { Job, toJob } from "../work/jobs.graphql";
import { reconcile } from "./reconcile";

@InputType({ description: "What is compared with Stripe." })
export class ReconcileInput {
  @Field(() => ID, { nullable: true, description: "One connection; all of this mode by default." })
  connection?: string | null;

  @Field(() => ID, { nullable: true, description: "Only what this user bought; everybody by default." })
  user?: string | null;

  @Field(() => Date, { nullable: true, description: "Only what was bought since then." })
  since?: Date | null;

  @Field(() => Boolean, { nullable: true, description: "Only report the differences, and mend nothing." })
  dryRun?: boolean | null;
}

@Resolver()
export class ReconcileResolver {
  @Allow("ADMIN")
  @Mutation(() => Job, {
    description:
      "Compares what we hold with what Stripe says, and mends it. Each difference is among the problems of the job. It runs by itself every day, and after gaps in the webhooks, at most once an hour; such an automatic run never refuses yours. Where you ask for a whole connection, yours takes the place of the automatic run.",
  })
  async reconcile(
    @Ctx() ctx: Context,
    @Arg("input", () => ReconcileInput, { description: "What is compared." }) input: ReconcileInput,
  ): Promise<Job> {
    const job = await reconcile(ctx, input);
    ctx.log.info({ jobId: job.id, dryRun: job.dryRun }, "a reconciliation was asked for");
    return toJob(job);
  }
}
