import { isUtf8 } from "node:buffer";
import { Refusal } from "../base/refusal";
import { type ListEncoding, type ListForm, RECORD_BYTES_MAX } from "./list-types";
import { readCsv } from "./read-csv";
import { readHeader } from "./read-header";
import { readRecords, toUtf8 } from "./read-records";

export interface ListBegin {
  form: ListForm;
  /** Where the first row begins, in bytes. */
  at: number;
}

/** So many bytes are enough to read the beginning of any list. */
export const BEGIN_BYTES_MAX = RECORD_BYTES_MAX + 64;

const marks: readonly [ListEncoding, number[]][] = [
  ["utf8", [0xef, 0xbb, 0xbf]],
  ["utf16le", [0xff, 0xfe]],
  ["utf16be", [0xfe, 0xff]],
];

/** How the list is written, from its first bytes: its encoding, and of CSV what separates cells and names columns. */
export function readListBegin(bytes: Buffer, kind: ListForm["kind"], isEnd: boolean): ListBegin {
  const mark = marks.find(([, sign]) => sign.every((byte, place) => bytes[place] === byte));
  const [encoding, sign] = mark ?? ["utf8", []];
  const rest = bytes.subarray(sign.length);
  if (encoding === "utf8" && rest.subarray(0, 1_000).includes(0)) throw otherEncoding();
  if (kind === "JSON") return { form: { kind, encoding }, at: sign.length };
  const { form, used } = readCsvBegin(rest, encoding, isEnd);
  return { form, at: sign.length + used };
}

function readCsvBegin(bytes: Buffer, encoding: ListEncoding, isEnd: boolean): { form: ListForm; used: number } {
  const text = toUtf8(bytes, encoding);
  const said = SAID.exec(firstLine(text))?.[1];
  const delimiter = said ?? detectDelimiter(text);
  const window = { isEnd, rowsMax: said === undefined ? 1 : 2 };
  // Read in bytes of the list's own encoding, which is what is gone on from.
  const { records, used } = readRecords({ kind: "CSV", encoding, delimiter, header: [] }, bytes, window);
  const header = records[window.rowsMax - 1];
  if (!header) throw new Refusal("INVALID_INPUT", { say: "The list is empty." });
  if (header.kind !== "CELLS") throw unreadable(text, header.kind === "FAULT" ? header.say : "");
  readHeader(header.cells);
  return { form: { kind: "CSV", encoding, delimiter, header: header.cells }, used };
}

/** Spreadsheets say it in a line of its own. */
const SAID = /^"?sep=([,;\t|])"?$/i;
const DELIMITERS = [",", ";", "\t", "|"];

function firstLine(text: Buffer): string {
  return text.toString("latin1", 0, RECORD_BYTES_MAX).split(/[\r\n]/, 1)[0] ?? "";
}

/** The one that makes the most of the first row; without any the row has one column. */
function detectDelimiter(text: Buffer): string {
  const counts = DELIMITERS.map((delimiter) => {
    const [record] = readCsv(text, delimiter.charCodeAt(0), { isEnd: true, rowsMax: 1 }).records;
    return record?.kind === "CELLS" ? record.cells.length : 1;
  });
  return DELIMITERS[counts.indexOf(Math.max(...counts))] ?? ",";
}

function unreadable(text: Buffer, say: string): Refusal {
  if (!isUtf8(Buffer.from(firstLine(text), "latin1"))) return otherEncoding();
  return new Refusal("INVALID_INPUT", { say: `The first row of the list cannot be read. ${say}` });
}

function otherEncoding(): Refusal {
  return new Refusal("INVALID_INPUT", { say: "The list is neither UTF-8 nor marked as UTF-16. Save it as UTF-8." });
}
