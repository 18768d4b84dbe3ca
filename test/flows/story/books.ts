/**
 * What the story did to Latchkey, written down as it did it: the people it made, the links, the policy, what was given by
 * hand. Together with what Stripe says now, this is all that access depends on.
 */
export interface Books {
  people: Person[];
  /** What Latchkey sells; a bundle opens what it includes. */
  products: { key: string; includes: readonly string[] }[];
  links: ProductLink[];
  customerLinks: CustomerLink[];
  /** Customers that were taken from their person by hand: nobody's, until they are linked again. */
  unlinked: Set<string>;
  /** Whose a customer was when it was deleted in Stripe: bought things stay with that person. */
  buried: Map<string, string | null>;
  policy: Policy;
  gifts: Gift[];
  /** People who were removed, and when: what they had begun to buy by then opens nothing for anybody any more. */
  removals: { email: string; at: number }[];
  /** Subscriptions that were moved from a price that nobody links to a linked one, and when. */
  switches: { subscription: string; at: number }[];
}

export interface Person {
  /** What tells people apart, here and in Latchkey. */
  email: string;
  /** Made by the story through `createUser`. Others come to be by what they buy, or never. */
  isUser: boolean;
  /** Only an address that is known to be theirs says that a customer of Stripe is them. */
  verified: boolean;
}

export interface ProductLink {
  id: string;
  product: string;
  stripeProduct: string;
  /** Empty: all of them. */
  prices: readonly string[];
  days: number | null;
  /** In seconds, as all moments here. */
  endsAt: number | null;
  /** After `KEEP_GRANTS`: what was held then, by `source/item`, is followed to its end; nothing else counts any more. */
  keeps: ReadonlySet<string> | null;
}

export interface CustomerLink {
  customer: string;
  email: string;
}

export interface Policy {
  pastDueGraceDays: number;
  disputeOpened: "KEEP" | "SUSPEND" | "REVOKE";
  fullRefundEndsAccess: boolean;
  partialRefundEndsAccess: boolean;
  pausedCollectionSuspends: boolean;
  autoCreateUsers: "NEVER" | "ON_PURCHASE";
}

/** Access that was given by hand. */
export interface Gift {
  ref: string;
  email: string;
  product: string;
  startsAt: number;
  endsAt: number | null;
  isGift: boolean;
  revoked: boolean;
}
