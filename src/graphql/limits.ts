import {
  type DocumentNode,
  type FieldNode,
  type GraphQLObjectType,
  type GraphQLSchema,
  Kind,
  type OperationDefinitionNode,
} from "graphql";
import { getArgumentValues, getVariableValues } from "graphql/execution/values.js";
import { Refusal } from "../base/refusal";
import { isStorable } from "../base/storable-text";
import type { Limits } from "../config/config";
import type { Context, Role } from "./context";
import { type FieldWeights, requestsOfCost, weightOf, weightTerms } from "./field-weights";
import { findPath } from "./find-input-path";
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

// A document whose cost depends on its variables keeps the costs of so many combinations, with short names only.
const COSTS_KEPT_MAX = 64;
const NAME_KEPT_MAX = 1_000;

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
    if (costs.size < COSTS_KEPT_MAX && key.length <= NAME_KEPT_MAX) costs.set(key, cost);
    return cost;
  }

  return (request) => {
    const { context } = request;
    const measured = measure(request);
    if (measured.introspects && !readsSchema(context.identity.role, localMode)) refuseIntrospection();
    if (!measured.isStorable) refuseUnstorableLiteral(request.document);
    refuseAbove("depth", limits.depthMax, measured.depth);
    refuseAbove("aliases", limits.aliasesMax, measured.aliases);
    refuseRepeats(request, measured, { schema, weights });
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

/** Cost depends on numbers, on conditions, on the lengths of lists, on which input fields have a value, and on nothing else. */
function sizesOf({ operation, variables }: LimitedRequest): string {
  const definitions = operation.variableDefinitions ?? [];
  return definitions.map(({ variable }) => sizeOf(variables[variable.name.value])).join();
}

function sizeOf(value: unknown): string {
  if (Array.isArray(value)) return `[${value.length}]`;
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  if (value === undefined || value === null) return "";
  if (typeof value !== "object") return typeof value;
  const given = Object.entries(value).filter(([, inner]) => inner !== null && inner !== undefined);
  return `{${given
    .map(([name]) => name)
    .sort()
    .join(" ")}}`;
}

function refuseUnstorableLiteral(document: DocumentNode): never {
  const field = findPath(document, (node) => node.kind === Kind.STRING && !isStorable(node.value));
  throw new Refusal("INVALID_INPUT", { say: UNSTORABLE, ...(field === undefined ? {} : { field }) });
}

function refuseIntrospection(): never {
  throw new Refusal("FORBIDDEN", { say: "Only administrators may ask about the schema itself." });
}

type Weighing = Pick<LimitParts, "schema" | "weights">;

function refuseRepeats(request: LimitedRequest, { rootNodes }: DocumentMeasure, { schema, weights }: Weighing): void {
  const root = schema.getRootType(request.operation.operation);
  if (!root) return;
  for (const [field, nodes] of rootNodes) {
    const weight = weights.get(`${root.name}.${field}`) ?? "BATCHED";
    if (typeof weight === "string") {
      refuseAboveTimes(field, weightTerms[weight].repeatsMax, nodes.length);
      continue;
    }
    refuseAboveTimes(field, weightTerms[weight.usually].repeatsMax, nodes.length);
    const argsOf = openArguments(request, schema, root);
    const given = nodes.filter((node) => weightOf(weights, `${root.name}.${field}`, argsOf(node)) === weight.given);
    refuseAboveTimes(field, weightTerms[weight.given].repeatsMax, given.length);
  }
}

/** The arguments of a root field. Arguments that do not fit count as absent: nothing is executed then. */
function openArguments(
  { operation, variables }: LimitedRequest,
  schema: GraphQLSchema,
  root: GraphQLObjectType,
): (node: FieldNode) => Record<string, unknown> {
  const { coerced = {} } = getVariableValues(schema, operation.variableDefinitions ?? [], { ...variables });
  return (node) => {
    const field = root.getFields()[node.name.value];
    if (!field) return {};
    try {
      return getArgumentValues(field, node, coerced);
    } catch {
      return {};
    }
  };
}

function refuseAboveTimes(field: string, max: number | null, actual: number): void {
  if (max === null || actual <= max) return;
  throw new Refusal("LIMIT_EXCEEDED", {
    say: `The operation asks ${field} ${actual} times; ${max} times at most are allowed. Send several requests.`,
    details: { limit: "repeats", field, max, actual },
  });
}

function refuseAbove(limit: "depth" | "aliases" | "cost", max: number, actual: number): void {
  if (actual <= max) return;
  throw new Refusal("LIMIT_EXCEEDED", {
    say: `The ${limit} of the operation is above the limit of ${max}.`,
    // Infinity is no JSON: the counting stopped, and all that is known is that it is more.
    details: { limit, max, actual: Number.isFinite(actual) ? actual : max + 1 },
  });
}
