import type { DocumentNode, GraphQLSchema, OperationDefinitionNode } from "graphql";
import { Refusal } from "../base/refusal";
import type { Limits } from "../config/config";
import type { Role } from "./context";
import { measureCost } from "./measure-cost";
import { type DocumentMeasure, measureDocument } from "./measure-document";

export interface LimitedRequest {
  /** Parsed and valid. The same object for the same text, as far as the store of documents remembers. */
  document: DocumentNode;
  operation: OperationDefinitionNode;
  variables: Readonly<Record<string, unknown>>;
  role: Role;
}

/** Refuses the request, or says what it asks for. Every road to execution has to ask, whichever pipeline it takes. */
export type CheckLimits = (request: LimitedRequest) => DocumentMeasure;

interface Known extends DocumentMeasure {
  costs: Map<string, number>;
}

// A document whose cost depends on its variables keeps the costs of so many combinations.
const COSTS_KEPT_MAX = 64;

export function makeLimits(deps: { schema: GraphQLSchema; limits: Limits; localMode: boolean }): CheckLimits {
  const { limits } = deps;
  const known = new WeakMap<OperationDefinitionNode, Known>();

  function measure({ document, operation }: LimitedRequest): Known {
    let found = known.get(operation);
    if (!found) known.set(operation, (found = { ...measureDocument(document, operation), costs: new Map() }));
    return found;
  }

  function costOf(request: LimitedRequest, { costs }: Known): number {
    const key = sizesOf(request);
    const kept = costs.get(key);
    if (kept !== undefined) return kept;
    const cost = measureCost({ schema: deps.schema, ...request });
    if (cost === null) return 0;
    if (costs.size < COSTS_KEPT_MAX) costs.set(key, cost);
    return cost;
  }

  return (request) => {
    const measured = measure(request);
    if (measured.introspects && !readsSchema(request.role, deps.localMode)) refuseIntrospection();
    refuseAbove("depth", limits.depthMax, measured.depth);
    refuseAbove("aliases", limits.aliasesMax, measured.aliases);
    refuseAbove("cost", limits.costMax, costOf(request, measured));
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

function refuseAbove(limit: "depth" | "aliases" | "cost", max: number, actual: number): void {
  if (actual <= max) return;
  throw new Refusal("LIMIT_EXCEEDED", {
    say: `The ${limit} of the operation is above the limit of ${max}.`,
    // Infinity is no JSON: the counting stopped, and all that is known is that it is more.
    details: { limit, max, actual: Number.isFinite(actual) ? actual : max + 1 },
  });
}
