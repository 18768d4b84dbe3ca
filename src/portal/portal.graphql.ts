import { Arg, Ctx, Field, FieldResolver, ID, InputType, Mutation, ObjectType, Resolver, Root } from "type-graphql";
import type { ErrorCode } from "../base/error-codes";
import { Allow } from "../graphql/allow";
import type { Context } from "../graphql/context";
import { ErrorCodeEnum, enumOf } from "../graphql/enums";
import { User, Viewer } from "../users/users.graphql";
import { createPortalSession } from "./create-portal-session";
import { decidePortalBlocker } from "./decide-portal";
import { portalOfUser } from "./find-portal";
import type { PortalFlow } from "./plan-flow";

const PortalFlowEnum = enumOf<PortalFlow>("PortalFlow", "With what the customer portal opens.", {
  HOME: "Its home page, with everything that it offers.",
  PAYMENT_METHOD_UPDATE: "Another card, and back.",
  SUBSCRIPTION_CANCEL: "The end of a subscription, and back.",
  SUBSCRIPTION_UPDATE: "Another plan, and back. Which plans are offered is said in Stripe.",
});

@InputType({ description: "A way into the customer portal." })
export class CreatePortalSessionInput {
  @Field(() => ID, {
    nullable: true,
    description: "The user, by our id or the caller's. A user token goes for itself; a server key names somebody.",
  })
  user?: string | null;

  @Field(() => String, {
    description: "Where the portal leads back to: an https address or an app's, on the server's allow-list.",
  })
  returnUrl!: string;

  @Field(() => PortalFlowEnum, { nullable: true, description: "With what it opens: HOME by default." })
  flow?: PortalFlow | null;

  @Field(() => String, {
    nullable: true,
    description:
      "A subscription (sub_…): the portal opens for the customer that holds it, and a flow is about it. May be left out when the user has one only.",
  })
  subscription?: string | null;

  @Field(() => ID, {
    nullable: true,
    description: "The account, if the user is a customer in several. AMBIGUOUS_CUSTOMER lists what can be named.",
  })
  connection?: string | null;

  @Field(() => String, { nullable: true, description: "The portal's language, as `de`; by default the browser's." })
  locale?: string | null;

  @Field(() => Boolean, {
    nullable: true,
    description: "Whether a user who is no customer yet becomes one; otherwise NO_STRIPE_CUSTOMER.",
  })
  createCustomerIfMissing?: boolean | null;

  @Field(() => String, {
    nullable: true,
    description:
      "One for each click: asked twice, Stripe answers with the same session. It is not kept here, and a session does not live long.",
  })
  idempotencyKey?: string | null;
}

@ObjectType({ description: "A way into the customer portal, for one person and a few minutes." })
export class PortalSession {
  @Field({
    description: "Where to send the user at once. Whoever has this address is taken for the user: never keep it.",
  })
  url!: string;

  @Field({ description: "Where the portal leads back to." })
  returnUrl!: string;
}

@Resolver()
export class PortalResolver {
  @Allow("USER", "WRITE")
  @Mutation(() => PortalSession, {
    description:
      "Opens the customer portal for a user: subscriptions, cards, invoices. Each click gets its own session.",
  })
  async createPortalSession(
    @Ctx() ctx: Context,
    @Arg("input", () => CreatePortalSessionInput, { description: "Who, and where they come back to." })
    input: CreatePortalSessionInput,
  ): Promise<PortalSession> {
    return Object.assign(new PortalSession(), await createPortalSession(ctx, input));
  }
}

@Resolver(() => Viewer)
export class ViewerPortalResolver {
  @FieldResolver(() => Boolean, {
    description:
      "Whether to show a way to the customer portal: the viewer is a user whose customer bought something, paid or not any more, and the portal is on.",
  })
  async canOpenPortal(@Ctx() ctx: Context): Promise<boolean> {
    return (await blockerOf(ctx, ctx.identity.userId)) === null;
  }

  @FieldResolver(() => ErrorCodeEnum, {
    nullable: true,
    description: "Why not: UNAUTHENTICATED when nobody is signed in, NO_STRIPE_CUSTOMER before anything was bought.",
  })
  portalBlocker(@Ctx() ctx: Context): Promise<ErrorCode | null> {
    return blockerOf(ctx, ctx.identity.userId);
  }
}

@Resolver(() => User)
export class UserPortalResolver {
  @FieldResolver(() => Boolean, {
    description:
      "Whether to show the user a way to the customer portal: a customer of theirs bought something, paid or not any more, and the portal is on.",
  })
  async canOpenPortal(@Root() user: User, @Ctx() ctx: Context): Promise<boolean> {
    return (await blockerOf(ctx, user.uuid)) === null;
  }

  @FieldResolver(() => ErrorCodeEnum, {
    nullable: true,
    description: "Why not: NO_STRIPE_CUSTOMER before anything was bought; null when the way can be shown.",
  })
  portalBlocker(@Root() user: User, @Ctx() ctx: Context): Promise<ErrorCode | null> {
    return blockerOf(ctx, user.uuid);
  }
}

async function blockerOf(ctx: Context, userId: string | null): Promise<ErrorCode | null> {
  return userId === null ? "UNAUTHENTICATED" : decidePortalBlocker(await ctx.load(portalOfUser, userId));
}
