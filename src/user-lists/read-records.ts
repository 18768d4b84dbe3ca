import type { ListEncoding, ListForm, ReadRecords, RecordWindow } from "./list-types";
import { readCsv } from "./read-csv";
import { readJsonLines } from "./read-json-lines";

/** The records in bytes that begin where a record begins, in whichever form and encoding. */
export function readRecords(form: ListForm, bytes: Buffer, window: RecordWindow): ReadRecords {
  if (form.encoding === "utf8") return readUtf8(form, bytes, window);
  const text = toUtf8(bytes, form.encoding);
  const { records, used } = readUtf8(form, text, window);
  // Each half of a pair counts, so two bytes there are one unit here.
  return { records, used: used === text.length ? text16(bytes).length : text.toString("utf8", 0, used).length * 2 };
}

function readUtf8(form: ListForm, bytes: Buffer, window: RecordWindow): ReadRecords {
  return form.kind === "CSV" ? readCsv(bytes, form.delimiter.charCodeAt(0), window) : readJsonLines(bytes, window);
}

export function toUtf8(bytes: Buffer, encoding: ListEncoding): Buffer {
  if (encoding === "utf8") return bytes;
  const units = Buffer.from(text16(bytes));
  if (encoding === "utf16be") units.swap16();
  return Buffer.from(units.toString("utf16le"), "utf8");
}

/** Whole units only: the rest of one that was cut comes with the next bytes. */
function text16(bytes: Buffer): Buffer {
  return bytes.subarray(0, bytes.length - (bytes.length % 2));
}
