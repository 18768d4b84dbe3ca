import type { Decision } from "./decide";
import type { AccessReason } from "./reasons";

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
export function decideAny(decisions: readonly Decision[]): Decision {
  if (decisions.length === 0) return open;
  const allowing = decisions.filter((decision) => decision.allowed);
  const chosen = [...(allowing.length > 0 ? allowing : decisions)].sort(
    allowing.length > 0 ? byLasting : byUsefulness,
  )[0];
  const recheckAt = earliest(decisions.map((decision) => decision.recheckAt));
  return { ...(chosen ?? open), productId: null, recheckAt };
}

function byLasting(a: Decision, b: Decision): number {
  return (b.endsAt?.getTime() ?? Infinity) === (a.endsAt?.getTime() ?? Infinity)
    ? 0
    : (b.endsAt?.getTime() ?? Infinity) - (a.endsAt?.getTime() ?? Infinity);
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
