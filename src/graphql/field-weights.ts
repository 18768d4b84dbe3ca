/** What it takes to answer a field, beside its place in the answer. */
export type Weight =
  /** Memory, or rows that one statement reads for all fields of the kind. */
  | "BATCHED"
  /** A page of a list below its parent: one statement for all parents that ask for the same page. */
  | "PAGE"
  /** A statement or two of its own. */
  | "ROW"
  /** A transaction. */
  | "WRITE"
  /** A signature, and the statements that find out what to sign. */
  | "SIGNATURE"
  /** Rows of many users or products. */
  | "WIDE"
  /** Requests to another service. */
  | "REMOTE";

export interface WeightTerms {
  /** Added to the cost of an operation for each time the field is asked. */
  cost: number;
  /** How often one operation may ask the field at its root; null: as often as it may have aliases. */
  repeatsMax: number | null;
}

/** A weight that depends on an argument. */
export interface WeightByArgument {
  usually: Weight;
  /** The path of the argument, such as `input.stripeCustomerId`. */
  argument: string;
  /** The weight when the argument has a value. */
  given: Weight;
}

/** Weights by coordinate, such as `Query.access`. A field that is not listed is BATCHED. */
export type FieldWeights = ReadonlyMap<string, Weight | WeightByArgument>;

/** Pure: the weight of a field that is asked with these arguments. */
export function weightOf(weights: FieldWeights, coordinate: string, args: Readonly<Record<string, unknown>>): Weight {
  const weight = weights.get(coordinate) ?? "BATCHED";
  if (typeof weight === "string") return weight;
  const value = weight.argument.split(".").reduce<unknown>((at, name) => (isObject(at) ? at[name] : undefined), args);
  return value === undefined || value === null ? weight.usually : weight.given;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}

export const weightTerms: Readonly<Record<Weight, WeightTerms>> = {
  BATCHED: { cost: 0, repeatsMax: null },
  PAGE: { cost: 10, repeatsMax: null },
  ROW: { cost: 50, repeatsMax: 50 },
  WRITE: { cost: 100, repeatsMax: 50 },
  SIGNATURE: { cost: 200, repeatsMax: 10 },
  WIDE: { cost: 500, repeatsMax: 5 },
  REMOTE: { cost: 1_000, repeatsMax: 5 },
};

/** An operation counts as one request, and as one more for each further 100 of its cost. */
const COST_OF_A_REQUEST = 100;

/** Pure: how many requests an operation of this cost counts as in the limits by minute. */
export function requestsOfCost(cost: number): number {
  return Math.max(1, Math.ceil(cost / COST_OF_A_REQUEST));
}
