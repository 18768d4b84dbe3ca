import { Arg, Ctx, Field, ID, InputType, Int, Mutation, ObjectType, Resolver } from "type-graphql";
import { AccessPreview, toAccessPreview } from "../access/access-preview.graphql";
import { Allow } from "../graphql/allow";
import type { Context } from "../graphql/context";
import { enumOf } from "../graphql/enums";
import { StripeProductLink, toProductLink } from "../links/product-links.graphql";
import { createStripePrice } from "./create-stripe-price";
import { createStripeProduct } from "./create-stripe-product";
import { Job, toJob } from "../work/jobs.graphql";
import { type LinkChange, linkProduct } from "./link-product";
import { type UnlinkStrategy, unlinkProduct } from "./unlink-product";
import { updateProductLink } from "./update-product-link";

const UnlinkStrategyEnum = enumOf<UnlinkStrategy>("UnlinkStrategy", "What becomes of those who hold something.", {
  REFUSE_IF_ACTIVE: "Refuse while subscriptions are going on, and say how many. What was bought once is kept.",
  KEEP_GRANTS: "Nothing new is given; what was given follows its subscription or purchase to the end.",
  END_GRANTS:
    "What the link gave ends at once. Subscriptions in Stripe go on and are paid until somebody cancels them.",
});

@InputType({ description: "What a link says, when it is made and when it is changed." })
abstract class LinkTermsInput {
  @Field(() => [String], {
    nullable: true,
    description: "Only these prices of the Stripe product count. Empty or null: all, later ones too.",
  })
  priceIds?: string[] | null;

  @Field(() => String, {
    nullable: true,
    description:
      "What checkout sells if the buyer names no price. Naming one offers the product in our checkout, if it was bought in no way yet.",
  })
  checkoutPriceId?: string | null;

  @Field(() => [String], {
    nullable: true,
    description:
      "The prices that the public may buy: publishable keys, guests and user tokens. Empty or null: the checkout price alone. Server keys may sell every price of the link.",
  })
  offeredPriceIds?: string[] | null;

  @Field(() => Int, {
    nullable: true,
    description: "How many the public may buy in one purchase. Null: 1. Server keys may sell more.",
  })
  maxQuantity?: number | null;

  @Field(() => Int, {
    nullable: true,
    description: "One-off purchases end so many days after they were made. Not together with accessEndsAt.",
  })
  accessDurationDays?: number | null;

  @Field(() => Date, {
    nullable: true,
    description: "One-off purchases end at this moment. Not together with accessDurationDays.",
  })
  accessEndsAt?: Date | null;

  @Field(() => Boolean, {
    nullable: true,
    description:
      "Whether a new name of the product is written to the Stripe product, in the background. Switched on, the name as it is " +
      "now is written too. False by default: names in Stripe stay.",
  })
  pushName?: boolean | null;

  @Field(() => Boolean, {
    nullable: true,
    description: "Only say who would gain and who would lose, and change nothing.",
  })
  dryRun?: boolean | null;
}

@InputType({ description: "A product of ours, and the Stripe product that opens it." })
export class LinkProductInput extends LinkTermsInput {
  @Field(() => String, { description: "The product, by key or id." })
  product!: string;

  @Field(() => ID, { nullable: true, description: "The account of the Stripe product, if several are connected." })
  connection?: string | null;

  @Field(() => String, { description: "Stripe's id of the product." })
  stripeProductId!: string;

  @Field(() => Boolean, {
    nullable: true,
    description:
      "Find those who bought before, by a job; true by default. With dryRun it has to be asked for: then the job says who would be found, and changes nothing.",
  })
  importExisting?: boolean | null;

  @Field(() => Boolean, { nullable: true, description: "Tell those whom the import finds; false by default." })
  notifyImported?: boolean | null;
}

@InputType({ description: "Changes to a link: null clears, absent leaves." })
export class UpdateProductLinkInput extends LinkTermsInput {
  @Field(() => ID, { description: "The link." })
  link!: string;

  @Field(() => Boolean, { nullable: true, description: "Whether it is sold through our checkout." })
  checkoutEnabled?: boolean | null;
}

@InputType({ description: "Which link ends, and what becomes of those who hold something by it." })
export class UnlinkProductInput {
  @Field(() => ID, { description: "The link." })
  link!: string;

  @Field(() => UnlinkStrategyEnum, { nullable: true, description: "REFUSE_IF_ACTIVE by default." })
  strategy?: UnlinkStrategy | null;

  @Field(() => Boolean, {
    nullable: true,
    description: "Only say who would lose access, and change nothing. What would be refused is refused.",
  })
  dryRun?: boolean | null;
}

@InputType({ description: "A price, and the product of ours that it is for." })
export class CreateStripeProductInput {
  @Field(() => String, { description: "The product, by key or id. Stripe's gets its name, description and picture." })
  product!: string;

  @Field(() => ID, { nullable: true, description: "The account in which it is made, if several are connected." })
  connection?: string | null;

  @Field(() => String, { description: "The currency, as three letters." })
  currency!: string;

  @Field(() => Int, { description: "In the smallest unit of the currency: 900 is 9 euros, or 900 yen." })
  unitAmount!: number;

  @Field(() => String, { nullable: true, description: "One of day, week, month and year; null: paid once." })
  interval?: string | null;

  @Field(() => Int, { nullable: true, description: "Paid every so many of them; 1 by default." })
  intervalCount?: number | null;

  @Field(() => Int, { nullable: true, description: "Days for which a subscription is free at its beginning." })
  trialPeriodDays?: number | null;

