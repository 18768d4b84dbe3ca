import type { Origin } from "../activities/activity-types";
import type { Mode } from "../base/mode";
import type { Reader, Tx } from "../database/db";
import type { OwnedBy, UnclaimedReason } from "../links/decide-owner";
import { emailKeyOf } from "../users/email-key";
import type { SourceFacts } from "./fact";
import type { Unclaimed } from "./plan-unclaimed";
import { formatFacts, readFacts } from "./read-facts";

/** One subscription or order as we hold it, with whose it is. */
export interface HeldSource {
  facts: SourceFacts;
  ownerId: string | null;
  ownerBy: OwnedBy | null;
  claimedBy: string | null;
  /** How it is listed while it has no owner; null: it is not. */
  unclaimed: Unclaimed | null;
  /** Something that its grants depend on has changed since they were planned. */
  isMarked: boolean;
}

export interface SourceKey {
  connectionId: string;
  source: string;
}

export interface OwnedKey extends SourceKey {
  customer: string | null;
}

/** How the journal and the caller are told what the next plan of a source changes. */
export interface PlanTelling {
  origin: Origin;
  /** No notices are sent. */
  isQuiet: boolean;
}

export interface MarkedKey extends OwnedKey, PlanTelling {}

interface FactsRow {
  connection_id: string;
  source: string;
  mode: Mode;
  customer: string | null;
  facts: string;
  observation: string;
  observed_at: Date;
  owner_id: string | null;
  owner_by: OwnedBy | null;
  claimed_by: string | null;
  needs_plan: boolean;
  unclaimed_id: string | null;
  unclaimed_reason: UnclaimedReason | null;
  unclaimed_products: string[] | null;
  unclaimed_until: Date | null;
  candidate_id: string | null;
}

const columns = `f.connection_id, f.source, c.mode, f.customer, f.facts::text as facts, f.observation::text as observation,
  f.observed_at, f.owner_id, f.owner_by, f.claimed_by, f.needs_plan,
  f.unclaimed_id, f.unclaimed_reason, f.unclaimed_products, f.unclaimed_until, f.candidate_id`;

export async function findSources(db: Reader, keys: readonly SourceKey[]): Promise<HeldSource[]> {
  if (keys.length === 0) return [];
  const rows = await db.rows<FactsRow>(
    `/* facts.find */ select ${columns} from unnest($1::uuid[], $2::text[]) as wanted (connection_id, source)
     join stripe_facts f using (connection_id, source) join stripe_connections c on c.id = f.connection_id`,
    [keys.map((key) => key.connectionId), keys.map((key) => key.source)],
  );
  return rows.map(toHeld);
}

/** Some of those whose grants are to be planned again. */
export async function findMarked(db: Reader, limit: number): Promise<MarkedKey[]> {
  return db.rows<MarkedKey>(
    `/* facts.marked */ select f.connection_id as "connectionId", f.source, f.customer,
       coalesce(f.plan_origin, 'API') as origin, f.plan_is_quiet as "isQuiet"
     from stripe_facts f where f.needs_plan order by f.connection_id, f.source limit $1`,
    [limit],
  );
}

export interface FactsFilter {
  connectionId?: string;
  mode?: Mode;
  customer?: string;
  stripeProduct?: string;
}

const matches = `($1::uuid is null or f.connection_id = $1) and ($2::text is null or c.mode = $2)
  and ($3::text is null or f.customer = $3) and ($4::text is null or f.stripe_products @> array[$4])`;

function valuesOf({ connectionId, mode, customer, stripeProduct }: FactsFilter): (string | null)[] {
  return [connectionId ?? null, mode ?? null, customer ?? null, stripeProduct ?? null];
}

