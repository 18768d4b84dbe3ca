import {
  type DocumentNode,
  GraphQLError,
  type GraphQLNamedType,
  type GraphQLSchema,
  type OperationDefinitionNode,
  getNamedType,
  getNullableType,
  isListType,
} from "graphql";
import { getVariableValues } from "graphql/execution/values.js";
import { type ComplexityEstimatorArgs, getComplexity } from "graphql-query-complexity";
import { type FieldWeights, weightOf, weightTerms } from "./field-weights";
import { PAGE_SIZE_DEFAULT, PAGE_SIZE_MAX } from "./read-page-request";

export interface CostQuestion {
  schema: GraphQLSchema;
  weights: FieldWeights;
  document: DocumentNode;
  operation: OperationDefinitionNode;
  variables: Readonly<Record<string, unknown>>;
}

/**
 * About one for each field of each row that the operation could answer with, and more for fields that weigh more.
 * Infinity when fragments multiply beyond counting; null when the variables do not fit, because then nothing will be
 * executed at all.
 */
export function measureCost({ schema, weights, document, operation, variables }: CostQuestion): number | null {
  if (getVariableValues(schema, operation.variableDefinitions ?? [], { ...variables }).errors) return null;
  const operationName = operation.name?.value;
  try {
    return getComplexity({
      schema,
      query: document,
      variables: { ...variables },
      estimators: [(field) => costOfField(field, weights)],
      ...(operationName === undefined ? {} : { operationName }),
    });
  } catch (error) {
    if (error instanceof GraphQLError && TOO_MANY_NODES.test(error.message)) return Infinity;
    throw error;
  }
}

const TOO_MANY_NODES = /maximum allowed number of nodes/;

/** A field costs one and its weight, and whatever is asked of each of its rows as often as there can be rows. */
function costOfField({ type, field, args, childComplexity }: ComplexityEstimatorArgs, weights: FieldWeights): number {
  const { cost } = weightTerms[weightOf(weights, `${type.name}.${field.name}`, args)];
  return 1 + cost + childComplexity * rowsOf(getNamedType(field.type), isListType(getNullableType(field.type)), args);
}

function rowsOf(type: GraphQLNamedType, isList: boolean, args: Record<string, unknown>): number {
  if (type.name.endsWith("Connection")) return pageSizeOf(args);
  if (!isList) return 1;
  // One row for each thing that was named: accessMany(products: ["a", "b"]).
  const lengths = Object.values(args).map((value) => (Array.isArray(value) ? value.length : 0));
  return Math.max(1, ...lengths);
}

/** Sizes that are out of bounds are refused by the list itself; here they must only not become a way around. */
function pageSizeOf(args: Record<string, unknown>): number {
  const asked = args["first"] ?? args["last"];
  const size = typeof asked === "number" ? asked : PAGE_SIZE_DEFAULT;
  return Math.min(Math.max(size, 1), PAGE_SIZE_MAX);
}
