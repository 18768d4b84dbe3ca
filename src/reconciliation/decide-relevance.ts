import type { SourceFacts } from "../access/fact";
import { targetOf } from "../projection/target";
import { type Listed, type Wanted, wantedItem } from "../surveys/read-listed";

/** A link, and since when what was bought of it should be known to us. */
export interface LinkReach extends Wanted {
  linkedAt: Date;
  /** An import went through all that was bought before. */
  isImported: boolean;
}

/**
 * Whether something that Stripe lists and we do not hold is missing. What was bought before the link was made is not, if
 * nobody wanted it to be imported; and what was over by then has never meant anything.
 */
export function decideRelevance(listed: Listed, links: readonly LinkReach[]): boolean {
  return links.some((link) => wantedItem(listed, [link]) !== undefined && isWithin(listed, link));
}

function isWithin({ boughtAt, overAt }: Listed, { linkedAt, isImported }: LinkReach): boolean {
  if (overAt !== null) return overAt >= linkedAt;
  return isImported || boughtAt >= linkedAt;
}

/** Facts as a list would have shown what they are about. */
export function listedOf(facts: SourceFacts): Listed {
  const { source, items, boughtAt, state } = facts;
  const overAt = state.kind === "SUBSCRIPTION" ? state.endedAt : null;
  return { target: targetOf(facts), source, items, boughtAt, overAt };
}
