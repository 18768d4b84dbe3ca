import { Ctx, Field, FieldResolver, ObjectType, Resolver, Root } from "type-graphql";
import { toPublicId } from "../base/ids";
import { Bug } from "../base/refusal";
import { StripeConnection, toConnection } from "../connections/connection.graphql";
import { connectionById } from "../connections/connections.loader";
import { Allow, readsEverything } from "../graphql/allow";
import type { Context } from "../graphql/context";
import { Node, type NodeKind } from "../graphql/node";
import { User, toUser } from "../users/users.graphql";
import { userById } from "../users/users.loader";
import type { CustomerLinkEntity } from "./customer-link.entity";
import { customerLinkById, customersOfUser, keptCustomer } from "./customer-links.loader";

@ObjectType({
  implements: Node,
  description: "A customer in Stripe who is, or was, a user of ours.",
})
export class StripeCustomerLink extends Node {
  @Field({ description: "Stripe's id of the customer. Empty where a guest paid, for whom Stripe has none." })
  customerId!: string;

  @Field({ description: "False: it was unlinked, or the customer was deleted in Stripe." })
  active!: boolean;

  @Field({ description: "Who made the link: a key, or what was found out from a purchase or an e-mail address." })
  linkedBy!: string;

  @Field({ description: "Since when." })
  linkedAt!: Date;

  row!: CustomerLinkEntity;
}

export function toCustomerLink(row: CustomerLinkEntity): StripeCustomerLink {
  const { customer: customerId, active, linkedBy, linkedAt } = row;
  const fields = { customerId, active, linkedBy, linkedAt };
  return Object.assign(new StripeCustomerLink(), { id: toPublicId("customerLink", row.id), ...fields, row });
}

@Resolver(() => StripeCustomerLink)
export class CustomerLinksResolver {
  @FieldResolver(() => User, { description: "The user." })
  async user(@Root() { row }: StripeCustomerLink, @Ctx() ctx: Context): Promise<User> {
    const user = await ctx.load(userById, row.userId);
    if (!user) throw new Bug("a customer is shown whose user is gone", { link: row.id });
    return toUser(user);
  }

  @Allow("READ")
  @FieldResolver(() => StripeConnection, { description: "The account in which the customer is. For server keys only." })
  async connection(@Root() { row }: StripeCustomerLink, @Ctx() ctx: Context): Promise<StripeConnection> {
    const connection = await ctx.load(connectionById, row.connectionId);
    if (!connection) throw new Bug("a customer is shown whose connection is gone", { link: row.id });
    return toConnection(ctx, connection);
  }

  @Allow("READ")
  @FieldResolver(() => String, {
    nullable: true,
    description:
      "The customer's e-mail address as Stripe has it, kept up to date. A change in Stripe does not change the user. Null: " +
      "none, or the customer was deleted. For server keys only.",
  })
  async email(@Root() { row }: StripeCustomerLink, @Ctx() ctx: Context): Promise<string | null> {
    return (await ctx.load(keptCustomer, row))?.email ?? null;
  }

  @Allow("READ")
  @FieldResolver(() => String, {
    nullable: true,
    description:
      "The customer's name as Stripe has it, kept up to date. A change in Stripe does not change the user. Null: none, or " +
      "the customer was deleted. For server keys only.",
  })
  async name(@Root() { row }: StripeCustomerLink, @Ctx() ctx: Context): Promise<string | null> {
    return (await ctx.load(keptCustomer, row))?.name ?? null;
  }

  @FieldResolver(() => String, { description: "The customer's page in Stripe's dashboard." })
  async dashboardUrl(@Root() { row }: StripeCustomerLink, @Ctx() ctx: Context): Promise<string> {
    const mode = (await ctx.load(connectionById, row.connectionId))?.mode;
    return `https://dashboard.stripe.com/${mode === "TEST" ? "test/" : ""}customers/${row.customer}`;
  }
}

@Resolver(() => User)
export class CustomersOfUserResolver {
  @FieldResolver(() => [StripeCustomerLink], {
    description:
      "The customers in Stripe that the user is or was linked to, in the viewer's mode. For server keys; others see none.",
  })
  async stripeCustomers(@Root() user: User, @Ctx() ctx: Context): Promise<StripeCustomerLink[]> {
    if (!readsEverything(ctx)) return [];
    return (await ctx.load(customersOfUser, user.uuid)).map(toCustomerLink);
  }
}

export const customerLinkNode: NodeKind = {
  kind: "customerLink",
  async find(ctx, uuid) {
    const row = readsEverything(ctx) ? await ctx.load(customerLinkById, uuid) : null;
    const isPresent = row !== null && (await ctx.load(userById, row.userId)) !== null;
    return isPresent ? toCustomerLink(row) : null;
  },
};
