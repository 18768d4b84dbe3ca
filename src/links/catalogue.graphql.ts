import {
  Arg,
  Args,
  ArgsType,
  Ctx,
  Field,
  FieldResolver,
  ID,
  Int,
  ObjectType,
  Query,
  Resolver,
  Root,
} from "type-graphql";
import { Refusal } from "../base/refusal";
import { connectionOf } from "../connections/find-connection";
import { Allow } from "../graphql/allow";
import { connectionType } from "../graphql/connection";
import type { Context } from "../graphql/context";
import { enumOf } from "../graphql/enums";
import { toKnownWord } from "../graphql/to-known-word";
import { readPageRequest } from "../graphql/read-page-request";
import { Product, toProduct } from "../products/products.graphql";
import { productById } from "../products/products.loader";
import type { StripePriceRow, StripeProductRow } from "./catalogue";
import { linkedProductId, pricesNow } from "./catalogue.loader";
import { formatPrice } from "./format-price";
import { listStripeProducts, stripeProductOrder } from "./list-stripe-products";

@ObjectType({
  description: "The bounds within which a buyer chooses the amount, in the smallest unit of the currency.",
})
export class CustomAmount {
  @Field(() => Int, { nullable: true, description: "The least that may be paid." })
  minimum!: number | null;

  @Field(() => Int, { nullable: true, description: "The most that may be paid." })
  maximum!: number | null;

  @Field(() => Int, { nullable: true, description: "What is proposed." })
  preset!: number | null;
}

const RecurringUnitEnum = enumOf("RecurringUnit", "The unit in which the time between two payments is counted.", {
  DAY: "Days.",
  WEEK: "Weeks.",
  MONTH: "Months.",
  YEAR: "Years.",
  UNKNOWN: "Stripe reports an interval that is not known here; `interval` has it.",
});

@ObjectType({ description: "How often a price is paid." })
export class Recurring {
  @Field({ description: "One of day, week, month and year. `unit` has the same as an enum." })
  interval!: string;

  @Field(() => Int, { description: "Every so many of them." })
  intervalCount!: number;

  @Field(() => Int, { nullable: true, description: "Days for which a subscription is free at its beginning." })
  trialPeriodDays!: number | null;
}

@Resolver(() => Recurring)
export class RecurringResolver {
  @FieldResolver(() => RecurringUnitEnum, { description: "The unit that `intervalCount` counts." })
  unit(@Root() { interval }: Recurring): keyof typeof RecurringUnitEnum {
    return toKnownWord(interval, RecurringUnitEnum);
  }
}

@ObjectType({ description: "A price in Stripe." })
export class StripePrice {
  @Field({ description: "Stripe's id of the price." })
  id!: string;

  @Field({ description: "The currency, as three letters." })
  currency!: string;

  @Field(() => Int, {
    nullable: true,
    description:
      "The amount in the smallest unit of the currency, as Stripe counts it: cents, or whole yen. Null for amounts that buyers choose, for tiers and fractions, and for those that an Int cannot hold.",
  })
  unitAmount!: number | null;

  @Field(() => CustomAmount, { nullable: true, description: "Where buyers choose the amount: its bounds." })
  customAmount!: CustomAmount | null;

  @Field(() => Recurring, { nullable: true, description: "How often it is paid; null: once." })
  recurring!: Recurring | null;

  @Field(() => String, { nullable: true, description: "What it is called in Stripe, for those who sell." })
  nickname!: string | null;

  @Field({ description: "Whether it can still be bought." })
  active!: boolean;

  row!: StripePriceRow;
}

const INT_MAX = 2_147_483_647;

export function toStripePrice(row: StripePriceRow): StripePrice {
  const { id, currency, customAmount, recurring, nickname, active } = row;
  const unitAmount = row.unitAmount !== null && row.unitAmount <= INT_MAX ? row.unitAmount : null;
  const fields = { id, currency, unitAmount, customAmount, recurring, nickname, active };
  return Object.assign(new StripePrice(), { ...fields, row });
}

@ObjectType({ description: "A product of a connected Stripe account, as Stripe has it now." })
export class StripeProduct {
  @Field({ description: "Stripe's id of the product." })
  id!: string;

