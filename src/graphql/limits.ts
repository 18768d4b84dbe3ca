import type { DocumentNode, GraphQLSchema, OperationDefinitionNode } from "graphql";
import { Refusal } from "../base/refusal";
import type { Limits } from "../config/config";
import type { Context, Role } from "./context";
import { type FieldWeights, requestsOfCost, weightTerms } from "./field-weights";
import { measureCost } from "./measure-cost";
import { type DocumentMeasure, measureDocument } from "./measure-document";
import { UNSTORABLE } from "./refuse-unstorable";

export interface LimitedRequest {
  /** Parsed and valid. The same object for the same text, as far as the store of documents remembers. */
  document: DocumentNode;
  operation: OperationDefinitionNode;
  variables: Readonly<Record<string, unknown>>;
  context: Context;
}

/**
 * Refuses the request, or counts it by its cost and returns what it asks for. Every path to execution calls this,
 * whichever pipeline it takes; a request that is checked twice is counted once.
 */
export type CheckLimits = (request: LimitedRequest) => DocumentMeasure;

interface Known extends DocumentMeasure {
  costs: Map<string, number>;
}

// A document whose cost depends on its variables keeps the costs of so many combinations.
const COSTS_KEPT_MAX = 64;

export interface LimitParts {
  schema: GraphQLSchema;
  weights: FieldWeights;
  limits: Limits;
  localMode: boolean;
}

export function makeLimits({ schema, weights, limits, localMode }: LimitParts): CheckLimits {
  const known = new WeakMap<OperationDefinitionNode, Known>();
  const counted = new WeakSet<Context>();

  function measure({ document, operation }: LimitedRequest): Known {
    let found = known.get(operation);
    if (!found) known.set(operation, (found = { ...measureDocument(document, operation), costs: new Map() }));
    return found;
  }

  function costOf(request: LimitedRequest, { costs }: Known): number {
    const key = sizesOf(request);
    const kept = costs.get(key);
    if (kept !== undefined) return kept;
    const cost = measureCost({ schema, weights, ...request });
    if (cost === null) return 0;
    if (costs.size < COSTS_KEPT_MAX) costs.set(key, cost);
    return cost;
  }

  return (request) => {
    const { context, operation } = request;
    const measured = measure(request);
    if (measured.introspects && !readsSchema(context.identity.role, localMode)) refuseIntrospection();
    if (!measured.isStorable) throw new Refusal("INVALID_INPUT", { say: UNSTORABLE });
    refuseAbove("depth", limits.depthMax, measured.depth);
    refuseAbove("aliases", limits.aliasesMax, measured.aliases);
    refuseRepeats(schema.getRootType(operation.operation)?.name ?? "", measured, weights);
    const cost = costOf(request, measured);
    refuseAbove("cost", limits.costMax, cost);
    if (!counted.has(context)) context.charge(requestsOfCost(cost) - 1);
    counted.add(context);
    return measured;
  };
}

/** On somebody's own machine everybody, elsewhere administrators. */
export function readsSchema(role: Role, localMode: boolean): boolean {
  return localMode || role === "ADMIN";
}

/** Cost depends on numbers, on conditions and on the lengths of lists, and on nothing else in the variables. */
function sizesOf({ operation, variables }: LimitedRequest): string {
  const definitions = operation.variableDefinitions ?? [];
  return definitions.map(({ variable }) => sizeOf(variables[variable.name.value])).join();
}

function sizeOf(value: unknown): string {
  if (Array.isArray(value)) return `[${value.length}]`;
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  return value === undefined ? "" : typeof value;
}

function refuseIntrospection(): never {
  throw new Refusal("FORBIDDEN", { say: "Only administrators may ask about the schema itself." });
}

function refuseRepeats(rootType: string, { rootRepeats }: DocumentMeasure, weights: FieldWeights): void {
  for (const [field, actual] of rootRepeats) {
    const { repeatsMax: max } = weightTerms[weights.get(`${rootType}.${field}`) ?? "BATCHED"];
    if (max === null || actual <= max) continue;
    throw new Refusal("LIMIT_EXCEEDED", {
      say: `The operation asks ${field} ${actual} times; ${max} times at most are allowed. Send several requests.`,
      details: { limit: "repeats", field, max, actual },
    });
  }
}

function refuseAbove(limit: "depth" | "aliases" | "cost", max: number, actual: number): void {
  if (actual <= max) return;
  throw new Refusal("LIMIT_EXCEEDED", {
    say: `The ${limit} of the operation is above the limit of ${max}.`,
    // Infinity is no JSON: the counting stopped, and all that is known is that it is more.
    details: { limit, max, actual: Number.isFinite(actual) ? actual : max + 1 },
  });
}
