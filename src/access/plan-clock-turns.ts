import { type GrantLife, endOf, isLive, mayAllow } from "./grant";

/** Access to one product began, or ended, at a moment that was known before it came. */
export interface ClockTurn<Held> {
  kind: "STARTED" | "ENDED";
  at: Date;
  /** The one that begins or ends there; of several, always the same one. */
  grant: Held;
}

type Held = GrantLife & { id: string };

/**
 * When the clock alone opens and closes a product in (from, to], for somebody who holds these grants of it. A grant that
 * ends while another keeps the product open is no turn, nor is one that ends in the moment in which another begins.
 */
export function planClockTurns<Grant extends Held>(grants: readonly Grant[], from: Date, to: Date): ClockTurn<Grant>[] {
  const turns: ClockTurn<Grant>[] = [];
  let isOpen = grants.some((grant) => isLive(grant, from));
  for (const at of momentsOf(grants, from, to)) {
    const live = grants.filter((grant) => isLive(grant, at));
    if (live.length > 0 === isOpen) continue;
    isOpen = !isOpen;
    const turning = isOpen ? live : grants.filter((grant) => endsAt(grant, at));
    const [grant] = turning.sort((a, b) => (a.id < b.id ? -1 : 1));
    if (grant) turns.push({ kind: isOpen ? "STARTED" : "ENDED", at, grant });
  }
  return turns;
}

function momentsOf(grants: readonly Held[], from: Date, to: Date): Date[] {
  const all = grants.filter(mayAllow).flatMap((grant) => [grant.startsAt, endOf(grant)]);
  const within = all.filter((moment) => moment !== null && moment > from && moment <= to);
  const inOrder = [...new Set(within.map(Number))].sort((a, b) => a - b);
  return inOrder.map((moment) => new Date(moment));
}

function endsAt(grant: Held, at: Date): boolean {
  return mayAllow(grant) && grant.startsAt < at && endOf(grant)?.getTime() === at.getTime();
}
