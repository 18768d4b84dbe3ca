import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLFieldResolver,
  type GraphQLLeafType,
  type GraphQLObjectType,
  type GraphQLOutputType,
  type GraphQLResolveInfo,
  type GraphQLSchema,
  Kind,
  type OperationDefinitionNode,
  OperationTypeNode,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
  visit,
} from "graphql";
import { collectFields, collectSubfields } from "graphql/execution/collectFields.js";
import type { Context } from "./context";
import { type AnswerMany, forManyOf } from "./for-many";
import { type ReadArgs, type Variables, argumentReader } from "./read-values";

/** A selection of one type's fields, looked at once: what is left to do for each request is to ask for the values. */
export interface ObjectPlan {
  type: GraphQLObjectType;
  fields: readonly FieldPlan[];
}

export interface FieldPlan {
  /** `"name":`, with the comma that separates it from the field before. */
  opening: string;
  name: string;
  /** Null: the value is a property of the parent. */
  resolve: GraphQLFieldResolver<unknown, Context> | null;
  /** Answers the field for many parents at once. */
  forMany: AnswerMany | null;
  /** Null: it takes none. */
  readArgs: ReadArgs | null;
  info: Omit<GraphQLResolveInfo, "variableValues" | "path" | "rootValue">;
  value: ValuePlan;
}

export type ValuePlan =
  | { kind: "constant"; text: string }
  | { kind: "leaf"; nullable: boolean; type: GraphQLLeafType }
  | { kind: "list"; nullable: boolean; of: ValuePlan }
  | { kind: "object"; nullable: boolean; plan: ObjectPlan };

export interface Compiling {
  schema: GraphQLSchema;
  document: DocumentNode;
  operation: OperationDefinitionNode;
  /** Decide which fields are skipped; what else they hold is read for each request. */
  variables: Variables;
}

/**
 * The plan of a query whose document is valid. Null when the query holds something that only the ordinary executor does:
 * types that are known by looking at the value, and questions about the schema itself.
 */
export function compileOperation(asked: Compiling): { plan: ObjectPlan; fields: number } | null {
  const { schema, document, operation, variables } = asked;
  const root = schema.getQueryType();
  if (!root || operation.operation !== OperationTypeNode.QUERY) return null;
  const fragments = fragmentsOf(document);
  const bench: Bench = { ...asked, fragments, fields: 0 };
  try {
    const fields = collectFields(schema, fragments, { ...variables }, root, operation.selectionSet);
    return { plan: planObject(bench, root, fields), fields: bench.fields };
  } catch (error) {
    if (error instanceof NotForThisRoad) return null;
    throw error;
  }
}

class NotForThisRoad extends Error {}

interface Bench extends Compiling {
  fragments: Record<string, FragmentDefinitionNode>;
  /** So many were planned so far. Fragments of fragments multiply without making the document longer. */
  fields: number;
}

const FIELDS_MAX = 1_000;

function fragmentsOf(document: DocumentNode): Record<string, FragmentDefinitionNode> {
  const fragments: Record<string, FragmentDefinitionNode> = Object.create(null) as Record<string, never>;
  for (const node of document.definitions)
    if (node.kind === Kind.FRAGMENT_DEFINITION) fragments[node.name.value] = node;
  return fragments;
}

function planObject(bench: Bench, type: GraphQLObjectType, fields: Map<string, readonly FieldNode[]>): ObjectPlan {
  const plans = [...fields].map(([key, nodes], index) => planField(bench, type, { key, nodes, isFirst: index === 0 }));
  return { type, fields: plans };
}

interface Selected {
  key: string;
  nodes: readonly FieldNode[];
  isFirst: boolean;
}

function planField(bench: Bench, parentType: GraphQLObjectType, { key, nodes, isFirst }: Selected): FieldPlan {
  if (++bench.fields > FIELDS_MAX) throw new NotForThisRoad();
  const [node] = nodes;
  const name = node?.name.value ?? "";
  const opening = `${isFirst ? "" : ","}${JSON.stringify(key)}:`;
  if (name === "__typename") {
    const value: ValuePlan = { kind: "constant", text: JSON.stringify(parentType.name) };
    return { opening, name, resolve: null, forMany: null, readArgs: null, info: {} as never, value };
  }
  const field = parentType.getFields()[name];
  if (!node || !field) throw new NotForThisRoad();
  const { schema, operation, fragments } = bench;
  return {
    opening,
    name,
    resolve: field.resolve ?? null,
    forMany: forManyOf(field),
    readArgs: field.args.length === 0 ? null : argumentReader(field, node),
    info: { fieldName: name, fieldNodes: nodes, returnType: field.type, parentType, schema, fragments, operation },
    value: planValue(bench, field.type, nodes, true),
  };
}

function planValue(bench: Bench, type: GraphQLOutputType, nodes: readonly FieldNode[], nullable: boolean): ValuePlan {
  if (isNonNullType(type)) return planValue(bench, type.ofType, nodes, false);
  if (isLeafType(type)) return { kind: "leaf", nullable, type };
  if (isListType(type)) return { kind: "list", nullable, of: planValue(bench, type.ofType, nodes, true) };
  if (!isObjectType(type)) throw new NotForThisRoad();
  const fields = collectSubfields(bench.schema, bench.fragments, { ...bench.variables }, type, nodes);
  return { kind: "object", nullable, plan: planObject(bench, type, fields) };
}

/** The variables that decide which fields are skipped. */
export function conditionsOf(document: DocumentNode): string[] {
  const names = new Set<string>();
  visit(document, {
    Directive(node) {
      for (const { value } of node.arguments ?? []) if (value.kind === Kind.VARIABLE) names.add(value.name.value);
    },
  });
  return [...names];
}
