import { DAY } from "../base/durations";

/** A small shop to look around in: every kind of product, and somebody with every kind of grant that needs no payment. */
export const demoProducts = [
  {
    key: "membership",
    name: "Membership",
    description: "Everything we write, for as long as you are a member.",
    teaser: "A new story every Friday.",
    purchaseMethod: "CHECKOUT",
    tags: ["stories"],
  },
  {
    key: "course",
    name: "Bread for beginners",
    description: "Twelve lessons, bought once and kept.",
    teaser: "Your first loaf in an afternoon.",
    purchaseMethod: "CHECKOUT",
    tags: ["course"],
  },
  {
    key: "workshop",
    name: "Sourdough workshop",
    description: "Four evenings, recorded.",
    teaser: "A starter that lives.",
    purchaseMethod: "CHECKOUT",
    tags: ["course"],
  },
  {
    key: "bakery",
    name: "The whole bakery",
    description: "A bundle: the course and the workshop together.",
    purchaseMethod: "CHECKOUT",
    includes: ["course", "workshop"],
  },
  { key: "newsletter", name: "Newsletter", description: "Free for everybody.", accessMode: "PUBLIC" },
  { key: "community", name: "Community", description: "Free for everybody we know.", accessMode: "AUTHENTICATED" },
  { key: "rye", name: "Rye and patience", description: "Still being written.", status: "DRAFT" },
] as const;

/** Owns nothing. The pages of the demo speak for this user. */
export const demoBuyer = { externalId: "you", name: "You", email: "you@example.com", emailVerified: true } as const;

/** Pays for a membership in the simulated Stripe already. */
export const demoSubscriber = "grace";

/** The demo sells these products. A user who may open one reads its text. */
export const demoShelf = [
  { key: "membership", name: "Membership", content: "This Friday's story: the oven that never went out." },
  { key: "course", name: "Bread for beginners", content: "Lesson 1: flour, water, salt and patience." },
] as const;

export const demoUsers = [
  demoBuyer,
  { externalId: "ada", name: "Ada Lovelace", email: "ada@example.com", emailVerified: true },
  { externalId: "grace", name: "Grace Hopper", email: "grace@example.com", emailVerified: true },
  { externalId: "alan", name: "Alan Turing", email: "alan@example.com", emailVerified: true },
  { externalId: "katherine", name: "Katherine Johnson", email: "katherine@example.com", emailVerified: true },
  { externalId: "linus", name: "Linus Pauling", email: "linus@example.com", emailVerified: true },
  { externalId: "marie", name: "Marie Curie", email: "marie@example.com", emailVerified: true },
] as const;

export interface DemoGrant {
  user: string;
  product: string;
  note: string;
  startsAt?: string;
  endsAt?: string;
  gift?: boolean;
  /** Taken back again at once. */
  revoked?: boolean;
}

export function demoGrants(now: Date): DemoGrant[] {
  const inDays = (days: number) => new Date(now.getTime() + days * DAY).toISOString();
  return [
    { user: "grace", product: "membership", note: "Invited for a month", endsAt: inDays(30) },
    { user: "alan", product: "membership", note: "Tried it last year", startsAt: inDays(-60), endsAt: inDays(-30) },
    { user: "katherine", product: "course", note: "A birthday present", gift: true },
    { user: "linus", product: "workshop", note: "Begins next week", startsAt: inDays(7) },
    { user: "marie", product: "course", note: "Given by mistake", revoked: true },
  ];
}

export const demoResources = [
  { key: "post:1", tags: ["stories"], products: ["membership"] },
  { key: "lesson:1", tags: ["course"], products: ["course", "workshop"] },
] as const;
