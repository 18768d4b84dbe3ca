// A prepared statement exists already, or does not exist.
const STATES = new Set(["42P05", "26000"]);

/** Whether a pooler between us and PostgreSQL mixed up the sessions of its clients. */
export function isLostStatement(error: unknown): boolean {
  const { code } = (error ?? {}) as { code?: unknown };
  return typeof code === "string" && STATES.has(code);
}
