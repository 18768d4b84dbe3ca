import { Ctx, Field, FieldResolver, Int, ObjectType, Resolver, Root } from "type-graphql";
import type { Context } from "../graphql/context";
import { User, toUser } from "../users/users.graphql";
import { userById } from "../users/users.loader";
import type { Preview } from "./preview-plan";

@ObjectType({
  description:
    "Who gains and who loses access by a change, counted from what we hold of Stripe. Buyers whom we do not know yet " +
    "are counted as gaining where a purchase makes users.",
})
export class AccessPreview {
  @Field(() => Int, { description: "People who have no access now and will have it." })
  gaining!: number;

  @Field(() => Int, { description: "People who have access now and will not have it." })
  losing!: number;

  @Field(() => Int, { description: "People whom it concerns and who keep their access." })
  unchanged!: number;

  @Field(() => Int, {
    description:
      "Events of these accounts that came in and are not worked on yet, as right after sales. What they say is not " +
      "counted. 0: the counts are up to date.",
  })
  waitingEvents!: number;

  @Field(() => Boolean, {
    description:
      "False when the account holds more purchases than a preview reads in Stripe. The job of a dry run counts all.",
  })
  isComplete!: boolean;

  userIds!: string[];
}

export function toAccessPreview({ sample, ...counts }: Preview): AccessPreview {
  return Object.assign(new AccessPreview(), { ...counts, userIds: sample });
}

@Resolver(() => AccessPreview)
export class AccessPreviewResolver {
  @FieldResolver(() => [User], { description: "At most ten of those who gain or lose." })
  async sample(@Root() { userIds }: AccessPreview, @Ctx() ctx: Context): Promise<User[]> {
    const users = await Promise.all(userIds.map((id) => ctx.load(userById, id)));
    return users.filter((user) => user !== null).map(toUser);
  }
}