/** Says that the grants of these are to be planned again. Committed with the change that makes it necessary. */
export async function markForPlan(
  tx: Tx,
  filter: FactsFilter,
  { origin, isQuiet }: PlanTelling = { origin: "API", isQuiet: false },
): Promise<number> {
  const [row] = await tx.rows<{ marked: string }>(
    `/* facts.mark */ with marked as (
       update stripe_facts f set needs_plan = true, plan_origin = $5, plan_is_quiet = $6 from stripe_connections c
       where c.id = f.connection_id and ${matches} returning 1)
     select count(*) as marked from marked`,
    [...valuesOf(filter), origin, isQuiet],
  );
  return Number(row?.marked ?? 0);
}

/** Purchases of a customer that belong to other users, for whom our checkout was opened or who claimed them. */
export async function findClaimedByOthers(
  db: Reader,
  { connectionId, customer, userId }: { connectionId: string; customer: string; userId: string },
): Promise<string[]> {
  const rows = await db.rows<{ source: string }>(
    `/* facts.claimedByOthers */ select source from stripe_facts
     where connection_id = $1 and customer = $2 and owner_by = 'CLAIM' and owner_id <> $3 order by source`,
    [connectionId, customer, userId],
  );
  return rows.map(({ source }) => source);
}

/** A page of what a change concerns, in the order of the keys. */
export async function findSourcePage(
  db: Reader,
  filter: FactsFilter,
  after: SourceKey | null,
  limit: number,
): Promise<HeldSource[]> {
  const rows = await db.rows<FactsRow>(
    `/* facts.page */ select ${columns} from stripe_facts f join stripe_connections c on c.id = f.connection_id
     where ${matches} and ($5::uuid is null or (f.connection_id, f.source) > ($5, $6))
     order by f.connection_id, f.source limit $7`,
    [...valuesOf(filter), after?.connectionId ?? null, after?.source ?? null, limit],
  );
  return rows.map(toHeld);
}

/** Writes what was seen. Whoever calls has made sure that nothing newer is held, and holds the lock of its customer. */
export async function writeSources(tx: Tx, held: readonly HeldSource[]): Promise<void> {
  if (held.length === 0) return;
  await tx.rows(
    `/* facts.write */ insert into stripe_facts
       (connection_id, source, kind, customer, stripe_products, facts, observation, observed_at,
        owner_id, owner_by, claimed_by, buyer_key, needs_plan)
     select connection_id, source, kind, customer, string_to_array(stripe_products, ' '), facts::jsonb, observation,
        observed_at, owner_id, owner_by, claimed_by, buyer_key, false
     from unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::bigint[],
        $8::timestamptz[], $9::uuid[], $10::text[], $11::uuid[], $12::text[])
       as seen (connection_id, source, kind, customer, stripe_products, facts, observation, observed_at,
        owner_id, owner_by, claimed_by, buyer_key)
     on conflict (connection_id, source) do update set
       customer = excluded.customer, stripe_products = excluded.stripe_products, facts = excluded.facts,
       observation = excluded.observation, observed_at = excluded.observed_at, owner_id = excluded.owner_id,
       owner_by = excluded.owner_by, claimed_by = excluded.claimed_by, buyer_key = excluded.buyer_key, needs_plan = false,
       plan_origin = null, plan_is_quiet = false
     where stripe_facts.observation <= excluded.observation`,
    [
      held.map(({ facts }) => facts.connectionId),
      held.map(({ facts }) => facts.source),
      held.map(({ facts }) => facts.state.kind),
      held.map(({ facts }) => facts.customer),
      held.map(({ facts }) => [...new Set(facts.items.map((item) => item.stripeProduct))].join(" ")),
      held.map(({ facts }) => formatFacts(facts)),
      held.map(({ facts }) => String(facts.observation)),
      held.map(({ facts }) => facts.observedAt),
      held.map((each) => each.ownerId),
      held.map((each) => each.ownerBy),
      held.map((each) => each.claimedBy),
      held.map(({ facts: { buyer } }) => (buyer.email === null ? null : emailKeyOf(buyer.email))),
    ],
  );
}

