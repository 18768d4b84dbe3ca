import { Arg, Ctx, Field, ID, Int, Mutation, ObjectType, Resolver } from "type-graphql";
import { toPublicId } from "../base/ids";
import { Allow } from "../graphql/allow";
import type { Context } from "../graphql/context";
import { AccessPreview, toAccessPreview } from "./access-preview.graphql";
import { deleteUser } from "./delete-user";
import { type Removal, deleteUsers } from "./delete-users";

@ObjectType({
  description: "Who is removed, or would be, and what that means. Everything is counted in the key's mode.",
})
export class DeleteUsersPayload {
  @Field({ description: "True: nobody was removed." })
  dryRun!: boolean;

  @Field(() => [ID], { description: "Those who are removed, or would be, by our ids." })
  users!: string[];

  @Field(() => [ID], { description: "Those whom nobody knows, as they were named. They stop nobody else." })
  notFound!: string[];

  @Field(() => AccessPreview, {
    description:
      "How many of them could open something until now. People are told in a sample only while they are there.",
  })
  preview!: AccessPreview;

  @Field(() => Int, { description: "How many products they lose, each counted for each person who could open it." })
  productsLost!: number;

  @Field(() => Int, {
    description:
      "How many of their subscriptions Stripe goes on charging for, as far as we know, until they are ended there.",
  })
  subscriptionsCharged!: number;

  @Field({ description: "What is to be thought of, in words." })
  note!: string;
}

@Resolver()
export class DeleteUsersResolver {
  @Allow("WRITE")
  @Mutation(() => DeleteUsersPayload, {
    description:
      "Removes up to 200 people for good, as deleteUser does, all in one step, in both modes. No money moves: nothing is " +
      "cancelled or refunded in Stripe. Call `exportUsers` first: what is removed cannot be restored.",
  })
  async deleteUsers(
    @Ctx() ctx: Context,
    @Arg("users", () => [ID], { description: "The users, by our ids or the caller's." }) users: string[],
    @Arg("dryRun", () => Boolean, { nullable: true, description: "Only says what would be; false by default." })
    dryRun: boolean | null,
  ): Promise<DeleteUsersPayload> {
    const isDry = dryRun ?? false;
    const removal = await deleteUsers(ctx, { named: users, dryRun: isDry });
    if (!isDry) ctx.log.info({ removed: removal.userIds.length }, "users were removed");
    return toPayload(removal, isDry);
  }
}

function toPayload(removal: Removal, dryRun: boolean): DeleteUsersPayload {
  const { userIds, notFound, preview, productsLost, subscriptionsCharged } = removal;
  return Object.assign(new DeleteUsersPayload(), {
    dryRun,
    users: userIds.map((id) => toPublicId("user", id)),
    notFound: [...notFound],
    preview: toAccessPreview(preview),
    productsLost,
    subscriptionsCharged,
    note: noteOf(subscriptionsCharged, dryRun),
  });
}

function noteOf(charged: number, dryRun: boolean): string {
  const money =
    charged === 0 ? "No money moves." : `No money moves: ${charged} of their subscriptions in Stripe go on.`;
  return dryRun ? `${money} What is removed cannot be restored, so call exportUsers first.` : money;
}

@Resolver()
export class DeleteUserResolver {
  @Allow("WRITE")
  @Mutation(() => ID, {
    description:
      "Removes a user for good, in both modes: grants end, the user is blanked, the journal keeps its lines. No money moves: " +
      "a subscription in Stripe goes on until it is cancelled there. Later events about what the user had bought create " +
      "nobody; a purchase that is begun afterwards does, and createUser may. Used trials stay counted.",
  })
  async deleteUser(
    @Ctx() ctx: Context,
    @Arg("user", () => ID, { description: "The user, by our id or the caller's." }) user: string,
  ): Promise<string> {
    return toPublicId("user", await deleteUser(ctx, user));
  }
}
