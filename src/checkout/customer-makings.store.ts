import type { Reader, Tx } from "../database/db";

/** A customer that is being made for a user, by one request at a time. */
export interface Making {
  userId: string;
  connectionId: string;
  /** Names the customer that will be, whoever makes it in the end. */
  attempt: string;
  tries: number;
  /** Somebody has tried before, and what came of it is not known. */
  isAgain: boolean;
  createdAt: Date;
}

/** Null: somebody else makes it at this moment. */
export async function claimMaking(
  db: Reader,
  { userId, connectionId, attempt, now }: { userId: string; connectionId: string; attempt: string; now: Date },
  seconds: number,
): Promise<Making | null> {
  const [row] = await db.rows<Omit<Making, "isAgain">>(
    `/* makings.claim */ insert into customer_makings (user_id, connection_id, attempt, claimed_until, created_at)
     values ($1, $2, $3, now() + make_interval(secs => $5), $4)
     on conflict (user_id, connection_id) do update set claimed_until = excluded.claimed_until
     where customer_makings.claimed_until <= now()
     returning user_id as "userId", connection_id as "connectionId", attempt, tries, created_at as "createdAt"`,
    [userId, connectionId, attempt, now, seconds],
  );
  return row ? { ...row, isAgain: row.attempt !== attempt } : null;
}

export async function releaseMaking(
  db: Reader,
  { userId, connectionId, attempt }: Making,
  { isSpent }: { isSpent: boolean },
): Promise<void> {
  await db.rows(
    `/* makings.release */ update customer_makings set claimed_until = now(), tries = tries + $4::int
     where user_id = $1 and connection_id = $2 and attempt = $3`,
    [userId, connectionId, attempt, isSpent ? 1 : 0],
  );
}

/** The link has taken its place. */
export async function deleteMaking(tx: Tx, { userId, connectionId, attempt }: Making): Promise<void> {
  await tx.rows(
    `/* makings.done */ delete from customer_makings where user_id = $1 and connection_id = $2 and attempt = $3`,
    [userId, connectionId, attempt],
  );
}
