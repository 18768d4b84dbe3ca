import {
  type FieldNode,
  type GraphQLArgument,
  type GraphQLField,
  type GraphQLInputType,
  GraphQLID,
  type GraphQLSchema,
  GraphQLString,
  Kind,
  type OperationDefinitionNode,
  getArgumentValues,
  isNonNullType,
  typeFromAST,
} from "graphql";
import { getVariableValues } from "graphql/execution/values.js";

export type Variables = Readonly<Record<string, unknown>>;

/** The values of an operation's variables; null when they do not fit, and the pipeline says why. */
export type ReadVariables = (given: Variables) => Variables | null;

/** The general reader asks the schema for each variable's type each time. Where all of them are texts there is no need. */
export function variableReader(schema: GraphQLSchema, operation: OperationDefinitionNode): ReadVariables {
  const definitions = operation.variableDefinitions ?? [];
  const general: ReadVariables = (given) => getVariableValues(schema, definitions, { ...given }).coerced ?? null;
  const names: string[] = [];
  for (const { variable, type, defaultValue } of definitions) {
    const known = typeFromAST(schema, type as never) as GraphQLInputType | undefined;
    const text = isNonNullType(known) && (known.ofType === GraphQLString || known.ofType === GraphQLID);
    if (!text || defaultValue) return general;
    names.push(variable.name.value);
  }
  return (given) => {
    const values: Record<string, unknown> = {};
    for (const name of names) {
      const value = given[name];
      if (typeof value !== "string") return general(given);
      values[name] = value;
    }
    return values;
  };
}

export type ReadArgs = (variables: Variables) => Record<string, unknown>;

/** The arguments of a field. Those that are variables without defaults are simply taken over. */
export function argumentReader(field: GraphQLField<unknown, unknown>, node: FieldNode): ReadArgs {
  const general: ReadArgs = (variables) => getArgumentValues(field, node, variables);
  const taken: [argument: string, variable: string][] = [];
  for (const argument of field.args) {
    const given = node.arguments?.find(({ name }) => name.value === argument.name)?.value;
    if (given === undefined && !isNeeded(argument)) continue;
    if (given?.kind !== Kind.VARIABLE || isNeeded(argument) !== isNonNullType(argument.type)) return general;
    taken.push([argument.name, given.name.value]);
  }
  return (variables) => {
    const args: Record<string, unknown> = {};
    for (const [argument, variable] of taken) {
      const value = variables[variable];
      if (value === undefined || value === null) return general(variables);
      args[argument] = value;
    }
    return args;
  };
}

/** Something is said of it even when the caller says nothing: it is required, or has a default. */
function isNeeded({ type, defaultValue }: GraphQLArgument): boolean {
  return isNonNullType(type) || defaultValue !== undefined;
}
