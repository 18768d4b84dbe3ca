import type { Books, Person } from "./books";
import type { Stage } from "./stage";

/** How somebody came to the shop, and how Latchkey can know whose a purchase is. */
export type Kind =
  /** A user with a verified address; their customer in Stripe has the same one. */
  | "matched"
  /** A user whose customer in Stripe has another address: somebody must link the two. */
  | "linked"
  /** No user: the first purchase creates one, and later customers with the same address join it. */
  | "stranger"
  /** No user and no customer in Stripe: buys by a payment link, and comes back. */
  | "guest"
  /** A user with an unverified address. Their customer has the same address, which opens nothing until it is proved. */
  | "shadow"
  /** A user who is linked to one customer, while a second one has the user's verified address. */
  | "twice"
  /** A user with a verified address: gets access by hand, buys as a guest, or pays with a mistyped address. */
  | "plain";

const CROWD: Record<Kind, number> = { matched: 8, linked: 6, stranger: 6, guest: 4, shadow: 2, twice: 2, plain: 2 };

export interface Actor extends Person {
  kind: Kind;
}

/** Thirty people. */
export function castPeople(): Actor[] {
  const kinds = Object.entries(CROWD).flatMap(([kind, count]) => Array.from({ length: count }, () => kind as Kind));
  return kinds.map((kind, at) => {
    const email = `p${String(at).padStart(2, "0")}-${kind}@example.com`;
    const isUser = kind !== "stranger" && kind !== "guest";
    return { email, kind, isUser, verified: isUser && kind !== "shadow" };
  });
}

const CREATE = "mutation ($input: CreateUserInput!) { createUser(input: $input) { id } }";

export async function registerUsers({ latchkey }: Stage, people: readonly Actor[]): Promise<void> {
  for (const { email, isUser, verified } of people) {
    if (!isUser) continue;
    await latchkey.ask(CREATE, { input: { externalId: email, email, emailVerified: verified, name: email } });
  }
}

export function emptyBooks(people: readonly Person[]): Books {
  return {
    people: people.map(({ email, isUser, verified }) => ({ email, isUser, verified })),
    products: [
      { key: "alpha", includes: [] },
      { key: "beta", includes: [] },
      { key: "gamma", includes: [] },
      { key: "delta", includes: [] },
      { key: "bundle", includes: ["alpha", "gamma"] },
    ],
    links: [],
    customerLinks: [],
    unlinked: new Set(),
    buried: new Map(),
    policy: {
      pastDueGraceDays: 7,
      disputeOpened: "SUSPEND",
      fullRefundEndsAccess: true,
      partialRefundEndsAccess: false,
      pausedCollectionSuspends: false,
      autoCreateUsers: "ON_PURCHASE",
    },
    gifts: [],
    removals: [],
    switches: [],
  };
}
