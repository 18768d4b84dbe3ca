import type { Reader, Tx } from "../database/db";

/** What one page of a job found out for a later one. */
export interface JobNote {
  /** What sort of thing it says, such as `SESSION_OF`. */
  kind: string;
  /** About what, by its id. */
  subject: string;
  value: string | null;
}

/** The first note of a kind about a subject counts; writing it again changes nothing. */
export async function writeNotes(tx: Tx, jobId: string, notes: readonly JobNote[]): Promise<void> {
  if (notes.length === 0) return;
  await tx.rows(
    `/* jobNotes.write */ insert into job_notes (job_id, kind, subject, value)
     select $1, * from unnest($2::text[], $3::text[], $4::text[]) on conflict do nothing`,
    [jobId, notes.map(({ kind }) => kind), notes.map(({ subject }) => subject), notes.map(({ value }) => value)],
  );
}

/** What is noted about these subjects, by subject. */
export async function findNotes(
  db: Reader,
  jobId: string,
  kind: string,
  subjects: readonly string[],
): Promise<Map<string, string | null>> {
  if (subjects.length === 0) return new Map();
  const rows = await db.rows<{ subject: string; value: string | null }>(
    `/* jobNotes.find */ select subject, value from job_notes
     where job_id = $1 and kind = $2 and subject = any($3::text[])`,
    [jobId, kind, [...new Set(subjects)]],
  );
  return new Map(rows.map(({ subject, value }) => [subject, value]));
}

/** The notes of a kind in the order of their subjects, from behind one of them. */
export function findNotesAfter(
  db: Reader,
  jobId: string,
  kind: string,
  { after, limit }: { after: string; limit: number },
): Promise<{ subject: string; value: string | null }[]> {
  return db.rows<{ subject: string; value: string | null }>(
    `/* jobNotes.after */ select subject, value from job_notes
     where job_id = $1 and kind = $2 and subject > $3 order by subject limit $4`,
    [jobId, kind, after, limit],
  );
}

/** Those of jobs that are over. Answers how many. */
export async function deleteOldNotes(db: Reader, limit: number): Promise<number> {
  const [row] = await db.rows<{ gone: number }>(
    `/* jobNotes.deleteOld */ with gone as (
       delete from job_notes where (job_id, kind, subject) in (
         select n.job_id, n.kind, n.subject from job_notes n join jobs j on j.id = n.job_id
         where j.status in ('SUCCEEDED', 'FAILED', 'CANCELLED') limit $1)
       returning 1)
     select count(*)::int as gone from gone`,
    [limit],
  );
  return row?.gone ?? 0;
}
