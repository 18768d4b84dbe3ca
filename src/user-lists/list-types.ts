/** What a list may be, as its sender names it. */
export const listTypes = {
  "text/csv": "CSV",
  "application/x-ndjson": "JSON",
  "application/jsonl": "JSON",
} as const;

export type ListContentType = keyof typeof listTypes;

/** What has to be known of a list to go on in the middle of it. */
export type ListForm =
  | { kind: "CSV"; encoding: ListEncoding; delimiter: string; header: string[] }
  | { kind: "JSON"; encoding: ListEncoding };

export type ListEncoding = "utf8" | "utf16le" | "utf16be";

/** One row, as its bytes say it. */
export type ListRecord =
  | { kind: "CELLS"; cells: string[] }
  | { kind: "OBJECT"; object: Record<string, unknown> }
  | { kind: "FAULT"; say: string };

/** The rows that are whole, and how many bytes they and the empty lines between them take. */
export interface ReadRecords {
  records: ListRecord[];
  used: number;
}

export interface RecordWindow {
  /** Nothing comes after these bytes. */
  isEnd: boolean;
  rowsMax: number;
}

/** A row of a list is not longer than this: a quote that is never closed does not swallow the rest. */
export const RECORD_BYTES_MAX = 256 * 1024;
