import type { Tx } from "../database/db";
import type { SourceFacts } from "./fact";

export interface Confirmed {
  connectionId: string;
  source: string;
  ownerId: string | null;
  /** The look that found everything as it is held. */
  seen: Pick<SourceFacts, "observation" | "observedAt">;
}

/** When they were last looked at, and by which look. What was looked at later stays. */
export async function confirmFacts(tx: Tx, confirmed: readonly Confirmed[]): Promise<void> {
  await tx.rows(
    `/* confirmations.facts */ update stripe_facts f
     set observation = n.observation, observed_at = greatest(f.observed_at, n.observed_at)
     from unnest($1::uuid[], $2::text[], $3::bigint[], $4::timestamptz[])
       as n (connection_id, source, observation, observed_at)
     where f.connection_id = n.connection_id and f.source = n.source and f.observation < n.observation`,
    [
      confirmed.map(({ connectionId }) => connectionId),
      confirmed.map(({ source }) => source),
      confirmed.map(({ seen }) => String(seen.observation)),
      confirmed.map(({ seen }) => seen.observedAt),
    ],
  );
}

/** The same for what they give to those whose they are. */
export async function confirmGrants(tx: Tx, confirmed: readonly Confirmed[]): Promise<void> {
  const owned = confirmed.filter(({ ownerId }) => ownerId !== null);
  if (owned.length === 0) return;
  await tx.rows(
    `/* confirmations.grants */ update grants g set as_of = n.observed_at
     from unnest($1::uuid[], $2::uuid[], $3::text[], $4::timestamptz[])
       as n (user_id, connection_id, source, observed_at)
     where g.user_id = n.user_id and g.connection_id = n.connection_id and g.stripe_object = n.source
       and g.as_of < n.observed_at`,
    [
      owned.map(({ ownerId }) => ownerId),
      owned.map(({ connectionId }) => connectionId),
      owned.map(({ source }) => source),
      owned.map(({ seen }) => seen.observedAt),
    ],
  );
}
