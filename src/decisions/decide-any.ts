import { type Decision, type Question, decide } from "../access/decide";
import { type AccessReason, reasonRank } from "../access/reasons";

/** A piece of content that no product guards. */
const open: Decision = {
  allowed: true,
  reason: "PUBLIC",
  productId: null,
  grant: null,
  viaProductId: null,
  startsAt: null,
  endsAt: null,
  recheckAt: null,
};

// What helps a person who is denied most comes first: what they have or had, then what they could do about it.
const lastResort: readonly AccessReason[] = [
  "NOT_AUTHENTICATED",
  "UNKNOWN_USER",
  "NO_GRANT",
  "PRODUCT_NOT_LIVE",
  "UNKNOWN_PRODUCT",
];

/** Any of several products opens the content: the decision that lasts longest, or the denial that says most. */
export function decideAny(products: readonly Omit<Question, "at">[], at: Date): Decision {
  const decisions = products.map((product) => decide({ ...product, at }));
  const chosen = choose(decisions);
  const recheckAt = earliest(decisions.map((decision) => decision.recheckAt));
  const startsAt = chosen.reason !== "NOT_STARTED" ? null : earliest(decisions.map((decision) => decision.startsAt));
  return { ...chosen, productId: null, startsAt, endsAt: coveredUntil(products, chosen), recheckAt };
}

function choose(decisions: readonly Decision[]): Decision {
  const allowing = decisions.filter((decision) => decision.allowed);
  if (allowing.length > 0) return [...allowing].sort(byLasting)[0] ?? open;
  return [...decisions].sort(byUsefulness)[0] ?? open;
}

/** One product may begin to open the content before another one ends: then that end is none. */
function coveredUntil(products: readonly Omit<Question, "at">[], chosen: Decision): Date | null {
  let decision = chosen;
  let until = chosen.endsAt;
  while (decision.allowed) {
    until = decision.endsAt;
    if (until === null) return null;
    const at = until;
    decision = choose(products.map((product) => decide({ ...product, at })));
  }
  return until;
}

function byLasting(a: Decision, b: Decision): number {
  const end = (decision: Decision) => decision.endsAt?.getTime() ?? Infinity;
  if (end(a) !== end(b)) return end(a) > end(b) ? -1 : 1;
  return reasonRank.indexOf(a.reason) - reasonRank.indexOf(b.reason);
}

function byUsefulness(a: Decision, b: Decision): number {
  const starts = (decision: Decision) => decision.grant?.startsAt.getTime() ?? -Infinity;
  if (starts(a) !== starts(b)) return starts(b) - starts(a);
  return lastResort.indexOf(a.reason) - lastResort.indexOf(b.reason);
}

function earliest(moments: readonly (Date | null)[]): Date | null {
  return moments.reduce(
    (first, moment) => (first === null || (moment !== null && moment < first) ? moment : first),
    null,
  );
}
