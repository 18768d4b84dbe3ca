import type { Reader, Tx } from "../database/db";

/** Up to where a sweep has looked: everything before the moment, and at the moment what comes before the id. */
export interface SweepPlace {
  at: Date;
  /** Null: nothing is left at the moment. */
  id: string | null;
}

/** What is held until the transaction ends. Null: another replica has it, or nobody ever did, and it begins at `start`. */
export async function takeSweep(tx: Tx, name: string, start: Date): Promise<SweepPlace | null> {
  const [place] = await tx.rows<SweepPlace>(
    `/* clockSweeps.take */ select swept_at as at, swept_id as id from clock_sweeps where name = $1
     for update skip locked`,
    [name],
  );
  if (place) return place;
  await tx.rows(
    `/* clockSweeps.begin */ insert into clock_sweeps (name, swept_at) values ($1, $2) on conflict (name) do nothing`,
    [name, start],
  );
  return null;
}

export async function moveSweep(tx: Reader, name: string, { at, id }: SweepPlace): Promise<void> {
  await tx.rows(`/* clockSweeps.move */ update clock_sweeps set swept_at = $2, swept_id = $3 where name = $1`, [
    name,
    at,
    id,
  ]);
}

/** Parameters of a page: what lies after a place, up to a moment. */
export function pageAfter({ at, id }: SweepPlace, until: Date, limit: number): [Date, string, Date, number] {
  return [at, id ?? LAST_ID, until, limit];
}

const LAST_ID = "ffffffff-ffff-ffff-ffff-ffffffffffff";
