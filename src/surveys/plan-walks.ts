/** One of Stripe's lists, from its newest row to its oldest. */
export interface Walk {
  list: SurveyedList;
  customer?: string;
  price?: string;
  /** Stripe leaves out of its lists what lives under a test clock, unless the clock is named. */
  clock?: string;
  /** Only what was made since then, in Stripe's seconds. */
  since?: number;
}

export type SurveyedList = "DISPUTES" | "SESSIONS" | "SUBSCRIPTIONS" | "INVOICES";

export interface WalkChoice {
  /** Test clocks of the account. */
  clocks: readonly string[];
  /** Only subscriptions of these prices; null: all. */
  prices: readonly string[] | null;
  /** Only what was made since then, in Stripe's seconds. Disputes and checkouts of older purchases are walked all the same. */
  since?: number;
}

/** Every list of a survey in its order: what a later list cannot tell of its rows, an earlier one has noted. */
export function planWalks({ clocks, prices, since }: WalkChoice): Walk[] {
  const only = since === undefined ? {} : { since };
  const subscriptions = (prices ?? [null]).flatMap((price): Walk[] => {
    const walk: Walk = { list: "SUBSCRIPTIONS", ...(price === null ? {} : { price }), ...only };
    return [walk, ...clocks.map((clock) => ({ ...walk, clock }))];
  });
  return [{ list: "DISPUTES" }, { list: "SESSIONS", ...only }, ...subscriptions, { list: "INVOICES", ...only }];
}
