/** Whether the answer may be a stream of events: NO, it MAY, or it is the ONLY form that is accepted. */
export type Streaming = "NO" | "MAY" | "ONLY";

export const EVENT_STREAM = "text/event-stream";

const JSON_TYPES = new Set(["*/*", "application/*", "application/json", "application/graphql-response+json"]);

export function readStreaming(accept: unknown): Streaming {
  if (typeof accept !== "string" || !accept.toLowerCase().includes(EVENT_STREAM)) return "NO";
  const types = accept.toLowerCase().split(",").filter(isWanted).map(typeOf);
  if (!types.includes(EVENT_STREAM)) return "NO";
  return types.some((type) => JSON_TYPES.has(type)) ? "MAY" : "ONLY";
}

function typeOf(entry: string): string {
  return (entry.split(";")[0] ?? "").trim();
}

/** Weight zero says: not this one. */
function isWanted(entry: string): boolean {
  return !/;\s*q=0(?:\.0*)?\s*(?:;|$)/.test(entry);
}
