import type Stripe from "stripe";
import type { SimulatedStripe } from "../../../src/local/stripe/simulated-stripe";
import { control } from "../../contract/whole-kit";
import type { Books } from "./books";
import type { Chance } from "./chance";
import type { Goods } from "./goods";
import type { Actor } from "./people";

/** Where a story happens: the simulated Stripe, Latchkey if it is there, the books, and chance. */
export interface Stage {
  seed: number;
  chance: Chance;
  simulator: SimulatedStripe;
  stripe: Stripe;
  goods: Goods;
  books: Books;
  people: readonly Actor[];
  /** Whose a customer of Stripe is in the story, whatever Latchkey knows; deleted ones are not here. */
  customers: Map<string, string>;
  /** Every address that a customer of Stripe ever had. */
  addresses: Set<string>;
  latchkey: Latchkey;
  /** Towards its end a story hurries, so that not everything that was begun is over when it is looked at. */
  isHurrying: boolean;
  /**
   * Lets everything that is under way arrive, and Latchkey know all that Stripe knows. False: it may not, in this story;
   * then nothing can be done whose effect depends on what Latchkey knows at that moment.
   */
  bringUpToDate(): Promise<boolean>;
}

/** What the story asks of Latchkey. Without a server it takes note and does nothing. */
export interface Latchkey {
  ask<Data>(query: string, variables: Record<string, unknown>): Promise<Data>;
}

/** An act changes the world and says what it did; null when there was nothing to do it to. */
export interface Act {
  weight: number;
  run(stage: Stage): Promise<string | null>;
}

export const HOUR = 3_600;
export const DAY = 24 * HOUR;

export function nowOf({ simulator }: Stage): number {
  return simulator.control.now();
}

/** Something that only a buyer, a bank or the owner of the account does. */
export function does<T = { id: string }>({ simulator }: Stage, name: string, body: object): Promise<T> {
  return control<T>(simulator, name, body);
}

type Shelves = SimulatedStripe["world"]["shelves"];

/** A row of the simulated world that fits, by lot. The story may look behind the counter; the oracle does not. */
export function anyRow<Name extends keyof Shelves>(
  { simulator, chance }: Stage,
  name: Name,
  fits: (row: Shelves[Name]["inOrder"][number]["row"]) => boolean,
): Shelves[Name]["inOrder"][number]["row"] | undefined {
  return chance.pick(simulator.world.shelves[name].inOrder.map(({ row }) => row).filter((row) => fits(row)));
}

export function idOf(reference: string | { id: string } | null | undefined): string {
  return (typeof reference === "string" ? reference : reference?.id) ?? "";
}
