import { Arg, Ctx, Field, FieldResolver, ID, InputType, Mutation, ObjectType, Resolver, Root } from "type-graphql";
import { Allow } from "../graphql/allow";
import type { Context } from "../graphql/context";
import { StripeCustomerLink, toCustomerLink } from "../links/customer-links.graphql";
import { Product, toProduct } from "../products/products.graphql";
import { productById } from "../products/products.loader";
import { type CustomerChange, linkCustomer } from "./link-customer";
import { unlinkCustomer } from "./unlink-customer";

@InputType({ description: "Which customer in Stripe is which user." })
export class LinkCustomerInput {
  @Field(() => ID, { description: "The user, by our id or the caller's." })
  user!: string;

  @Field(() => String, { description: "Stripe's id of the customer." })
  customerId!: string;

  @Field(() => ID, { nullable: true, description: "The account in which the customer is, if several are connected." })
  connection?: string | null;

  @Field(() => Boolean, {
    nullable: true,
    description:
      "Whether the customer may be taken from another user who has it; otherwise that is CUSTOMER_ALREADY_LINKED. Other " +
      "customers of the user stay theirs: a user may have several.",
  })
  replace?: boolean | null;
}

@ObjectType({ description: "Whose a customer is now, and what that changed for the user." })
export class LinkCustomerPayload {
  @Field(() => StripeCustomerLink, {
    description:
      "The link; not active after an unlinking. A guest has no customer in Stripe: a claim of a guest's purchase answers a " +
      "link of the user in that account, or, if there is none, one that is not active and whose `customerId` is empty.",
  })
  link!: StripeCustomerLink;

  @Field(() => [String], {
    description:
      "Purchases of this customer, as Stripe names them, that stay with other users: they were made in our checkout for them, " +
      "or claimed by them. Empty for other mutations than `linkCustomer`.",
  })
  keptByOthers!: string[];

  change!: CustomerChange;
}

export function toPayload(change: CustomerChange): LinkCustomerPayload {
  return Object.assign(new LinkCustomerPayload(), {
    link: toCustomerLink(change.link),
    keptByOthers: change.kept ?? [],
    change,
  });
}

@Resolver(() => LinkCustomerPayload)
export class CustomersResolver {
  @Allow("WRITE")
  @Mutation(() => LinkCustomerPayload, {
    description:
      "Links a user to a customer in Stripe, or confirms a link that was made by e-mail address. Stripe is read again before " +
      "the answer, so what was bought opens. Purchases of our own checkout stay with the user who made them.",
  })
  async linkCustomer(
    @Ctx() ctx: Context,
    @Arg("input", () => LinkCustomerInput, { description: "Who is who." }) input: LinkCustomerInput,
  ): Promise<LinkCustomerPayload> {
    return toPayload(await linkCustomer(ctx, input));
  }

  @Allow("WRITE")
  @Mutation(() => LinkCustomerPayload, {
    description:
      "Ends the link of a user to a customer: what came from it ends for them. The customer is never linked again by its " +
      "e-mail address. No money moves.",
  })
  async unlinkCustomer(
    @Ctx() ctx: Context,
    @Arg("user", () => ID, { description: "The user, by our id or the caller's." }) user: string,
    @Arg("connection", () => ID, {
      nullable: true,
      description: "The account; may be left out when the user has a customer in one only.",
    })
    connection: string | null,
    @Arg("customerId", () => String, {
      nullable: true,
      description:
        "Stripe's id of the customer; may be left out when the user has one only. With several it is AMBIGUOUS_CUSTOMER, and " +
        "`details.customers` names them.",
    })
    customerId: string | null,
  ): Promise<LinkCustomerPayload> {
    return toPayload(await unlinkCustomer(ctx, { user, connection, customerId }));
  }

  @FieldResolver(() => [Product], { description: "What the user may open now and could not before." })
  gained(@Root() { change }: LinkCustomerPayload, @Ctx() ctx: Context): Promise<Product[]> {
    return productsOf(ctx, change.gained);
  }

  @FieldResolver(() => [Product], { description: "What the user could open before and may not now." })
  lost(@Root() { change }: LinkCustomerPayload, @Ctx() ctx: Context): Promise<Product[]> {
    return productsOf(ctx, change.lost);
  }
}

async function productsOf(ctx: Context, ids: readonly string[]): Promise<Product[]> {
  const rows = await Promise.all(ids.map((id) => ctx.load(productById, id)));
  return rows.filter((row) => row !== null).map((row) => toProduct(row));
}
