/** What a body asks for, in the one form that nearly every client sends. */
export interface AskedOperation {
  /** Null: the document is named by its hash. */
  text: string | null;
  hash: string | null;
  operationName: string | undefined;
  variables: Record<string, unknown>;
}

/** Null for every other form, good or bad: those are the pipeline's to judge. */
export function readAsked(body: unknown): AskedOperation | null {
  if (!isRecord(body)) return null;
  const { query, operationName, variables, extensions } = body;
  if (!isAbsent(variables) && !isRecord(variables)) return null;
  if (!isAbsent(operationName) && typeof operationName !== "string") return null;
  const asked = { operationName: operationName ?? undefined, variables: variables ?? {} };
  const persisted = isAbsent(extensions) ? undefined : isRecord(extensions) ? extensions["persistedQuery"] : null;
  if (persisted === undefined) return typeof query === "string" ? { ...asked, text: query, hash: null } : null;
  if (query !== undefined || !isRecord(persisted) || persisted["version"] !== 1) return null;
  const hash = persisted["sha256Hash"];
  return typeof hash === "string" ? { ...asked, text: null, hash } : null;
}

function isAbsent(value: unknown): value is null | undefined {
  return value === null || value === undefined;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