  @Field({ description: "Its name in Stripe." })
  name!: string;

  @Field(() => String, { nullable: true, description: "Its description in Stripe." })
  description!: string | null;

  @Field({ description: "False: archived. It can no longer be bought, and its holders keep it." })
  active!: boolean;

  @Field(() => String, { nullable: true, description: "Its first picture in Stripe." })
  imageUrl!: string | null;

  row!: StripeProductRow;
}

function toStripeProduct(row: StripeProductRow): StripeProduct {
  const { id, name, description, active, imageUrl } = row;
  return Object.assign(new StripeProduct(), { id, name, description, active, imageUrl, row });
}

const StripeProductConnection = connectionType("StripeProduct", () => StripeProduct);

@ArgsType()
class ForwardPageArgs {
  @Field(() => Int, { nullable: true, description: "How many: 50 if nothing is said, 200 at most." })
  first?: number | null;

  @Field(() => String, { nullable: true, description: "Only what comes after this cursor." })
  after?: string | null;
}

@Resolver(() => StripeProduct)
export class CatalogueResolver {
  @Allow("READ")
  @Query(() => StripeProductConnection.type, {
    description: "The products of a connected Stripe account, newest first, asked of Stripe at this moment.",
  })
  async stripeProducts(
    @Ctx() ctx: Context,
    @Arg("connection", () => ID, {
      nullable: true,
      description: "The connection; may be left out where there is only one.",
    })
    connection: string | null,
    @Arg("search", () => String, {
      nullable: true,
      description: "Only products whose name, id or description holds this text, in any case.",
    })
    search: string | null,
    @Arg("active", () => Boolean, {
      nullable: true,
      description: "Only those that are for sale, or only archived ones.",
    })
    active: boolean | null,
    @Args() args: ForwardPageArgs,
  ) {
    const page = readPageRequest(args, stripeProductOrder);
    const asked = await connectionOf(ctx, ctx.identity.mode, connection, "connection");
    const found = await listStripeProducts(ctx, asked, { search, active }, page);
    return StripeProductConnection.of(found, stripeProductOrder, toStripeProduct);
  }

  @FieldResolver(() => StripePrice, { nullable: true, description: "The price that Stripe shows first." })
  async defaultPrice(@Root() { row }: StripeProduct, @Ctx() ctx: Context): Promise<StripePrice | null> {
    if (row.defaultPrice === null) return null;
    const price = (await ctx.load(pricesNow, row)).find(({ id }) => id === row.defaultPrice);
    return price ? toStripePrice(price) : null;
  }

  @FieldResolver(() => [StripePrice], { description: "All its prices, archived ones too." })
  async prices(@Root() { row }: StripeProduct, @Ctx() ctx: Context): Promise<StripePrice[]> {
    return (await ctx.load(pricesNow, row)).map(toStripePrice);
  }

  @FieldResolver(() => Product, { nullable: true, description: "The product of ours that it opens." })
  async linkedProduct(@Root() { row }: StripeProduct, @Ctx() ctx: Context): Promise<Product | null> {
    const id = await ctx.load(linkedProductId, row);
    const product = id === null ? null : await ctx.load(productById, id);
    return product && toProduct(product);
  }
}

@Resolver(() => StripePrice)
export class StripePriceResolver {
  @FieldResolver(() => String, {
    description:
      'For people: "$9 per month". Whole amounts go without their zeros; other languages than English get signs instead of words.',
  })
  formatted(
    @Root() { row }: StripePrice,
    @Arg("locale", () => String, {
      nullable: true,
      description: "The language, as `de` or `en-GB`; English by default.",
    })
    locale: string | null,
  ): string {
    return formatPrice(row, readLocale(locale ?? "en"));
  }
}

function readLocale(locale: string): string {
  try {
    return Intl.getCanonicalLocales(locale)[0] ?? "en";
  } catch {
    throw new Refusal("INVALID_INPUT", {
      say: "That is not a language: write it as `de` or `en-GB`.",
      field: "locale",
    });
  }
}
