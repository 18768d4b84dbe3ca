import { Arg, Ctx, ID, Mutation, Resolver } from "type-graphql";
import { Allow } from "../graphql/allow";
import type { Context } from "../graphql/context";
import { Job, toJob } from "../work/jobs.graphql";
import { replayEvents } from "./replay-events";

@Resolver()
export class ReplayEventsResolver {
  @Allow("ADMIN")
  @Mutation(() => Job, {
    description:
      "Reads the events of Stripe's own list again. The job counts events that we missed as `created`, events that " +
      "waited or had been given up, and are tried again at once, as `updated`, and events that are done as `skipped`.",
  })
  async replayEvents(
    @Ctx() ctx: Context,
    @Arg("connection", () => ID, { description: "The connection (con_…)." }) connection: string,
    @Arg("since", () => Date, { description: "From when on. Stripe lists its events for 30 days." }) since: Date,
  ): Promise<Job> {
    const job = await replayEvents(ctx, { connection, since });
    ctx.log.info({ jobId: job.id, connectionId: job.connectionId }, "events are replayed");
    return toJob(job);
  }
}
