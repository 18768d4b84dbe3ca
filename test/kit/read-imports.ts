import ts from "typescript-api";

export interface Import {
  /** As written, such as `../base/clock`. */
  from: string;
  /** Gone when the program runs. */
  typeOnly: boolean;
  /** Loaded when it is needed, not at start. */
  lazy: boolean;
}

/** Every import of a file: declarations, re-exports, `import()`, `require()` and the types written as `import("…")`. */
export function readImports(source: string): Import[] {
  const file = ts.createSourceFile("file.ts", source, ts.ScriptTarget.ES2022, false, ts.ScriptKind.TS);
  const imports: Import[] = [];
  const visit = (node: ts.Node): void => {
    const found = readImport(node);
    if (found) imports.push(found);
    ts.forEachChild(node, visit);
  };
  visit(file);
  return imports;
}

function readImport(node: ts.Node): Import | null {
  if (ts.isImportDeclaration(node))
    return found(node.moduleSpecifier, { typeOnly: importsTypesOnly(node.importClause) });
  if (ts.isExportDeclaration(node)) return found(node.moduleSpecifier, { typeOnly: node.isTypeOnly });
  if (ts.isImportEqualsDeclaration(node) && ts.isExternalModuleReference(node.moduleReference)) {
    return found(node.moduleReference.expression, { typeOnly: node.isTypeOnly });
  }
  if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) {
    return found(node.argument.literal, { typeOnly: true });
  }
  return ts.isCallExpression(node) && loads(node) ? found(node.arguments[0], { typeOnly: false, lazy: true }) : null;
}

function found(specifier: ts.Node | undefined, kind: { typeOnly: boolean; lazy?: boolean }): Import | null {
  if (!specifier || !ts.isStringLiteralLike(specifier)) return null;
  return { from: specifier.text, typeOnly: kind.typeOnly, lazy: kind.lazy ?? false };
}

/** `import { type A, type B }` leaves nothing behind either. */
function importsTypesOnly(clause: ts.ImportClause | undefined): boolean {
  if (!clause) return false;
  if (clause.isTypeOnly) return true;
  const { name, namedBindings } = clause;
  if (name || !namedBindings || !ts.isNamedImports(namedBindings)) return false;
  return namedBindings.elements.length > 0 && namedBindings.elements.every((element) => element.isTypeOnly);
}

function loads(call: ts.CallExpression): boolean {
  const { expression } = call;
  return (
    expression.kind === ts.SyntaxKind.ImportKeyword || (ts.isIdentifier(expression) && expression.text === "require")
  );
}
