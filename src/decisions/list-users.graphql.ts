import { Arg, Args, Ctx, Field, InputType, Query, Resolver } from "type-graphql";
import { Allow } from "../graphql/allow";
import { PageArgs, connectionType } from "../graphql/connection";
import type { Context } from "../graphql/context";
import { readPageRequest } from "../graphql/read-page-request";
import { User, toUser } from "../users/users.graphql";
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
