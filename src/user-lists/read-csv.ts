import { isUtf8 } from "node:buffer";
import { type ListRecord, type ReadRecords, RECORD_BYTES_MAX, type RecordWindow } from "./list-types";

const [LF, CR, QUOTE] = [0x0a, 0x0d, 0x22];

type Scan =
  /** More bytes may change what it says. */
  | { kind: "UNFINISHED" }
  | { kind: "CELLS"; cells: string[]; next: number }
  | { kind: "FAULT"; say: string; next: number };

/**
 * The records of CSV in bytes that begin where a record begins (RFC 4180; any line end, empty lines left out). What it
 * answers does not depend on where the bytes were cut: a record that may go on is left for the next time.
 */
export function readCsv(bytes: Buffer, delimiter: number, { isEnd, rowsMax }: RecordWindow): ReadRecords {
  const records: ListRecord[] = [];
  const starts: number[] = [];
  let at = skipLineEnds(bytes, 0);
  while (at < bytes.length && records.length < rowsMax) {
    const scan = scanRecord(bytes, at, delimiter, isEnd);
    if (scan.kind === "UNFINISHED") break;
    records.push(scan.kind === "CELLS" ? { kind: "CELLS", cells: scan.cells } : { kind: "FAULT", say: scan.say });
    starts.push(at);
    at = skipLineEnds(bytes, scan.next);
  }
  return { records: refuseUnkeepable(records, bytes, [...starts, at]), used: at };
}

/** An empty line is no record; and whether a line ends in one character or two need not be known. */
function skipLineEnds(bytes: Buffer, from: number): number {
  let at = from;
  while (bytes[at] === LF || bytes[at] === CR) at++;
  return at;
}

function scanRecord(bytes: Buffer, start: number, delimiter: number, isEnd: boolean): Scan {
  const end = Math.min(bytes.length, start + RECORD_BYTES_MAX);
  const isCut = end < bytes.length || !isEnd;
  const tooLong = bytes.length - start > RECORD_BYTES_MAX;
  const cells: string[] = [];
  let at = start;
  for (;;) {
    let stop: number;
    if (bytes[at] === QUOTE && at < end) {
      const close = findClosingQuote(bytes, at + 1, end);
      if (close === -1 || (close + 1 >= end && isCut)) {
        if (isCut && !tooLong) return { kind: "UNFINISHED" };
        if (close === -1) return faultOf("A quote is never closed.", bytes, start, isEnd);
        return faultOf("The row is longer than 256 KB.", bytes, start, isEnd);
      }
      stop = close + 1;
      const next = stop < end ? bytes[stop] : LF;
      if (next !== delimiter && next !== LF && next !== CR) {
        return faultOf("After a closing quote comes something else than the end of the cell.", bytes, start, isEnd);
      }
      const text = bytes.toString("utf8", at + 1, close);
      cells.push(text.includes('""') ? text.replaceAll('""', '"') : text);
    } else {
      stop = at;
      while (stop < end) {
        const byte = bytes[stop];
        if (byte === delimiter || byte === LF || byte === CR) break;
        stop++;
      }
      if (stop === end && isCut) {
        return tooLong ? faultOf("The row is longer than 256 KB.", bytes, start, isEnd) : { kind: "UNFINISHED" };
      }
      cells.push(bytes.toString("utf8", at, stop));
    }
    if (stop >= end || bytes[stop] !== delimiter) return { kind: "CELLS", cells, next: Math.min(stop + 1, end) };
    at = stop + 1;
  }
}

/** The next quote that is not one of two; -1: there is none. */
function findClosingQuote(bytes: Buffer, from: number, end: number): number {
  let at = from;
  for (;;) {
    const quote = bytes.indexOf(QUOTE, at);
    if (quote === -1 || quote >= end) return -1;
    if (quote + 1 < end && bytes[quote + 1] === QUOTE) at = quote + 2;
    else return quote;
  }
}

/** One row is lost by it: the next line is read as if nothing had happened. */
function faultOf(say: string, bytes: Buffer, start: number, isEnd: boolean): Scan {
  const limit = Math.min(bytes.length, start + RECORD_BYTES_MAX);
  for (let at = start; at < limit; at++) {
    if (bytes[at] === LF || bytes[at] === CR) return { kind: "FAULT", say, next: at + 1 };
  }
  return !isEnd && bytes.length - start <= RECORD_BYTES_MAX
    ? { kind: "UNFINISHED" }
    : { kind: "FAULT", say, next: limit };
}

/** Looked for in all of them at once, since hardly ever something is found. */
function refuseUnkeepable(records: ListRecord[], bytes: Buffer, starts: readonly number[]): ListRecord[] {
  const whole = bytes.subarray(0, starts.at(-1));
  if (isUtf8(whole) && !whole.includes(0)) return records;
  return records.map((record, index): ListRecord => {
    const own = bytes.subarray(starts[index], starts[index + 1]);
    if (record.kind === "FAULT") return record;
    if (!isUtf8(own)) return { kind: "FAULT", say: "The row is not UTF-8." };
    return own.includes(0) ? { kind: "FAULT", say: "The row holds a NUL character." } : record;
  });
}