  @Field(() => Boolean, { nullable: true, description: "Whether it is sold through our checkout; true by default." })
  checkoutEnabled?: boolean | null;

  @Field(() => Boolean, {
    nullable: true,
    description: "Whether a new name of the product is written to the Stripe product later; false by default.",
  })
  pushName?: boolean | null;

  @Field(() => Boolean, {
    nullable: true,
    description:
      "Whether the same product, price and link are created in test mode too; false by default. For live keys only. The " +
      "answer is the live link.",
  })
  alsoInTestMode?: boolean | null;

  @Field(() => ID, { nullable: true, description: "The account of test mode, if several are connected there." })
  testConnection?: string | null;

  @Field(() => String, { nullable: true, description: "The same key with the same input makes one product only." })
  idempotencyKey?: string | null;
}

@InputType({ description: "One more price of a linked Stripe product." })
export class CreateStripePriceInput {
  @Field(() => ID, { description: "The link of the Stripe product. Where it names its prices, the new one is added." })
  link!: string;

  @Field(() => String, { description: "The currency, as three letters." })
  currency!: string;

  @Field(() => Int, { description: "In the smallest unit of the currency: 900 is 9 euros, or 900 yen." })
  unitAmount!: number;

  @Field(() => String, { nullable: true, description: "One of day, week, month and year; null: paid once." })
  interval?: string | null;

  @Field(() => Int, { nullable: true, description: "Paid every so many of them; 1 by default." })
  intervalCount?: number | null;

  @Field(() => Int, { nullable: true, description: "Days for which a subscription is free at its beginning." })
  trialPeriodDays?: number | null;

  @Field(() => Boolean, {
    nullable: true,
    description: "Whether the public may buy it, beside what the link offers already; false by default.",
  })
  offered?: boolean | null;

  @Field(() => Boolean, {
    nullable: true,
    description: "Whether checkout sells it if the buyer names no price; false by default.",
  })
  asCheckoutPrice?: boolean | null;

  @Field(() => String, { nullable: true, description: "The same key with the same input makes one price only." })
  idempotencyKey?: string | null;
}

@ObjectType({ description: "A link that was made or changed, and whom that concerned." })
export class LinkProductPayload {
  @Field(() => StripeProductLink, { nullable: true, description: "The link; null after a dry run." })
  link!: StripeProductLink | null;

  @Field(() => AccessPreview, { description: "Whom the change concerns, counted just before it was made." })
  preview!: AccessPreview;

  @Field(() => Job, { nullable: true, description: "What finds those who bought before; null if nothing has to." })
  job!: Job | null;
}

@ObjectType({ description: "Whom the end of a link concerns." })
export class UnlinkProductPayload {
  @Field(() => AccessPreview, { description: "Who loses access, counted just before it ended." })
  preview!: AccessPreview;
}

function toPayload({ link, preview, job }: LinkChange): LinkProductPayload {
  return Object.assign(new LinkProductPayload(), {
    link: link && toProductLink(link),
    preview: toAccessPreview(preview),
    job: job && toJob(job),
  });
}

@Resolver()
export class ChangeLinksResolver {
  @Allow("ADMIN")
  @Mutation(() => LinkProductPayload, {
    description:
      "Links a product to a Stripe product: whoever holds that may open ours. The preview counts from what we hold of " +
      "Stripe; with `importExisting: true` it also reads in Stripe what the import will find.",
  })
  async linkProduct(
    @Ctx() ctx: Context,
    @Arg("input", () => LinkProductInput, { description: "What is linked, and how." }) input: LinkProductInput,
  ): Promise<LinkProductPayload> {
    return toPayload(await linkProduct(ctx, input));
  }

  @Allow("ADMIN")
  @Mutation(() => LinkProductPayload, {
    description: "Changes a link. The access of everybody concerned follows at once.",
  })
  async updateProductLink(
    @Ctx() ctx: Context,
    @Arg("input", () => UpdateProductLinkInput, { description: "The link and the changes." })
    input: UpdateProductLinkInput,
  ): Promise<LinkProductPayload> {
    return toPayload(await updateProductLink(ctx, input));
  }

  @Allow("ADMIN")
  @Mutation(() => UnlinkProductPayload, { description: "Ends a link. Nobody's money is touched." })
  async unlinkProduct(
    @Ctx() ctx: Context,
    @Arg("input", () => UnlinkProductInput, { description: "Which, and what becomes of its holders." })
    input: UnlinkProductInput,
  ): Promise<UnlinkProductPayload> {
    const preview = toAccessPreview(await unlinkProduct(ctx, input));
    return Object.assign(new UnlinkProductPayload(), { preview });
  }

  @Allow("ADMIN")
  @Mutation(() => StripeProductLink, {
    description: "Makes a product with a price in Stripe, named and described as ours, and links it.",
  })
  async createStripeProduct(
    @Ctx() ctx: Context,
    @Arg("input", () => CreateStripeProductInput, { description: "The product and its price." })
    input: CreateStripeProductInput,
  ): Promise<StripeProductLink> {
    return toProductLink(await createStripeProduct(ctx, input));
  }

  @Allow("ADMIN")
  @Mutation(() => StripeProductLink, {
    description:
      "Creates one more price of a linked Stripe product: a yearly price beside a monthly one. What was sold before is sold " +
      "as before.",
  })
  async createStripePrice(
    @Ctx() ctx: Context,
    @Arg("input", () => CreateStripePriceInput, { description: "The link and the price." })
    input: CreateStripePriceInput,
  ): Promise<StripeProductLink> {
    return toProductLink(await createStripePrice(ctx, input));
  }
}
