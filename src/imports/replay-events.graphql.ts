import { Arg, Ctx, ID, Mutation, Resolver } from "type-graphql";
import { Allow } from "../graphql/allow";
import type { Context } from "../graphql/context";
import { Job, toJob } from "../work/jobs.graphql";
import { replayEvents } from "./replay-events";

@Resolver()
export class ReplayEventsResolver {
  @Allow("ADMIN")
  @Mutation(() => Job, {
    description: "Reads events of Stripe's own list that we missed, and tries those again that we gave up on.",
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
