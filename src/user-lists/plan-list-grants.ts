import { Refusal } from "../base/refusal";
import type { Person } from "./plan-people";
import type { PlannedListGrant } from "./list-plan";

export interface WantedGrant {
  productId: string;
  /** Null: the row does not say. */
  endsAt: Date | null;
}

export interface GrantTerms {
  now: Date;
  /** What the person may open, where that is to be left as it is. */
  opened: ReadonlySet<string>;
}

/** What a row changes of what imports gave its person: one grant of each product, which only an end that differs changes. */
export function planListGrants(
  person: Person | null,
  wanted: readonly WantedGrant[],
  { now, opened }: GrantTerms,
): Omit<PlannedListGrant, "userId">[] {
  return wanted.flatMap(({ productId, endsAt }) => {
    const held = person?.grants.get(productId);
    if (held && (endsAt === null || held.endsAt?.getTime() === endsAt.getTime())) return [];
    if (!held && opened.has(productId)) return [];
    if (endsAt && endsAt <= now) {
      throw new Refusal("INVALID_INPUT", { say: "Access must end after it begins, and this end is past." });
    }
    return [{ before: held?.before ?? null, productId, endsAt }];
  });
}
