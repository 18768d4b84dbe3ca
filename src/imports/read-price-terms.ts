import { z } from "zod";
import { readInput } from "../graphql/read-input";
import { decimalsOf } from "../links/format-price";

/** What is asked for of a price that is to be made. */
export interface PriceFields {
  currency: string;
  unitAmount: number;
  interval?: string | null | undefined;
  intervalCount?: number | null | undefined;
  trialPeriodDays?: number | null | undefined;
}

type Interval = "day" | "week" | "month" | "year";

// Stripe bills at least once in three years.
const COUNT_MAX: Record<Interval, number> = { day: 1_095, week: 156, month: 36, year: 3 };
const TRIAL_DAYS_MAX = 730;

const priceSchema = z
  .object({
    currency: z.string().regex(/^[a-z]{3}$/, "A currency has three letters, as `eur` or `jpy`."),
    unitAmount: z.int().min(0, "A price is 0 or more."),
    interval: z.enum(["day", "week", "month", "year"], "An interval is day, week, month or year.").nullish(),
    intervalCount: z.int().min(1, "Every one of them, at least.").nullish(),
    trialPeriodDays: z.int().min(1, "A trial has a day at least.").max(TRIAL_DAYS_MAX, "At most 730 days.").nullish(),
  })
  .refine(({ currency, unitAmount }) => decimalsOf(currency) !== 3 || unitAmount % 10 === 0, {
    message: "In this currency Stripe takes only amounts that end in 0.",
    path: ["unitAmount"],
  })
  .refine(({ interval, intervalCount }) => isNothing(intervalCount) || !isNothing(interval), {
    message: "Every so many of what? Name an interval.",
    path: ["intervalCount"],
  })
  .refine(({ interval, intervalCount }) => isNothing(interval) || (intervalCount ?? 1) <= COUNT_MAX[interval], {
    message: "Stripe bills at least once in three years.",
    path: ["intervalCount"],
  })
  .refine(({ interval, trialPeriodDays }) => isNothing(trialPeriodDays) || !isNothing(interval), {
    message: "Only what is paid again and again can be tried: name an interval.",
    path: ["trialPeriodDays"],
  });

/** The terms of a price that Stripe would take. */
export type PriceTerms = z.infer<typeof priceSchema>;

/** Reads the terms, or refuses what Stripe would refuse. */
export function readPriceTerms(fields: PriceFields): PriceTerms {
  const { currency, unitAmount, interval, intervalCount, trialPeriodDays } = fields;
  const lower = currency.toLowerCase();
  return readInput(priceSchema, { currency: lower, unitAmount, interval, intervalCount, trialPeriodDays });
}

/** The terms as parameters of Stripe. */
export function priceParams({ currency, unitAmount, interval, intervalCount, trialPeriodDays }: PriceTerms) {
  return {
    currency,
    unit_amount: unitAmount,
    ...(isNothing(interval)
      ? {}
      : {
          recurring: {
            interval,
            ...(isNothing(intervalCount) ? {} : { interval_count: intervalCount }),
            ...(isNothing(trialPeriodDays) ? {} : { trial_period_days: trialPeriodDays }),
          },
        }),
  };
}

function isNothing(value: unknown): value is null | undefined {
  return value === null || value === undefined;
}
