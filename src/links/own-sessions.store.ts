import type { Reader } from "../database/db";

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
    `/* ownSessions.find */ select s.connection_id as "connectionId", s.session, s.user_id as "userId", s.is_guest as "isGuest"
     from unnest($1::uuid[], $2::text[]) as wanted (connection_id, session)
     join checkout_sessions s using (connection_id, session) where s.user_id is not null`,
    [keys.map((key) => key.connectionId), keys.map((key) => key.session)],
  );
}
