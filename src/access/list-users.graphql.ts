import { Arg, Args, Ctx, Field, ID, InputType, Mutation, Query, Resolver } from "type-graphql";
import { toPublicId } from "../base/ids";
import { Allow } from "../graphql/allow";
import { PageArgs, connectionType } from "../graphql/connection";
import type { Context } from "../graphql/context";
import { readPageRequest } from "../graphql/read-page-request";
import { User, toUser } from "../users/users.graphql";
import { deleteUser } from "./delete-user";
import { listUsers } from "./list-users";
import { userOrder } from "./list-users.store";

const UserConnection = connectionType("User", () => User);

@InputType("UserFilter", { description: "Which users to list; what is left out does not matter." })
export class UserFilterInput {
  @Field(() => String, {
    nullable: true,
    description: "Whose address, name or externalId holds this text, in any case.",
  })
  search?: string | null;

  @Field(() => String, { nullable: true, description: "Who may open this product now, by key or id." })
  hasAccessTo?: string | null;

  @Field(() => String, { nullable: true, description: "Who may not open this product now, by key or id." })
  lacksAccessTo?: string | null;

  @Field(() => Date, { nullable: true, description: "Made at this moment or later." })
  createdAfter?: Date | null;

  @Field(() => Date, { nullable: true, description: "Made before this moment." })
  createdBefore?: Date | null;

  @Field(() => Boolean, {
    nullable: true,
    description: "Who is linked to a customer in Stripe, in the viewer's mode, or who is not.",
  })
  linkedToStripe?: boolean | null;
}

@Resolver()
export class ListUsersResolver {
  @Allow("READ")
  @Query(() => UserConnection.type, { description: "Users, newest first." })
  async users(
    @Ctx() ctx: Context,
    @Arg("filter", () => UserFilterInput, { nullable: true, description: "Which ones." })
    filter: UserFilterInput | null,
    @Args() args: PageArgs,
  ) {
    const page = await listUsers(ctx, ctx.identity.mode, filter ?? {}, readPageRequest(args, userOrder));
    return UserConnection.of(page, userOrder, toUser);
  }
}

@Resolver()
export class DeleteUserResolver {
  @Allow("WRITE")
  @Mutation(() => ID, {
    description:
      "Removes a person for good: grants end, the person is blanked, the journal keeps its lines. No money moves.",
  })
  async deleteUser(
    @Ctx() ctx: Context,
    @Arg("user", () => ID, { description: "The user, by our id or the caller's." }) user: string,
  ): Promise<string> {
    return toPublicId("user", (await deleteUser(ctx, user)).id);
  }
}
