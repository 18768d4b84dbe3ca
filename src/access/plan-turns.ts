import type { Origin } from "../activities/activity-types";
import type { ActivityLine } from "../activities/record-activities";
import { toPublicId } from "../base/ids";
import { type Pair, type Turn, compareAccess } from "./compare-access";
import { type ComparedPair, nameOfPair } from "./compare-pairs";
import { endOf, isLive, reasonOf } from "./grant";
import type { GrantEntity } from "./grant.entity";
import { planClockTurns } from "./plan-clock-turns";

/**
 * When access to a product begins and ends, in the order in which it does: what the clock brought since the grants were
 * last written, and then what a write makes of them. Each turn lies after the one before it, so beginnings and ends follow
 * one another by turns; and each is named by its moment, so whoever tells it again tells nothing new.
 */
export interface PlannedTurns {
  clock: ActivityLine[];
  /** At most one. A write that only changes which grant keeps the product open is no turn. */
  own: ActivityLine[];
  turn: Turn;
  /** No earlier than all that was told. Grants that are written say it, and the next write goes on from there. */
  writtenAt: Date;
}

export function planTurns(pair: ComparedPair, now: Date, origin: Origin): PlannedTurns {
  const last = lastWrite(pair.before);
  // Another replica, whose clock is ahead, may have written them.
  let at = last && last > now ? last : now;
  for (;;) {
    const clock = last ? planClockTurns(pair.before, last, at) : [];
    const turn = compareAccess(pair, at);
    const told = { clock: clock.map((each) => clockLine(pair, each)), turn, writtenAt: at };
    const own = ownTurn(pair, turn, at);
    if (!own) return { ...told, own: [] };
    const floor = clock.at(-1)?.at ?? last;
    if (!floor || floor < at) return { ...told, own: [lineOf(pair, notBefore(floor, own), origin)] };
    // Something was told of this very moment: the write comes after it.
    at = new Date(at.getTime() + 1);
  }
}

function notBefore(floor: Date | null, turn: ToldTurn): ToldTurn {
  return floor && turn.at <= floor ? { ...turn, at: new Date(floor.getTime() + 1) } : turn;
}

/** What the clock brought to a pair in (from, to] and after its last write: what came before that, the write has told. */
export function planClockLines(pair: PairName, grants: readonly GrantEntity[], from: Date, to: Date): ActivityLine[] {
  const last = lastWrite(grants);
  const turns = planClockTurns(grants, last && last > from ? last : from, to);
  return turns.map((turn) => clockLine(pair, turn));
}

export function lastWrite(grants: readonly GrantEntity[]): Date | null {
  return grants.reduce<Date | null>((last, { updatedAt }) => (last && last > updatedAt ? last : updatedAt), null);
}

type PairName = Pick<Pair, "userId" | "productId" | "mode">;

interface ToldTurn {
  kind: "STARTED" | "ENDED";
  at: Date;
  grant: GrantEntity | undefined;
}

/** Dated by Stripe where it says when it was bought or ended, else by the write. */
function ownTurn(pair: ComparedPair, turn: Turn, at: Date): ToldTurn | null {
  if (turn === "GAINED") {
    const [grant] = pair.after.filter((each) => isLive(each, at)).sort(byId);
    const isFresh = grant !== undefined && !pair.before.some(({ id }) => id === grant.id);
    return { kind: "STARTED", at: isFresh ? grant.startsAt : at, grant };
  }
  if (turn === "LOST") {
    const lost = new Set(pair.before.filter((each) => isLive(each, at)).map(({ id }) => id));
    const [grant] = pair.after.filter(({ id }) => lost.has(id)).sort(lastFirst);
    const end = grant && endOf(grant);
    return { kind: "ENDED", at: end && end < at ? end : at, grant };
  }
  return null;
}

function clockLine(pair: PairName, turn: ToldTurn): ActivityLine {
  return lineOf(pair, turn, "CLOCK");
}

function lineOf(pair: PairName, { kind, at, grant }: ToldTurn, origin: Origin): ActivityLine {
  const { userId, productId, mode } = pair;
  const data = {
    ...(grant && { grant: toPublicId("grant", grant.id) }),
    ...(grant && kind === "ENDED" && { reason: reasonOf(grant, at) }),
  };
  return {
    mode,
    type: `ACCESS_${kind}`,
    at,
    userId,
    productId,
    actor: "SYSTEM",
    origin,
    ...(grant?.stripeObject ? { stripeObject: grant.stripeObject } : {}),
    message: kind === "STARTED" ? "Access began." : "Access ended.",
    data,
    onceKey: `${nameOfPair(pair)} ${kind} ${at.toISOString()}`,
  };
}

function byId(a: GrantEntity, b: GrantEntity): number {
  return a.id < b.id ? -1 : 1;
}

function lastFirst(a: GrantEntity, b: GrantEntity): number {
  const [one, other] = [a, b].map((grant) => endOf(grant)?.getTime() ?? Infinity) as [number, number];
  return one === other ? byId(a, b) : other - one;
}
