import { Arg, ID, Resolver, Root, Subscription } from "type-graphql";
import { readPublicIdOf } from "../base/ids";
import { Allow } from "../graphql/allow";
import type { Context } from "../graphql/context";
import { jobNotFound } from "./cancel-job";
import type { JobEntity } from "./job.entity";
import { Job, toJob } from "./jobs.graphql";
import { watchJob } from "./watch-job";

@Resolver()
export class JobProgressResolver {
  @Allow("READ")
  @Subscription(() => Job, {
    description:
      "How a job stands, then how it stands after each change, a few times a second at the most, to its end.",
    subscribe: ({ args, context }) => begin(context, String(args["id"])),
  })
  jobProgress(@Root() row: JobEntity, @Arg("id", () => ID, { description: "The job's id (job_…)." }) _id: string): Job {
    return toJob(row);
  }
}

async function begin(ctx: Context, id: string): Promise<AsyncIterable<JobEntity>> {
  const uuid = readPublicIdOf("job", id);
  if (uuid === null) throw jobNotFound();
  return watchJob(ctx, { mode: ctx.identity.mode, id: uuid });
}
