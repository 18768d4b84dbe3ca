import { type GrantLife, announcedEnd, statusOf } from "./grant";
import type { GrantEntity } from "./grant.entity";
import type { PlannedGrant } from "./plan-grants";

/** A grant that is not what the facts plan. */
export interface GrantDifference {
  productId: string;
  /** How it lives, in words; what is not there is `nothing`. */
  held: string;
  planned: string;
}

type Grantlike = GrantLife & Pick<GrantEntity, "productId" | "quantity" | "cancelAtPeriodEnd" | "linkIds">;

/** Pure: what of the grants of one source is otherwise than it is planned now. When Stripe was looked at does not count. */
export function compareGrants(
  current: readonly GrantEntity[],
  planned: readonly PlannedGrant[],
  now: Date,
): GrantDifference[] {
  return planned.flatMap((grant) => {
    const held = current.find(({ id }) => id === grant.id) ?? null;
    if (held && textOf(held) === textOf(grant)) return [];
    const [before, after] = [held ? describeLife(held, now) : "nothing", describeLife(grant, now)];
    return [
      { productId: grant.productId, held: before, planned: before === after ? `${after}, by other terms` : after },
    ];
  });
}

/** All that is planned anew each time. */
function textOf(grant: Grantlike): string {
  const { reason, startsAt, endsAt, closesAt, endedAt, endReason, quantity, cancelAtPeriodEnd, linkIds } = grant;
  return JSON.stringify([
    reason,
    ...[startsAt, endsAt, closesAt, endedAt].map((moment) => moment?.getTime() ?? null),
    endReason,
    quantity,
    cancelAtPeriodEnd,
    [...linkIds].sort(),
  ]);
}

function describeLife(grant: GrantLife, now: Date): string {
  const status = statusOf(grant, now);
  const end = announcedEnd(grant, now);
  const reason = status === "ENDED" ? (grant.endReason ?? grant.reason) : grant.reason;
  return `${status.toLowerCase()} (${reason})${end ? ` until ${end.toISOString()}` : ""}`;
}
