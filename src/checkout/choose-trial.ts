import { countRemovedTrials } from "../access/count-removed-trials";
import { findPolicy } from "../access/policy.store";
import { Refusal } from "../base/refusal";
import type { Context } from "../graphql/context";
import { countTrials } from "./checkout-sessions.store";
import type { FoundSale } from "./find-sale";

export interface Trial {
  /** Null: none. */
  days: number | null;
  /** The policy counts them, so of several open checkouts with one, one is left. */
  isCounted: boolean;
}

const field = "input.trialDays";

/**
 * The trial of a checkout: what was asked for, else what the price offers. One that is offered is left out where the user has
 * used up theirs; one that is asked for is refused then.
 */
export async function chooseTrial(
  ctx: Context,
  { price, stripeProducts }: Pick<FoundSale, "price" | "stripeProducts">,
  { asked, userId }: { asked: number | null; userId: string | null },
): Promise<Trial> {
  const offered = price.recurring?.trialPeriodDays ?? 0;
  if (asked !== null && asked > 0 && price.recurring === null) {
    throw new Refusal("INVALID_INPUT", { say: "Only what is paid again and again can be tried.", field });
  }
  const days = asked ?? offered;
  const { trialsPerUser } = await findPolicy(ctx.db, ctx.identity.mode);
  if (days === 0) return { days: null, isCounted: false };
  if (trialsPerUser === null || userId === null) return { days, isCounted: false };
  const asUser = { userId, mode: ctx.identity.mode, stripeProducts };
  const used = (await countTrials(ctx.db, asUser)) + (await countRemovedTrials(ctx.db, asUser));
  if (used < trialsPerUser) return { days, isCounted: true };
  if (asked === null) return { days: null, isCounted: false };
  throw new Refusal("TRIAL_USED", { say: "The user has used up the trials of this product.", field });
}
