import type { Reader } from "../database/db";
import { jobKinds } from "./job.entity";

export interface JobCount {
  kind: string;
  open: number;
  failed: number;
  /** Since one of the open ones came further for the last time; null: none is open. */
  stillSeconds: number | null;
}

/** A row for each kind, by the database's clock. */
export function countJobs(db: Reader): Promise<JobCount[]> {
  return db.rows<JobCount>(
    `/* jobs.count */ select kind, count(*) filter (where is_open)::int as open,
       count(*) filter (where status = 'FAILED')::int as failed,
       extract(epoch from now() - min(moved_at) filter (where is_open))::float8 as "stillSeconds"
     from unnest($1::text[]) as known (kind)
     left join lateral (
       select status, moved_at, status in ('QUEUED', 'RUNNING') as is_open from jobs where jobs.kind = known.kind) j on true
     group by kind`,
    [[...jobKinds]],
  );
}
