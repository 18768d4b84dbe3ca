import { Refusal } from "../base/refusal";
import type { Reader } from "../database/db";
import { type JobFile, readPieceAt } from "../work/files.store";
import type { ListForm, ListRecord } from "./list-types";
import { readRecords } from "./read-records";

export interface LoadedRecords {
  records: ListRecord[];
  /** Where the next row begins, in bytes; null: there is none. */
  next: number | null;
}

/** Rows of a list from one that begins at this byte. No more of it is held than they take, and a piece. */
export async function loadRecords(
  db: Reader,
  file: JobFile,
  form: ListForm,
  from: number,
  rowsMax: number,
): Promise<LoadedRecords> {
  const records: ListRecord[] = [];
  let at = from;
  let rest: Buffer = Buffer.alloc(0);
  for (;;) {
    const end = at + rest.length;
    if (end < file.bytes) rest = join(rest, await loadPiece(db, file, end));
    const isEnd = at + rest.length >= file.bytes;
    const read = readRecords(form, rest, { isEnd, rowsMax: rowsMax - records.length });
    records.push(...read.records);
    at += read.used;
    rest = rest.subarray(read.used);
    if (records.length >= rowsMax && at < file.bytes) return { records, next: at };
    if (isEnd) return { records, next: null };
  }
}

/** About as many as the rows of one page have. */
const BYTES_AT_ONCE = 128 * 1024;

export async function loadPiece(db: Reader, { jobId }: JobFile, at: number): Promise<Buffer> {
  const piece = await readPieceAt(db, jobId, at, BYTES_AT_ONCE);
  if (!piece) throw new Refusal("NOT_FOUND", { say: "The list was removed before it was read to its end." });
  return piece;
}

function join(rest: Buffer, piece: Buffer): Buffer {
  return rest.length === 0 ? piece : Buffer.concat([rest, piece]);
}
