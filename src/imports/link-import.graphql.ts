import { Ctx, FieldResolver, Resolver, Root } from "type-graphql";
import type { Context } from "../graphql/context";
import { StripeProductLink } from "../links/product-links.graphql";
import { Job, toJob } from "../work/jobs.graphql";
import { importOfLink } from "../work/jobs.loader";

@Resolver(() => StripeProductLink)
export class LinkImportResolver {
  @FieldResolver(() => Job, { name: "import", nullable: true, description: "The latest import for this link." })
  async latestImport(@Root() link: StripeProductLink, @Ctx() ctx: Context): Promise<Job | null> {
    const job = await ctx.load(importOfLink, link.row.id);
    return job && toJob(job);
  }
}
