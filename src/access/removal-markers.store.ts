import type { Reader, Tx } from "../database/db";

/** When each of the marked hashes was removed, by the hash in hexadecimal. */
export async function findRemovalMarkers(db: Reader, hashes: readonly Buffer[]): Promise<Map<string, Date>> {
  if (hashes.length === 0) return new Map();
  const rows = await db.rows<{ hash: string; removedAt: Date }>(
    `/* removalMarkers.find */ select encode(hash, 'hex') as hash, removed_at as "removedAt"
     from removal_markers where hash = any(select decode(h, 'hex') from unnest($1::text[]) h)`,
    [hashes.map(toHex)],
  );
  return new Map(rows.map(({ hash, removedAt }) => [hash, removedAt]));
}

/** A person who is removed a second time is removed as of then. */
export async function writeRemovalMarkers(tx: Tx, hashes: readonly Buffer[], removedAt: Date): Promise<void> {
  if (hashes.length === 0) return;
  await tx.rows(
    `/* removalMarkers.write */ insert into removal_markers (hash, removed_at)
     select distinct decode(h, 'hex'), $2::timestamptz from unnest($1::text[]) h order by 1
     on conflict (hash) do update set removed_at = greatest(removal_markers.removed_at, excluded.removed_at)`,
    [hashes.map(toHex), removedAt],
  );
}

export async function hasRemovalMarkers(db: Reader): Promise<boolean> {
  const rows = await db.rows(`/* removalMarkers.any */ select 1 from removal_markers limit 1`);
  return rows.length > 0;
}

export interface TrialMark {
  hash: Buffer;
  purchase: Buffer;
}

export async function writeRemovedTrials(tx: Tx, marks: readonly TrialMark[]): Promise<void> {
  if (marks.length === 0) return;
  await tx.rows(
    `/* removalTrials.write */ insert into removal_trials (hash, purchase)
     select distinct decode(h, 'hex'), decode(p, 'hex') from unnest($1::text[], $2::text[]) as n (h, p) order by 1, 2
     on conflict do nothing`,
    [marks.map(({ hash }) => toHex(hash)), marks.map(({ purchase }) => toHex(purchase))],
  );
}

/** How many purchases with a trial are marked with any of the hashes. */
export async function countMarkedTrials(db: Reader, hashes: readonly Buffer[]): Promise<number> {
  if (hashes.length === 0) return 0;
  const [row] = await db.rows<{ used: string }>(
    `/* removalTrials.count */ select count(distinct purchase) as used from removal_trials
     where hash = any(select decode(h, 'hex') from unnest($1::text[]) h)`,
    [hashes.map(toHex)],
  );
  return Number(row?.used ?? 0);
}

export function toHex(hash: Buffer): string {
  return hash.toString("hex");
}
