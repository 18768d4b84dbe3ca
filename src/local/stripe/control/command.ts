import type { Deliveries } from "../delivery/deliveries";
import { type Fields, type ParamsOf, readParams } from "../params";
import type { FormBranch } from "../read-form";
import type { Simulator } from "../start-simulator";

/** What a command works on. */
export interface Room {
  simulator: Simulator;
  deliveries: Deliveries;
  /** The account that every key opens which names none. */
  firstAccount(): Simulator;
  /** Further accounts of this simulated Stripe, by name. */
  accounts(): ReadonlyMap<string, Simulator>;
}

/** Something that only Stripe, a bank, a person or a test can do. Its name is its address under `/_control/`. */
export interface Command {
  group: Group;
  about: string;
  /** Name of a parameter -> what to write there. */
  shows: Record<string, string>;
  /** Set for what cannot be undone: people are asked before it runs. */
  asks?: Question;
  run(room: Room, form: FormBranch): unknown;
}

export interface Question {
  title: string;
  /** The button that runs it. */
  button: string;
  /** Parameters that the confirmation adds. */
  adds?: Record<string, string>;
}

export type Group = "Time and world" | "Sales" | "Payments" | "Subscriptions" | "Deliveries" | "Trouble";

/** Ties the types of the parameters to what is done with them. */
export function command<F extends Fields>(
  group: Group,
  about: string,
  { fields, ...more }: { fields: F; shows: { [K in keyof F]: string }; asks?: Question },
  does: (room: Room, params: ParamsOf<F>) => unknown,
): Command {
  return { group, about, ...more, run: (room, form) => does(room, readParams(fields, form)) };
}
