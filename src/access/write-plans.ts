import { type ActivityLine, recordActivities } from "../activities/record-activities";
import type { Origin } from "../activities/activity-types";
import { newUuid } from "../base/ids";
import type { Tx } from "../database/db";
import { isJoinedByAddress } from "../links/decide-owner";
import { queueNotices } from "../outbox/queue-notices";
import type { Turn } from "./compare-access";
import { comparePairs, nameOfPair } from "./compare-pairs";
import type { SourceFacts } from "./fact";
import { findToldAhead } from "./find-told-ahead";
import { GrantEntity } from "./grant.entity";
import { planActivities } from "./plan-activities";
import { planDuplicates } from "./plan-duplicates";
import { planJointTurns } from "./plan-joint-turns";
import type { PlannedGrant } from "./plan-grants";
import type { PlannedSource } from "./load-plans";
import { findOpenedPairs, findOpeningGrants } from "./opened-pairs.store";
import { insertStripeGrants, updateStripeGrants } from "./stripe-grants.store";

export interface Written {
  plan: PlannedSource;
  /** As it was held before; null: never. */
  before: SourceFacts | null;
}

/** What is said about a batch, besides what its plans say. */
export interface Telling {
  now: Date;
  origin: Origin;
  lines: readonly ActivityLine[];
  /** It is written down, and nobody is told. */
  isQuiet?: boolean;
}

export interface AccessTurn {
  userId: string;
  productId: string;
  turn: Turn;
}

/** Writes the grants of a batch, what the journal says of it, and what the caller is told. The users are locked. */
export async function writePlans(
  tx: Tx,
  batch: readonly Written[],
  { now, origin, lines, isQuiet = false }: Telling,
): Promise<AccessTurn[]> {
  const changes = batch.flatMap(({ plan }) => plan.planned.map((grant) => toRow(plan, grant, now)));
  const rows = changes.map(({ row }) => row);
  const opened = await findOpenedPairs(tx, pairsOf(rows));
  const pairs = comparePairs(opened, await findOpeningGrants(tx, opened), rows);
  const told = await findToldAhead(tx, pairs, now);
  const { turns, writtenAtOf } = planJointTurns(pairs, { told, now, origin });
  for (const row of rows) row.updatedAt = writtenAtOf(row);
  await insertStripeGrants(
    tx,
    changes.filter(({ isNew }) => isNew).map(({ row }) => row),
  );
  await updateStripeGrants(
    tx,
    changes.filter(({ isNew, isChanged }) => !isNew && isChanged).map(({ row }) => row),
    now,
  );
  const stories = batch.flatMap(({ plan, before: seen }) => tell(plan, seen, origin));
  const duplicates = pairs.flatMap((pair) => planDuplicates(pair, now, origin));
  const own = turns.flatMap((turn) => turn.own);
  const clock = await recordActivities(
    tx,
    now,
    turns.flatMap((turn) => turn.clock),
  );
  const written = await recordActivities(tx, now, [...lines, ...stories, ...own, ...duplicates]);
  // What the clock brought is no part of what is to be quiet: the sweep would have told it.
  await queueNotices(tx, now, isQuiet ? clock : [...clock, ...written]);
  return pairs.map(({ userId, productId }, place) => ({ userId, productId, turn: turns[place]?.turn ?? "NEVER" }));
}

function tell({ held, ownerId, planned }: PlannedSource, before: SourceFacts | null, origin: Origin): ActivityLine[] {
  if (ownerId === null) return [];
  const grants = planned.filter((grant) => grant.userId === ownerId);
  return planActivities({ before, after: held.facts, userId: ownerId, grants, origin });
}

function pairsOf(rows: readonly GrantEntity[]) {
  const byName = new Map(rows.map((row) => [nameOfPair(row), row]));
  return [...byName.values()].map(({ userId, productId, mode }) => ({ userId, productId, mode }));
}

/** The grants of a source as they would be written. */
export function rowsOf(plan: PlannedSource, now: Date): GrantEntity[] {
  return plan.planned.map((grant) => toRow(plan, grant, now).row);
}

/** The row as it will be. One that says the same as before, and was looked at no later, is not written. */
function toRow(
  { held, current, ownerId, ownerBy }: PlannedSource,
  planned: PlannedGrant,
  now: Date,
): { row: GrantEntity; isNew: boolean; isChanged: boolean } {
  const { facts } = held;
  const { id, ...life } = planned;
  const present = id === null ? undefined : current.find((grant) => grant.id === id);
  const isOrder = facts.state.kind === "ORDER";
  const row = Object.assign(new GrantEntity(), {
    ...(present ?? {
      id: newUuid(now),
      mode: facts.mode,
      source: isOrder ? "PURCHASE" : "SUBSCRIPTION",
      stripeObject: facts.source,
      connectionId: facts.connectionId,
      revokedAt: null,
      note: null,
      grantedBy: null,
      createdAt: now,
    }),
    ...life,
    asOf: facts.observedAt,
    byAddress: planned.userId === ownerId ? isJoinedByAddress(ownerBy) : (present?.byAddress ?? false),
    updatedAt: now,
  });
  return { row, isNew: !present, isChanged: !present || differs(present, row) };
}

const told = [
  "reason",
  "startsAt",
  "endsAt",
  "closesAt",
  "endedAt",
  "endReason",
  "quantity",
  "cancelAtPeriodEnd",
  "linkIds",
  "asOf",
  "byAddress",
] as const;

function differs(before: GrantEntity, after: GrantEntity): boolean {
  return told.some((name) => JSON.stringify(before[name]) !== JSON.stringify(after[name]));
}
