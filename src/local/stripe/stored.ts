import type Stripe from "stripe";

/** The version of the API that the pinned `stripe` package speaks, and the shape of every object and event here. */
export const API_VERSION = "2026-10-28.endive";

/**
 * A kind of object as the world keeps it: ids where Stripe could expand, decimals as text, no embedded lists of other
 * objects (they are rendered). Made from the published types, so that a row with a field missing or made up does not
 * compile. What a row must remember beside that goes
 * into a field `ours`, which never leaves in an answer.
 */
export type Stored<T> = {
  [K in keyof T as K extends "deleted" | "lastResponse" ? never : IsList<T[K]> extends true ? never : K]: Field<T[K]>;
};

type IsList<F> = NonNullable<F> extends { object: "list" } ? true : false;

type Field<F> = F extends Stripe.Decimal
  ? string
  : F extends string | number | boolean | null | undefined
    ? F
    : F extends { id: string; object: string }
      ? never
      : F extends readonly (infer E)[]
        ? Field<E>[]
        : F extends object
          ? { [K in keyof F]: Field<F[K]> }
          : F;

/** What stands in an answer or an event: plain JSON. */
export type Rendered = Record<string, unknown>;

/** What is left of a deleted object. */
export interface Gone {
  id: string;
  object: string;
  deleted: true;
}
