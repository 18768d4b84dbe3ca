import {
  Arg,
  Args,
  ArgsType,
  Ctx,
  Field,
  FieldResolver,
  ID,
  Int,
  Mutation,
  ObjectType,
  Query,
  Resolver,
  Root,
} from "type-graphql";
import type { ErrorCode } from "../base/error-codes";
import { readPublicIdOf, toPublicId } from "../base/ids";
import { Allow, readsEverything } from "../graphql/allow";
import { PageArgs, connectionType } from "../graphql/connection";
import type { Context } from "../graphql/context";
import { ErrorCodeEnum, enumOf } from "../graphql/enums";
import { Node, type NodeKind } from "../graphql/node";
import { readPageRequest } from "../graphql/read-page-request";
import { cancelJob, jobNotFound } from "./cancel-job";
import type { JobEntity, JobKind, JobProblemRow, JobStatus } from "./job.entity";
import { jobById, problemsOfJob } from "./jobs.loader";
import { findJobPage, jobOrder, problemOrder } from "./jobs.store";

export const JobKindEnum = enumOf<JobKind>("JobKind", "What a job does.", {
  LINK_IMPORT: "Finds what was bought before a product was linked.",
  USER_IMPORT: "Takes over users from a list.",
  USER_EXPORT: "Writes users into a file.",
  ACTIVITY_EXPORT: "Writes the journal into a file.",
  RECONCILIATION: "Compares what we hold with what Stripe says.",
  REPLAY: "Reads the events of Stripe's own list again.",
});

export const JobStatusEnum = enumOf<JobStatus>("JobStatus", "How a job stands.", {
  QUEUED: "It has not begun.",
  RUNNING: "It is being worked on, page by page, or waits until it can go on: then `error` says what for.",
  SUCCEEDED: "It is through. Rows that did not go in are among its problems.",
  FAILED: "It was given up; `error` says why. What it did until then stays.",
  CANCELLED: "Somebody cancelled it. What it did until then stays.",
});

@ObjectType({ description: "A row that did not go in, or a difference that was found." })
export class JobProblem {
  @Field(() => Int, { description: "Its place among all rows of the job, from 1." })
  row!: number;

  @Field(() => String, { nullable: true, description: "What it is about, by its id in Stripe or with the caller." })
  subject!: string | null;

  @Field(() => ErrorCodeEnum, { description: "What is the matter." })
  code!: ErrorCode;

  @Field({ description: "The same in words." })
  message!: string;
}

const JobProblemConnection = connectionType("JobProblem", () => JobProblem);

@ObjectType({
  implements: Node,
  description: "Long work: it goes on by itself, in whichever replica, also after a crash.",
})
export class Job extends Node {
  @Field(() => JobKindEnum, { description: "What it does." })
  kind!: JobKind;

  @Field(() => JobStatusEnum, { description: "How it stands." })
  status!: JobStatus;

  @Field({ description: "Whether it only looks, and changes nothing." })
  dryRun!: boolean;

  @Field(() => Int, { nullable: true, description: "How many rows there are; null while that is not known." })
  total!: number | null;

  @Field(() => Int, { description: "How many rows were looked at so far." })
  done!: number;

  @Field(() => Int, { description: "How many of them were new to us." })
  created!: number;

  @Field(() => Int, { description: "How many changed something that we held." })
  updated!: number;

  @Field(() => Int, { description: "How many changed nothing." })
  skipped!: number;

  @Field(() => Int, { description: "How many did not go in. Each is among the problems." })
  failed!: number;

  @Field(() => String, { nullable: true, description: "Why it failed, or what it waits for." })
  error!: string | null;

  @Field({ description: "When it was asked for." })
  createdAt!: Date;

  @Field(() => Date, { nullable: true, description: "When it was over." })
  finishedAt!: Date | null;

  uuid!: string;
}

export function toJob(row: JobEntity): Job {
  const { kind, status, dryRun, total, done, created, updated, skipped, failed, error, createdAt, finishedAt } = row;
  const counts = { total, done, created, updated, skipped, failed };
  const fields = { uuid: row.id, kind, status, dryRun, ...counts, error, createdAt, finishedAt };
  return Object.assign(new Job(), { id: toPublicId("job", row.id), ...fields });
}

export const JobConnection = connectionType("Job", () => Job);

@ArgsType()
export class JobsArgs extends PageArgs {
  @Field(() => JobKindEnum, { nullable: true, description: "Only jobs of this kind." })
  kind?: JobKind | null;
}

@Resolver(() => Job)
export class JobsResolver {
  @Allow("READ")
  @Query(() => Job, { nullable: true, description: "A job by its id; null if there is none in this mode." })
  async job(@Ctx() ctx: Context, @Arg("id", () => ID, { description: "The job's id (job_…)." }) id: string) {
    const uuid = readPublicIdOf("job", id);
    return uuid === null ? null : findJob(ctx, uuid);
  }

  @Allow("READ")
  @Query(() => JobConnection.type, { description: "The jobs of this mode, latest first. They are kept." })
  async jobs(@Ctx() ctx: Context, @Args() { kind, ...args }: JobsArgs) {
    const page = readPageRequest(args, jobOrder);
    return JobConnection.of(await findJobPage(ctx.db, { mode: ctx.identity.mode, kind }, page), jobOrder, toJob);
  }

  @Allow("ADMIN")
  @Mutation(() => Job, { description: "Ends a job after the page that it is at. What it has done stays done." })
  async cancelJob(@Ctx() ctx: Context, @Arg("id", () => ID, { description: "The job's id (job_…)." }) id: string) {
    const uuid = readPublicIdOf("job", id);
    if (uuid === null) throw jobNotFound();
    const job = await cancelJob(ctx, { mode: ctx.identity.mode, id: uuid });
    ctx.log.info({ jobId: id, kind: job.kind }, "a job was cancelled");
    return toJob(job);
  }

  @FieldResolver(() => JobProblemConnection.type, {
    description: "One for each row that did not go in, and for each difference that was found.",
  })
  async problems(@Root() job: Job, @Ctx() ctx: Context, @Args() args: PageArgs) {
    const page = readPageRequest(args, problemOrder);
    const found = await ctx.load(problemsOfJob, { parentId: job.uuid, filter: {}, page });
    return JobProblemConnection.of(found, problemOrder, toProblem);
  }
}

function toProblem(row: JobProblemRow): JobProblem {
  return Object.assign(new JobProblem(), row);
}

async function findJob(ctx: Context, uuid: string): Promise<Job | null> {
  const row = await ctx.load(jobById, uuid);
  return row && toJob(row);
}

export const jobNode: NodeKind = {
  kind: "job",
  find: async (ctx, uuid) => (readsEverything(ctx) ? findJob(ctx, uuid) : null),
};
