/** One of Stripe's lists, from its newest row to its oldest. */
export interface Walk {
  list: SurveyedList;
  customer?: string;
  price?: string;
  /** Stripe leaves out of its lists what lives under a test clock, unless the clock is named. */
  clock?: string;
  /** Only what was made since then, in Stripe's seconds. */
  since?: number;
  /** Of what is older than this only notes are taken. */
  rowsSince?: number;
}

export type SurveyedList = "DISPUTES" | "SESSIONS" | "SUBSCRIPTIONS" | "INVOICES";

export interface WalkChoice {
  /** Test clocks of the account. */
  clocks: readonly string[];
  /** Only subscriptions of these prices; null: all. */
  prices: readonly string[] | null;
  /** Only what was made since then, in Stripe's seconds; disputes of what is older count all the same. */
  since?: number;
}

/** A checkout stays open for a day at most. */
const OPEN_S = 86_400;

/** Every list of a survey in its order: what a later list cannot tell of its rows, an earlier one has noted. */
export function planWalks({ clocks, prices, since }: WalkChoice): Walk[] {
  const only = since === undefined ? {} : { since };
  const subscriptions = (prices ?? [null]).flatMap((price): Walk[] => {
    const walk: Walk = { list: "SUBSCRIPTIONS", ...(price === null ? {} : { price }), ...only };
    return [walk, ...clocks.map((clock) => ({ ...walk, clock }))];
  });
  // What it came to may be younger than a checkout by as long as a checkout stays open.
  const opened = since === undefined ? {} : { since: since - OPEN_S, rowsSince: since };
  return [{ list: "DISPUTES" }, { list: "SESSIONS", ...opened }, ...subscriptions, { list: "INVOICES", ...only }];
}