function toHeld(row: FactsRow): HeldSource {
  return {
    facts: {
      ...readFacts(row.facts),
      connectionId: row.connection_id,
      mode: row.mode,
      source: row.source,
      customer: row.customer,
      observation: BigInt(row.observation),
      observedAt: row.observed_at,
    },
    ownerId: row.owner_id,
    ownerBy: row.owner_by,
    claimedBy: row.claimed_by,
    unclaimed: toUnclaimed(row),
    isMarked: row.needs_plan,
  };
}

function toUnclaimed(row: FactsRow): Unclaimed | null {
  const { unclaimed_id: id, unclaimed_reason: reason, unclaimed_products: productIds } = row;
  if (id === null || reason === null || productIds === null) return null;
  return { id, reason, productIds, until: row.unclaimed_until, candidateId: row.candidate_id };
}

/** They are this user's from now on, and are planned again as such. */
export async function claimSources(tx: Tx, keys: readonly SourceKey[], userId: string): Promise<void> {
  await tx.rows(
    `/* facts.claim */ update stripe_facts set claimed_by = $3, needs_plan = true
     where (connection_id, source) in (select * from unnest($1::uuid[], $2::text[])) and claimed_by is distinct from $3`,
    [keys.map((key) => key.connectionId), keys.map((key) => key.source), userId],
  );
}

/** Which mode the connections belong to. */
export async function findModes(db: Reader, connectionIds: readonly string[]): Promise<Map<string, Mode>> {
  const rows = await db.rows<{ id: string; mode: Mode }>(
    `/* facts.modes */ select id, mode from stripe_connections where id = any($1::uuid[])`,
    [[...new Set(connectionIds)]],
  );
  return new Map(rows.map((row) => [row.id, row.mode]));
}

/** What these users own, with the customers who bought it. */
export function findOwnedKeys(db: Reader, userIds: readonly string[]): Promise<OwnedKey[]> {
  return db.rows<OwnedKey>(
    `/* facts.ownedKeys */ select f.connection_id as "connectionId", f.source, f.customer
     from stripe_facts f where f.owner_id = any($1::uuid[])`,
    [[...userIds]],
  );
}

/**
 * Marks purchases whose owner depends on one of these addresses: those of nobody, and those that were joined by address.
 * Committed with the change of the user who has the address, had it, or has proved it.
 */
export async function markByAddress(tx: Tx, emailKeys: readonly string[]): Promise<void> {
  if (emailKeys.length === 0) return;
  await tx.rows(
    `/* facts.markByAddress */ with customers as (
       select connection_id, customer from stripe_customers where email_key = any($1::text[])
       union select connection_id, customer from customer_links where joined_key = any($1::text[])
     ), wanted as (
       select connection_id, source from stripe_facts where buyer_key = any($1::text[])
       union select f.connection_id, f.source from customers join stripe_facts f using (connection_id, customer)
     )
     update stripe_facts f set needs_plan = true from wanted w
     where f.connection_id = w.connection_id and f.source = w.source
       and (f.owner_id is null or f.owner_by in ('EMAIL', 'CREATED'))`,
    [[...new Set(emailKeys)]],
  );
}

/** Marks what these users hold by address: whether they may keep it depends on their proofs. */
export async function markJoined(tx: Tx, userIds: readonly string[]): Promise<void> {
  if (userIds.length === 0) return;
  await tx.rows(
    `/* facts.markJoined */ update stripe_facts set needs_plan = true
     where owner_id = any($1::uuid[]) and owner_by in ('EMAIL', 'CREATED')`,
    [[...userIds]],
  );
}

/** Those of the users who hold a purchase by their address only. */
export async function findJoinedUsers(db: Reader, userIds: readonly string[]): Promise<Set<string>> {
  if (userIds.length === 0) return new Set();
  const rows = await db.rows<{ id: string }>(
    `/* facts.joinedUsers */ select distinct owner_id as id from stripe_facts
     where owner_id = any($1::uuid[]) and owner_by in ('EMAIL', 'CREATED')`,
    [[...userIds]],
  );
  return new Set(rows.map(({ id }) => id));
}
