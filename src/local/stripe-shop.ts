/** What the demo shop sells in the simulated Stripe: the same products as in Latchkey, each at a price or two. */
export interface ShopPrice {
  name: string;
  product: string;
  unitAmount?: number;
  /** The buyer chooses the amount, from this one up. */
  customMinimum?: number;
  interval?: "month" | "year";
}

export const CURRENCY = "eur";

export const shopProducts = [
  { key: "membership", name: "Membership", description: "Everything we write, for as long as you are a member." },
  { key: "course", name: "Bread for beginners", description: "Twelve lessons, bought once and kept." },
  { key: "workshop", name: "Sourdough workshop", description: "Four evenings, recorded." },
  { key: "bakery", name: "The whole bakery", description: "The course and the workshop together." },
  { key: "tip", name: "Tip jar", description: "For those who like what they read." },
] as const;

export const shopPrices = [
  { name: "monthly", product: "membership", unitAmount: 900, interval: "month" },
  { name: "yearly", product: "membership", unitAmount: 9_000, interval: "year" },
  { name: "course", product: "course", unitAmount: 4_900 },
  { name: "workshop", product: "workshop", unitAmount: 3_900 },
  { name: "bakery", product: "bakery", unitAmount: 7_900 },
  { name: "tip", product: "tip", customMinimum: 200 },
] as const satisfies readonly ShopPrice[];

export type PriceName = (typeof shopPrices)[number]["name"];

/** Somebody for every state that a payment can be in. What happens to them is in seed-stripe. */
export const shopPeople = [
  { name: "Grace Hopper", email: "grace@example.com", state: "active" },
  { name: "Katherine Johnson", email: "katherine@example.com", state: "trialing" },
  { name: "Alan Turing", email: "alan@example.com", state: "past_due" },
  { name: "Linus Pauling", email: "linus@example.com", state: "cancelling" },
  { name: "Marie Curie", email: "marie@example.com", state: "canceled" },
  { name: "Emmy Noether", email: "emmy@example.com", state: "paused" },
  { name: "Sofya Kovalevskaya", email: "sofya@example.com", state: "incomplete" },
  { name: "Srinivasa Ramanujan", email: "srinivasa@example.com", state: "unpaid" },
  { name: "Ada Lovelace", email: "ada@example.com", state: "bought" },
  { name: "Charles Babbage", email: "charles@example.com", state: "refunded" },
  { name: "Mary Somerville", email: "mary@example.com", state: "disputed" },
  { name: "Georg Cantor", email: "georg@example.com", state: "pending" },
] as const;

export type PersonState = (typeof shopPeople)[number]["state"];
