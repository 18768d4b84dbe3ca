import type { Reader } from "../database/db";
import type { JobFile } from "../work/files.store";
import type { ListForm } from "./list-types";
import { loadPiece, loadRecords } from "./load-records";
import { readHeader } from "./read-header";
import { BEGIN_BYTES_MAX, type ListBegin, readListBegin } from "./read-list-begin";
import { readPersonKeys } from "./read-person-keys";
import { readRow } from "./read-row";

export interface ListSurvey extends ListBegin {
  rows: number;
  /** By what people are named that stand in the list more than once. */
  repeated: number[];
}

const ROWS_AT_ONCE = 500;

/** Looks through the whole list before anything of it is written: how it is written, how long it is, who is in it twice. */
export async function surveyList(db: Reader, file: JobFile, kind: ListForm["kind"]): Promise<ListSurvey> {
  const begin = await loadBegin(db, file, kind);
  const columns = begin.form.kind === "CSV" ? readHeader(begin.form.header) : [];
  const keys = new NumberList();
  let rows = 0;
  for (let at: number | null = begin.at; at !== null;) {
    const page = await loadRecords(db, file, begin.form, at, ROWS_AT_ONCE);
    for (const record of page.records) {
      const said = readRow(columns, record);
      if (!("fault" in said)) for (const key of readPersonKeys(said)) keys.add(key);
    }
    rows += page.records.length;
    at = page.next;
  }
  return { ...begin, rows, repeated: keys.takeRepeated() };
}

async function loadBegin(db: Reader, file: JobFile, kind: ListForm["kind"]): Promise<ListBegin> {
  let bytes: Buffer = Buffer.alloc(0);
  while (bytes.length < Math.min(BEGIN_BYTES_MAX, file.bytes)) {
    bytes = Buffer.concat([bytes, await loadPiece(db, file, bytes.length)]);
  }
  return readListBegin(bytes, kind, bytes.length >= file.bytes);
}

/** Eight bytes for each, so that those of a million rows fit. */
class NumberList {
  private numbers = new Float64Array(1_024);
  private length = 0;

  add(number: number): void {
    if (this.length === this.numbers.length) {
      const larger = new Float64Array(this.length * 2);
      larger.set(this.numbers);
      this.numbers = larger;
    }
    this.numbers[this.length++] = number;
  }

  takeRepeated(): number[] {
    const sorted = this.numbers.subarray(0, this.length).sort();
    const repeated = new Set<number>();
    for (let place = 1; place < sorted.length; place++) {
      const number = sorted[place];
      if (number !== undefined && number === sorted[place - 1]) repeated.add(number);
    }
    return [...repeated];
  }
}
