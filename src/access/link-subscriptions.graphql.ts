import { Ctx, FieldResolver, Int, Resolver, Root } from "type-graphql";
import type { Context } from "../graphql/context";
import { defineLoader } from "../graphql/define-loader";
import { StripeProductLink } from "../links/product-links.graphql";
import { countLiveSubscriptions } from "./link-subscriptions.store";

const liveSubscriptions = defineLoader<string, number>(async (ctx, linkIds) => {
  const counts = new Map((await countLiveSubscriptions(ctx.db, linkIds)).map((row) => [row.linkId, row.subscriptions]));
  return linkIds.map((id) => counts.get(id) ?? 0);
});

@Resolver(() => StripeProductLink)
export class LinkSubscriptionsResolver {
  @FieldResolver(() => Int, {
    description:
      "Subscriptions that are going on for what the link covers: active, trialing or past due. As we know them.",
  })
  activeSubscriptions(@Root() { row }: StripeProductLink, @Ctx() ctx: Context): Promise<number> {
    return ctx.load(liveSubscriptions, row.id);
  }
}
