import {
  type GraphQLArgument,
  type GraphQLField,
  type GraphQLInputType,
  type GraphQLObjectType,
  type GraphQLOutputType,
  type GraphQLSchema,
  getNamedType,
  getNullableType,
  isAbstractType,
  isEnumType,
  isInputObjectType,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
} from "graphql";

/** What to write for an argument or input field, as GraphQL; undefined leaves an optional one out. */
export type ValueOf = (name: string, type: GraphQLInputType) => string | undefined;

/** A field with its required arguments and, so many levels deep, whatever can be asked of it. */
export function writeField(
  schema: GraphQLSchema,
  field: GraphQLField<unknown, unknown>,
  levels: number,
  valueOf: ValueOf,
): string | null {
  const selection = writeSelection(schema, field.type, levels, valueOf);
  if (selection === null) return null;
  return `${field.name}${writeArguments(field.args, valueOf)}${selection}`;
}

function writeSelection(
  schema: GraphQLSchema,
  type: GraphQLOutputType,
  levels: number,
  valueOf: ValueOf,
): string | null {
  const named = getNamedType(type);
  if (isLeafType(named)) return "";
  if (levels === 0) return null;
  const objects: readonly GraphQLObjectType[] = isAbstractType(named) ? schema.getPossibleTypes(named) : [];
  const parts = isObjectType(named)
    ? writeFields(schema, named, levels, valueOf)
    : objects.map((each) => {
        const fields = writeFields(schema, each, levels, valueOf);
        // Two kinds of objects may have fields of one name and different types.
        return `... on ${each.name} { ${fields.map((text) => `${each.name}_${nameIn(text)}: ${text}`).join(" ")} }`;
      });
  return ` { __typename ${parts.join(" ")} }`;
}

const nameIn = (text: string) => /^\w+/.exec(text)?.[0] ?? "";

function writeFields(schema: GraphQLSchema, type: GraphQLObjectType, levels: number, valueOf: ValueOf): string[] {
  const fields = Object.values(type.getFields());
  return fields.flatMap((field) => writeField(schema, field, levels - 1, valueOf) ?? []);
}

function writeArguments(args: readonly GraphQLArgument[], valueOf: ValueOf): string {
  const written = args.flatMap((argument) => {
    const value = valueOf(argument.name, argument.type) ?? (isNonNullType(argument.type) ? plain(argument.type) : null);
    return value === null ? [] : [`${argument.name}: ${value}`];
  });
  return written.length > 0 ? `(${written.join(", ")})` : "";
}

/** Any value that fits a required argument. */
function plain(type: GraphQLInputType): string {
  const nullable = getNullableType(type);
  if (isListType(nullable)) return `[${plain(nullable.ofType)}]`;
  if (isEnumType(nullable)) return nullable.getValues()[0]?.name ?? "";
  if (isInputObjectType(nullable)) {
    const required = Object.values(nullable.getFields()).filter((field) => isNonNullType(field.type));
    return `{ ${required.map((field) => `${field.name}: ${plain(field.type)}`).join(", ")} }`;
  }
  const values: Record<string, string> = { Int: "1", Boolean: "true", DateTime: '"2026-03-01T12:00:00Z"', JSON: "{}" };
  return values[nullable.name] ?? '"nothing"';
}
