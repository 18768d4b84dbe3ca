import { type GraphQLField, type GraphQLFieldResolver, type GraphQLSchema } from "graphql";
import type { Context } from "./context";
import { type FieldWeights, type Weight, weightOf } from "./field-weights";
import { type Slots, openSlots } from "./open-slots";

type Resolve = GraphQLFieldResolver<unknown, Context>;

/**
 * Lets each caller run only a few root fields that weigh something at a time, in this process; the rest waits. So one caller's burst holds a few connections of the pool, whatever the number of requests and aliases, and
 * others go on. Fields that reach another service have slots of their own: while it hangs, own rows can still be read.
 */
export function limitInFlight(schema: GraphQLSchema, weights: FieldWeights): GraphQLSchema {
  const own = byField(openSlots());
  const remote = byOperation(openSlots());
  for (const type of [schema.getQueryType(), schema.getMutationType()]) {
    for (const field of Object.values<GraphQLField<unknown, Context>>(type?.getFields() ?? {})) {
      const coordinate = `${type?.name ?? ""}.${field.name}`;
      const weight = (args: Readonly<Record<string, unknown>>) => weightOf(weights, coordinate, args);
      if (isLight(weight({})) || !field.resolve) continue;
      field.resolve = withinSlot(field.resolve, (args) => (weight(args) === "REMOTE" ? remote : own));
    }
  }
  return schema;
}

function isLight(weight: Weight): boolean {
  return weight === "BATCHED" || weight === "PAGE";
}

/** Waits for a slot and returns what frees it. */
type TakeSlot = (context: Context) => Promise<() => void>;

function withinSlot(resolve: Resolve, slotsFor: (args: Readonly<Record<string, unknown>>) => TakeSlot): Resolve {
  return async (root, args: Record<string, unknown>, context, info) => {
    const free = await slotsFor(args)(context);
    try {
      return await resolve(root, args, context, info);
    } finally {
      free();
    }
  };
}

function byField(slots: Slots): TakeSlot {
  return (context) => slots.take(callerOf(context), boundsOf(context));
}

/** The fields of one operation share a slot, so that their loaders still see them together. */
function byOperation(slots: Slots): TakeSlot {
  const held = new WeakMap<Context, { slot: Promise<() => void>; fields: number }>();
  return async (context) => {
    const shared = held.get(context) ?? { slot: slots.take(callerOf(context), boundsOf(context)), fields: 0 };
    held.set(context, shared);
    shared.fields++;
    const free = await shared.slot;
    return () => {
      if (--shared.fields > 0) return;
      held.delete(context);
      free();
    };
  };
}

function callerOf({ identity, address }: Context): string {
  if (identity.role === "USER") return `user ${identity.userId}`;
  return identity.role === "PUBLISHABLE" ? `visitor ${address}` : `key ${identity.apiKeyId}`;
}

// A server's key speaks for a whole application; a visitor or a user is one person with a few open pages.
const PERSON = { runningMax: 4, waitingMax: 60 };
const APPLICATION = { runningMax: 32, waitingMax: 1_000 };

function boundsOf({ identity: { role } }: Context) {
  return role === "USER" || role === "PUBLISHABLE" ? PERSON : APPLICATION;
}
