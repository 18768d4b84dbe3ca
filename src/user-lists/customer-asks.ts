import type { Reader } from "../database/db";
import { type JobNote, findNotesAfter } from "../work/notes.store";
import type { CustomerAsk, RowOutcome } from "./list-plan";

export interface NotedAsk extends CustomerAsk {
  row: number;
}

const KIND = "CUSTOMER";
/** Notes are ordered as texts. */
const DIGITS = 10;

/** Rows whose customer has to be asked for are noted: the list itself is not read again. */
export function askNote(outcome: RowOutcome): JobNote[] {
  if (outcome.kind !== "ASKED") return [];
  return [{ kind: KIND, subject: nameOf(outcome.row), value: JSON.stringify(outcome.ask) }];
}

export async function findAsks(
  db: Reader,
  jobId: string,
  { after, limit }: { after: number; limit: number },
): Promise<NotedAsk[]> {
  const notes = await findNotesAfter(db, jobId, KIND, { after: nameOf(after), limit });
  return notes.map(({ subject, value }) => ({ ...(JSON.parse(value ?? "") as CustomerAsk), row: Number(subject) }));
}

function nameOf(row: number): string {
  return String(row).padStart(DIGITS, "0");
}
