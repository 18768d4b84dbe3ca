import { isUtf8 } from "node:buffer";
import { type ListRecord, type ReadRecords, RECORD_BYTES_MAX, type RecordWindow } from "./list-types";

const [LF, CR] = [0x0a, 0x0d];

/** A JSON object on each line. What it answers does not depend on where the bytes were cut. */
export function readJsonLines(bytes: Buffer, { isEnd, rowsMax }: RecordWindow): ReadRecords {
  const records: ListRecord[] = [];
  let at = 0;
  while (at < bytes.length && records.length < rowsMax) {
    const found = bytes.indexOf(LF, at);
    const end = found === -1 ? bytes.length : found;
    if (end - at > RECORD_BYTES_MAX) {
      records.push({ kind: "FAULT", say: "The row is longer than 256 KB." });
      at = at + RECORD_BYTES_MAX;
      continue;
    }
    if (found === -1 && !isEnd) break;
    const line = bytes.subarray(at, bytes[end - 1] === CR && end > at ? end - 1 : end);
    if (!isBlank(line)) records.push(readLine(line));
    at = Math.min(end + 1, bytes.length);
  }
  return { records, used: at };
}

function isBlank(line: Buffer): boolean {
  return line.every((byte) => byte === 0x20 || byte === 0x09 || byte === CR);
}

// Half of a character, or NUL, which PostgreSQL does not keep. Whole pairs are one character to this.
// eslint-disable-next-line no-control-regex -- PostgreSQL keeps no NUL in a text.
const UNKEEPABLE = /\p{Surrogate}|\u0000/u;

function readLine(line: Buffer): ListRecord {
  if (!isUtf8(line)) return { kind: "FAULT", say: "The row is not UTF-8." };
  const value = parse(line.toString("utf8"));
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    return { kind: "FAULT", say: "The row is not a JSON object." };
  }
  if (line.includes("\\u") && holdsUnkeepable(value)) {
    return { kind: "FAULT", say: "The row holds NUL or half of a character." };
  }
  return { kind: "OBJECT", object: value as Record<string, unknown> };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function holdsUnkeepable(value: unknown): boolean {
  if (typeof value === "string") return UNKEEPABLE.test(value);
  if (typeof value !== "object" || value === null) return false;
  return Object.entries(value).some(([name, inner]) => UNKEEPABLE.test(name) || holdsUnkeepable(inner));
}
