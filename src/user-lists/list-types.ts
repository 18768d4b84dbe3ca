/** What a list may be, as its sender names it. */
export const listTypes = {
  "text/csv": "CSV",
  "application/x-ndjson": "JSON",
  "application/jsonl": "JSON",
} as const;

export type ListContentType = keyof typeof listTypes;
