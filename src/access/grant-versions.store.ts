import type { Reader } from "../database/db";
import type { GrantLife } from "./grant";
import type { AccessReason } from "./reasons";

export interface VersionKey {
  userId: string;
  grantId: string;
  at: Date;
}

interface VersionRow {
  place: string;
  reason: AccessReason;
  starts_at: Date;
  ends_at: Date | null;
  closes_at: Date | null;
  ended_at: Date | null;
  end_reason: AccessReason | null;
}

/** How the grants were at a moment in the past, in the order of the keys; null where they have not changed since. */
export async function findVersions(db: Reader, keys: readonly VersionKey[]): Promise<(GrantLife | null)[]> {
  const rows = await db.rows<VersionRow>(
    `/* grantVersions.asOf */ select distinct on (k.place) k.place, v.reason, v.starts_at, v.ends_at, v.closes_at,
       v.ended_at, v.end_reason
     from unnest($1::uuid[], $2::uuid[], $3::timestamptz[]) with ordinality as k (user_id, grant_id, at, place)
     join grant_versions v on v.user_id = k.user_id and v.grant_id = k.grant_id and v.until > k.at
     order by k.place, v.until`,
    [keys.map((key) => key.userId), keys.map((key) => key.grantId), keys.map((key) => key.at)],
  );
  const byPlace = new Map(rows.map((row) => [Number(row.place), row]));
  return keys.map((_, index) => {
    const row = byPlace.get(index + 1);
    return row ? toLife(row) : null;
  });
}

function toLife(row: VersionRow): GrantLife {
  return {
    reason: row.reason,
    startsAt: row.starts_at,
    endsAt: row.ends_at,
    closesAt: row.closes_at,
    endedAt: row.ended_at,
    endReason: row.end_reason,
  };
}
