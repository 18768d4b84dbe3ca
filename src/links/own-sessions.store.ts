import type { Reader, Tx } from "../database/db";

/** Which checkout session: the same id could exist in two accounts. */
export interface SessionKey {
  connectionId: string;
  session: string;
}

export interface OwnSession extends SessionKey {
  userId: string;
  isGuest: boolean;
}

/**
 * For whom we opened these checkout sessions ourselves: the one thing about a purchase that no buyer can forge. Those of
 * others, and of guests who could not be told apart from somebody, are left out.
 */
export function findOwnSessions(db: Reader, keys: readonly SessionKey[]): Promise<OwnSession[]> {
  if (keys.length === 0) return Promise.resolve([]);
  return db.rows(
    `/* ownSessions.find */ select s.connection_id as "connectionId", s.session, coalesce(u.merged_into, u.id) as "userId",
       s.is_guest as "isGuest"
     from unnest($1::uuid[], $2::text[]) as wanted (connection_id, session)
     join checkout_sessions s using (connection_id, session)
     join users u on u.id = s.user_id`,
    [keys.map((key) => key.connectionId), keys.map((key) => key.session)],
  );
}

/** Checkouts of guests say no more than the address that was typed, once somebody has proved that address. */
export async function releaseGuestSessions(tx: Tx, userId: string): Promise<void> {
  await tx.rows(
    `/* ownSessions.releaseGuests */ with released as (
       update checkout_sessions set user_id = null where user_id = $1 and is_guest returning connection_id, session
     )
     update stripe_facts f set needs_plan = true from released r
     where f.connection_id = r.connection_id and f.owner_id = $1 and f.facts -> 'sessions' ? r.session`,
    [userId],
  );
}
