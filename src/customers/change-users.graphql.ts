import { Arg, Ctx, Field, ID, InputType, Mutation, Resolver } from "type-graphql";
import { Allow } from "../graphql/allow";
import type { Context } from "../graphql/context";
import { JsonScalar } from "../graphql/scalars";
import { User, toUser } from "../users/users.graphql";
import { createUser } from "./create-user";
import { updateUser } from "./update-user";

@InputType({ description: "A new user." })
export class CreateUserInput {
  @Field(() => String, { nullable: true, description: "The caller's own id for the user; unique." })
  externalId?: string | null;

  @Field(() => String, { nullable: true, description: "Unique, compared without case." })
  email?: string | null;

  @Field(() => Boolean, {
    nullable: true,
    description: "Whether the caller has verified the address; false by default.",
  })
  emailVerified?: boolean | null;

  @Field(() => String, { nullable: true, description: "What the person is called." })
  name?: string | null;

  @Field(() => JsonScalar, { nullable: true, description: "Whatever the caller wants to keep here." })
  metadata?: object | null;

  @Field(() => String, {
    nullable: true,
    description: "The customer in Stripe that the person is. What it bought is theirs before the answer.",
  })
  stripeCustomerId?: string | null;

  @Field(() => ID, { nullable: true, description: "The account in which the customer is, if several are connected." })
  connection?: string | null;

  @Field(() => String, { nullable: true, description: "The same key with the same input answers the same user." })
  idempotencyKey?: string | null;
}

@InputType({ description: "Changes to a user: null clears, absent leaves." })
export class UpdateUserInput {
  @Field(() => ID, { description: "The user, by our id or the caller's." })
  user!: string;

  @Field(() => String, { nullable: true, description: "The caller's own id for the user; unique." })
  externalId?: string | null;

  @Field(() => String, {
    nullable: true,
    description: "A new address is unverified unless emailVerified says otherwise.",
  })
  email?: string | null;

  @Field(() => Boolean, { nullable: true, description: "Whether the caller has verified the address." })
  emailVerified?: boolean | null;

  @Field(() => String, { nullable: true, description: "What the person is called." })
  name?: string | null;

  @Field(() => JsonScalar, { nullable: true, description: "Replaces what was kept here." })
  metadata?: object | null;

  @Field(() => String, {
    nullable: true,
    description: "The customer in Stripe that the person is, instead of another one in that account; null unlinks.",
  })
  stripeCustomerId?: string | null;

  @Field(() => ID, {
    nullable: true,
    description: "The account in which the customer is, if several are connected; without it, null unlinks in all.",
  })
  connection?: string | null;
}

@Resolver()
export class ChangeUsersResolver {
  @Allow("WRITE")
  @Mutation(() => User, { description: "Makes a user, linked to a customer in Stripe if one is named." })
  async createUser(
    @Ctx() ctx: Context,
    @Arg("input", () => CreateUserInput, { description: "What is known of the person." }) input: CreateUserInput,
  ): Promise<User> {
    return toUser(await createUser(ctx, input));
  }

  @Allow("WRITE")
  @Mutation(() => User, {
    description: "Changes a user. A new e-mail address is also told to their customers in Stripe, in the background.",
  })
  async updateUser(
    @Ctx() ctx: Context,
    @Arg("input", () => UpdateUserInput, { description: "The user and the changes." }) input: UpdateUserInput,
  ): Promise<User> {
    return toUser(await updateUser(ctx, input));
  }
}
