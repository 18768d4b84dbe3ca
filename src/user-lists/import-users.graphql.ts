import { Arg, Ctx, Field, ID, InputType, Mutation, Resolver } from "type-graphql";
import { Allow } from "../graphql/allow";
import type { Context } from "../graphql/context";
import { JsonScalar } from "../graphql/scalars";
import { Job, toJob } from "../work/jobs.graphql";
import { importUsers } from "./import-users";

@InputType({ description: "One person of a list. What is absent, null or empty is left as it is." })
export class ImportUserRow {
  @Field(() => String, { nullable: true, description: "The caller's own id. By it the person is found first." })
  externalId?: string | null;

  @Field(() => String, { nullable: true, description: "By it the person is found if the external id is nobody's." })
  email?: string | null;

  @Field(() => Boolean, { nullable: true, description: "Whether the caller has verified this address." })
  emailVerified?: boolean | null;

  @Field(() => String, { nullable: true, description: "What the person is called." })
  name?: string | null;

  @Field(() => String, {
    nullable: true,
    description:
      "The customer in Stripe that the person is. One that is somebody else's stays theirs: that is a problem.",
  })
  stripeCustomerId?: string | null;

  @Field(() => [String], { nullable: true, description: "Products that the person may open, by key or id." })
  products?: string[] | null;

  @Field(() => Date, { nullable: true, description: "When access to the products ends; absent: never, or as it is." })
  accessEndsAt?: Date | null;

  @Field(() => JsonScalar, { nullable: true, description: "Added to what is kept, key by key." })
  metadata?: object | null;
}

@InputType({ description: "A list of people, as CSV or as rows, and how it is taken over." })
export class ImportUsersInput {
  @Field(() => String, {
    nullable: true,
    description:
      "The list as CSV whose first row names the columns (docs/imports.md). One that is larger than a request may be is " +
      "uploaded: POST /imports/users.",
  })
  csv?: string | null;

  @Field(() => [ImportUserRow], { nullable: true, description: "The list as rows, instead of csv." })
  rows?: ImportUserRow[] | null;

  @Field(() => Boolean, { nullable: true, description: "Only count, and change nothing; false by default." })
  dryRun?: boolean | null;

  @Field(() => Boolean, { nullable: true, description: "Whether notices of new access are queued; false by default." })
  notify?: boolean | null;

  @Field(() => Boolean, {
    nullable: true,
    description: "Whether people whom we do not know are made; true by default. Otherwise they are problems.",
  })
  createUsers?: boolean | null;

  @Field(() => ID, { nullable: true, description: "The account of the customers, if several are connected." })
  connection?: string | null;
}

@Resolver()
export class ImportUsersResolver {
  @Allow("WRITE")
  @Mutation(() => Job, {
    description:
      "Takes over people from a list, by a job: they are made or changed, granted products and linked to customers. The " +
      "same list once more changes nothing. Each row that did not go in is among the job's problems, by its number.",
  })
  async importUsers(
    @Ctx() ctx: Context,
    @Arg("input", () => ImportUsersInput, { description: "The list." }) input: ImportUsersInput,
  ): Promise<Job> {
    const job = await importUsers(ctx, input);
    ctx.log.info({ jobId: job.id, dryRun: job.dryRun }, "a list of users is taken over");
    return toJob(job);
  }
}
