import type { Db } from "../database/db";

/** Turns that were taken: the first comes so much later, and each other one a spacing after that. */
export interface TakenTurns {
  firstAfterMs: number;
}

/**
 * Takes the next turns of a connection, by the database's clock. What nobody took in time is gone: turns are not saved up.
 * One statement, so that it does not matter which connection to the database carries it.
 */
export async function takeTurns(
  db: Db,
  connectionId: string,
  { turns, spacingMs }: { turns: number; spacingMs: number },
): Promise<TakenTurns> {
  const [row] = await db.rows<{ after: number }>(
    `/* paces.take */ insert into stripe_paces as p (connection_id, next_turn_at)
     values ($1, clock_timestamp() + $2::float8 * interval '1 millisecond')
     on conflict (connection_id) do update
       set next_turn_at = greatest(p.next_turn_at, clock_timestamp()) + $2::float8 * interval '1 millisecond'
     returning extract(epoch from next_turn_at - clock_timestamp())::float8 * 1000 - $2::float8 as after`,
    [connectionId, turns * spacingMs],
  );
  return { firstAfterMs: Math.max(row?.after ?? 0, 0) };
}
