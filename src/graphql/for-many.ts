import type { GraphQLField } from "graphql";
import { Extensions } from "type-graphql";
import type { Context } from "./context";

/** The values of one field for many parents, in their order. */
export type AnswerMany = (parents: readonly never[], args: never, ctx: Context) => Promise<readonly unknown[]>;

/**
 * Stands beside `@FieldResolver` on a field of rows that come by the hundred: a list is answered by one call instead of
 * one for each row, which saves the promises and nothing else. The answers must be those of the resolver itself.
 */
export function ForMany(answer: AnswerMany): MethodDecorator & PropertyDecorator {
  return Extensions({ [EXTENSION]: answer });
}

export function forManyOf(field: GraphQLField<unknown, Context>): AnswerMany | null {
  return (field.extensions[EXTENSION] as AnswerMany | undefined) ?? null;
}

const EXTENSION = "forMany";
