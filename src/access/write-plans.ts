import { type ActivityLine, recordActivities } from "../activities/record-activities";
import type { Origin } from "../activities/activity-types";
import { newUuid, toPublicId } from "../base/ids";
import type { Tx } from "../database/db";
import { queueNotices } from "../outbox/queue-notices";
import { type Pair, type Turn, compareAccess } from "./compare-access";
import type { SourceFacts } from "./fact";
import { GrantEntity } from "./grant.entity";
import { endOf, isLive } from "./grant";
import { groupBy } from "./group-by";
import { planActivities } from "./plan-activities";
import { planDuplicates } from "./plan-duplicates";
import type { PlannedGrant } from "./plan-grants";
import type { PlannedSource } from "./load-plans";
import { findGrantsOfPairs, insertStripeGrants, updateStripeGrants } from "./stripe-grants.store";

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
  const before = await findGrantsOfPairs(tx, pairsOf(changes.map(({ row }) => row)));
  await insertStripeGrants(
    tx,
    changes.filter(({ isNew }) => isNew).map(({ row }) => row),
  );
  await updateStripeGrants(
    tx,
    changes.filter(({ isNew, isChanged }) => !isNew && isChanged).map(({ row }) => row),
    now,
  );
  const pairs = compare(
    before,
    changes.map(({ row }) => row),
  );
  const stories = batch.flatMap(({ plan, before: seen }) => tell(plan, seen, origin));
  const turns = pairs.flatMap((pair) => turnLine(pair, now, origin));
  const duplicates = pairs.flatMap((pair) => planDuplicates(pair, now, origin));
  const written = await recordActivities(tx, now, [...lines, ...stories, ...turns, ...duplicates]);
  if (!isQuiet) await queueNotices(tx, now, written);
  return pairs.map((pair) => ({ userId: pair.userId, productId: pair.productId, turn: compareAccess(pair, now) }));
}

function tell({ held, ownerId, planned }: PlannedSource, before: SourceFacts | null, origin: Origin): ActivityLine[] {
  if (ownerId === null) return [];
  const grants = planned.filter((grant) => grant.userId === ownerId);
  return planActivities({ before, after: held.facts, userId: ownerId, grants, origin });
}

function pairsOf(rows: readonly GrantEntity[]) {
  const byName = new Map(rows.map((row) => [nameOf(row), row]));
  return [...byName.values()].map(({ userId, productId, mode }) => ({ userId, productId, mode }));
}

/** The grants of a source as they would be written. */
export function rowsOf(plan: PlannedSource, now: Date): GrantEntity[] {
  return plan.planned.map((grant) => toRow(plan, grant, now).row);
}

/** For each person and product that the batch touches: all that they held of it, and all that they hold now. */
export function compare(before: readonly GrantEntity[], rows: readonly GrantEntity[]): ComparedPair[] {
  const held = groupBy(before, nameOf);
  return [...groupBy(rows, nameOf)].flatMap(([name, changed]) => {
    const [first] = changed;
    if (!first) return [];
    const old = held.get(name) ?? [];
    const ids = new Set(changed.map((row) => row.id));
    const after = [...old.filter((row) => !ids.has(row.id)), ...changed];
    return [{ userId: first.userId, productId: first.productId, mode: first.mode, before: old, after }];
  });
}

interface ComparedPair extends Pair {
  before: readonly GrantEntity[];
  after: readonly GrantEntity[];
}

/** Written only when access really begins or ends, not when one grant of several does. */
function turnLine(pair: ComparedPair, now: Date, origin: Origin): ActivityLine[] {
  const turn = compareAccess(pair, now);
  if (turn !== "GAINED" && turn !== "LOST") return [];
  const { userId, productId, mode } = pair;
  const common = { mode, userId, productId, actor: "SYSTEM", origin } as const;
  if (turn === "GAINED") {
    const cause = pair.after.find((grant) => isLive(grant, now));
    const isFresh = cause !== undefined && !pair.before.some((grant) => grant.id === cause.id);
    const at = isFresh ? cause.startsAt : now;
    return [{ ...common, type: "ACCESS_STARTED", at, message: "Access began.", ...causeOf(cause) }];
  }
  const cause = latest(
    pair.after.filter((grant) => pair.before.some((old) => old.id === grant.id && isLive(old, now))),
  );
  const end = cause && endOf(cause);
  const reason = cause?.endReason ?? cause?.reason;
  const line = { ...common, type: "ACCESS_ENDED", at: end && end < now ? end : now, message: "Access ended." } as const;
  const { data, ...about } = causeOf(cause);
  return [{ ...line, ...about, data: { ...data, reason } }];
}

function latest(grants: readonly GrantEntity[]): GrantEntity | undefined {
  return [...grants].sort((a, b) => (endOf(b)?.getTime() ?? Infinity) - (endOf(a)?.getTime() ?? Infinity))[0];
}

function causeOf(grant: GrantEntity | undefined): { stripeObject?: string; data: Record<string, unknown> } {
  if (!grant) return { data: {} };
  const data = { grant: toPublicId("grant", grant.id) };
  return grant.stripeObject === null ? { data } : { stripeObject: grant.stripeObject, data };
}

/** The row as it will be. One that says the same as before, and was looked at no later, is not written. */
function toRow(
  { held, current }: PlannedSource,
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
] as const;

function differs(before: GrantEntity, after: GrantEntity): boolean {
  return told.some((name) => JSON.stringify(before[name]) !== JSON.stringify(after[name]));
}

function nameOf({ userId, productId, mode }: GrantEntity): string {
  return `${userId} ${productId} ${mode}`;
}
