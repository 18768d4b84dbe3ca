import { join } from "node:path";
import ts from "typescript-api";

/** Raised when the translation below changes, so that kept results are made anew. */
export const SCHEMA_REVISION = 3;

type Schema = Record<string, unknown>;

/** JSON Schema for some types of the `stripe` package: definitions that refer to each other, and one root per name. */
export function schemaOfTypes(typeOf: Record<string, string>, projectDir: string): Schema {
  const file = join(projectDir, "stripe-types.virtual.ts");
  const names = Object.keys(typeOf);
  const lines = names.map((name, at) => `export type T${at} = ${typeOf[name] ?? "never"};`);
  const program = openProgram(file, `import type Stripe from "stripe";\n${lines.join("\n")}\n`);
  const translate = openTranslator(program.getTypeChecker());
  const checker = program.getTypeChecker();
  const source = program.getSourceFile(file);
  const [fault] = program.getSemanticDiagnostics(source);
  if (fault) throw new Error(`stripe's types: ${ts.flattenDiagnosticMessageText(fault.messageText, " ")}`);
  const aliases = source?.statements.filter(ts.isTypeAliasDeclaration) ?? [];
  const roots = Object.fromEntries(
    aliases.map((alias, at) => [names[at], translate.schema(checker.getTypeFromTypeNode(alias.type))]),
  );
  return { definitions: translate.definitions, roots };
}

function openProgram(file: string, text: string): ts.Program {
  const options: ts.CompilerOptions = {
    target: ts.ScriptTarget.ES2022,
    module: ts.ModuleKind.Node16,
    moduleResolution: ts.ModuleResolutionKind.Node16,
    strict: true,
    skipLibCheck: true,
    types: ["node"],
  };
  const host = ts.createCompilerHost(options);
  const onDisk = {
    read: host.readFile.bind(host),
    exists: host.fileExists.bind(host),
    source: host.getSourceFile.bind(host),
  };
  host.fileExists = (name) => name === file || onDisk.exists(name);
  host.readFile = (name) => (name === file ? text : onDisk.read(name));
  host.getSourceFile = (name, version, ...rest) =>
    name === file ? ts.createSourceFile(name, text, version) : onDisk.source(name, version, ...rest);
  return ts.createProgram([file], options, host);
}

interface Translator {
  definitions: Record<string, Schema>;
  schema(type: ts.Type): Schema;
}

const LITERAL = ts.TypeFlags.StringLiteral | ts.TypeFlags.NumberLiteral | ts.TypeFlags.BooleanLiteral;

function openTranslator(checker: ts.TypeChecker): Translator {
  const definitions: Record<string, Schema> = {};
  const names = new Map<ts.Type, string>();
  return { definitions, schema };

  function schema(type: ts.Type): Schema {
    const simple = plainSchema(type);
    if (simple) return simple;
    if (type.isUnion()) return union(type.types.filter((member) => !(member.flags & ts.TypeFlags.Undefined)));
    // `string & Record<never, never>` is how the types say that an enumeration may grow.
    if (type.isIntersection() && type.types.some((part) => part.flags & ts.TypeFlags.String)) return { type: "string" };
    if (checker.isArrayType(type)) {
      const item = checker.getIndexTypeOfType(type, ts.IndexKind.Number);
      return { type: "array", items: item ? schema(item) : {} };
    }
    return type.flags & ts.TypeFlags.Object || type.isIntersection() ? reference(type) : {};
  }

  function union(members: ts.Type[]): Schema {
    const values = members.flatMap((member) => (member.flags & LITERAL ? [literal(member)] : []));
    const rest = members.filter((member) => !(member.flags & LITERAL)).map(schema);
    return { anyOf: [...(values.length > 0 ? [{ enum: values }] : []), ...rest] };
  }

  function literal(type: ts.Type): unknown {
    return type.isLiteral() ? type.value : checker.typeToString(type) === "true";
  }

  function plainSchema(type: ts.Type): Schema | null {
    if (type.flags & LITERAL) return { const: literal(type) };
    if (type.flags & (ts.TypeFlags.Any | ts.TypeFlags.Unknown)) return {};
    if (type.flags & (ts.TypeFlags.String | ts.TypeFlags.TemplateLiteral)) return { type: "string" };
    if (type.flags & ts.TypeFlags.Number) return { type: "number" };
    if (type.flags & ts.TypeFlags.Null) return { type: "null" };
    if (type.flags & (ts.TypeFlags.Undefined | ts.TypeFlags.Void | ts.TypeFlags.Never)) return { not: {} };
    // A decimal is text in JSON; the client makes an object of it.
    if ((type.aliasSymbol ?? type.symbol)?.name === "Decimal") return { type: "string", pattern: "^-?\\d+(\\.\\d+)?$" };
    return null;
  }

  function reference(type: ts.Type): Schema {
    const known = names.get(type) ?? `d${names.size}`;
    if (!names.has(type)) {
      names.set(type, known);
      definitions[known] = objectSchema(type);
    }
    return { $ref: `#/definitions/${known}` };
  }

  function objectSchema(type: ts.Type): Schema {
    const fields = checker.getPropertiesOfType(type).filter(({ name }) => !name.startsWith("__"));
    const required = fields.filter(({ flags, name }) => !(flags & ts.SymbolFlags.Optional) && name !== "lastResponse");
    const others = checker.getIndexInfoOfType(type, ts.IndexKind.String);
    return {
      type: "object",
      properties: Object.fromEntries(fields.map((field) => [field.name, schema(checker.getTypeOfSymbol(field))])),
      required: required.map(({ name }) => name),
      // A type without fields, such as that of an event's object, says nothing.
      additionalProperties: others ? schema(others.type) : fields.length === 0,
    };
  }
}
