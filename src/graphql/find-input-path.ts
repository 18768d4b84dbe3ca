import { type ASTNode, BREAK, type DocumentNode, type GraphQLError, Kind, type Source, parse, visit } from "graphql";

const VARIABLE = /^Variable "\$(\w+)"/;
const PATH_IN_VARIABLE = / at "\w+([\w.[\]]*)"; /;
const ARGUMENT = /[Aa]rgument "(\w+)"/;
const MISSING = /Field "(?:\w+\.)?(\w+)" of required type /;

/**
 * Finds which input a mistake in the document or the variables is about, as the path that refusals have: from the argument
 * on, with places in lists as numbers. Undefined: it is about no input.
 */
export function findInputPath(error: GraphQLError): string | undefined {
  const variable = VARIABLE.exec(error.message)?.[1];
  const document = documentOf(error.source);
  const start = error.positions?.[0];
  const place =
    variable === undefined ? findPath(document, ({ loc }) => loc?.start === start) : findUse(document, variable);
  const inside = variable === undefined ? "" : (PATH_IN_VARIABLE.exec(error.message)?.[1] ?? "");
  const base = place ?? variable ?? ARGUMENT.exec(error.message)?.[1];
  if (base === undefined) return undefined;
  const missing = MISSING.exec(error.message)?.[1];
  return `${base}${inside.replaceAll(/\[(\d+)\]/g, ".$1")}${missing === undefined ? "" : `.${missing}`}`;
}

/** The path of the input that a variable is, where it is used first. */
export function findUse(document: DocumentNode | undefined, variable: string): string | undefined {
  return findPath(document, (node) => node.kind === Kind.VARIABLE && node.name.value === variable);
}

/** The path of the first input that is wanted, as it is written in the document. */
export function findPath(document: DocumentNode | undefined, isWanted: (node: ASTNode) => boolean): string | undefined {
  if (!document) return undefined;
  const path: string[] = [];
  let found: string | undefined;
  visit(document, {
    enter(node, key, parent) {
      // Definitions of variables and directives hold no input.
      if (node.kind === Kind.VARIABLE_DEFINITION || node.kind === Kind.DIRECTIVE) return false;
      const name = nameIn(node, key, parent, path.length > 0);
      if (name !== null) path.push(name);
      if (path.length === 0 || !isWanted(node)) return undefined;
      found = path.join(".");
      return BREAK;
    },
    leave(node, key, parent) {
      if (nameIn(node, key, parent, path.length > 1) !== null) path.pop();
    },
  });
  return found;
}

/** The part of a path that a node adds: its name, or its place in a list. */
function nameIn(
  node: ASTNode,
  key: string | number | undefined,
  parent: unknown,
  isInArgument: boolean,
): string | null {
  if (node.kind === Kind.ARGUMENT || node.kind === Kind.OBJECT_FIELD) return node.name.value;
  return isInArgument && Array.isArray(parent) && isValue(node) ? String(key) : null;
}

function isValue({ kind }: ASTNode): boolean {
  return VALUES.has(kind);
}

const VALUES: ReadonlySet<string> = new Set([
  Kind.VARIABLE,
  Kind.INT,
  Kind.FLOAT,
  Kind.STRING,
  Kind.BOOLEAN,
  Kind.NULL,
  Kind.ENUM,
  Kind.LIST,
  Kind.OBJECT,
]);

const documents = new WeakMap<Source, DocumentNode>();

/** The document of a mistake. Several mistakes of one document share it. One that does not parse has another mistake. */
function documentOf(source: Source | undefined): DocumentNode | undefined {
  if (!source) return undefined;
  const known = documents.get(source);
  if (known) return known;
  try {
    const document = parse(source);
    documents.set(source, document);
    return document;
  } catch {
    return undefined;
  }
}
