import type { Tx } from "../database/db";

/** Objects of one connection whose events may show a person. */
export interface ShownBy {
  connectionId: string;
  /** A customer, or an object that was bought. */
  id: string;
}

/**
 * Clears what events that are not done say about people: events about these objects, and events that show one of these
 * addresses. The events stay, and Stripe is asked again for what they are about.
 */
export async function blankEventBodies(
  tx: Tx,
  objects: readonly ShownBy[],
  addresses: readonly string[],
): Promise<void> {
  await tx.rows(blankSql, [
    objects.map(({ connectionId }) => connectionId),
    objects.map(({ id }) => id),
    addresses.map((address) => address.toLowerCase()),
  ]);
}

// Events that are done have no body, so only those that wait or failed are read. They are locked in the order in which
// events are claimed and finished by others.
const blankSql = `/* removalEvents.blank */
  with shown as (
    select connection_id, event_id from stripe_inbox e
    where e.state in ('PENDING', 'FAILED') and e.body is not null
      and ((e.connection_id, e.subject) in (select * from unnest($1::uuid[], $2::text[]))
        or (e.connection_id, e.object_id) in (select * from unnest($1::uuid[], $2::text[]))
        or exists (select 1 from unnest($3::text[]) as a (address) where strpos(lower(e.body), a.address) > 0))
    order by connection_id, event_id for update
  )
  update stripe_inbox e set body = null from shown
  where e.connection_id = shown.connection_id and e.event_id = shown.event_id`;
