import ts from "typescript-api";

const ASKS = new Set(["rows", "prepared", "repository"]);

/** Whether a file asks the database itself. A store does; a verb asks its store. */
export function asksDatabase(source: string): boolean {
  const file = ts.createSourceFile("file.ts", source, ts.ScriptTarget.ES2022, false, ts.ScriptKind.TS);
  let found = false;
  const visit = (node: ts.Node): void => {
    if (ts.isCallExpression(node) && ts.isPropertyAccessExpression(node.expression)) {
      found ||= ASKS.has(node.expression.name.text);
    }
    ts.forEachChild(node, visit);
  };
  visit(file);
  return found;
}
