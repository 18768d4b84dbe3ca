import type { AccessMode, ProductStatus } from "../products/product.entity";
import { type Grant, announcedEnd, endOf, isLive, mayAllow, reasonOf } from "./grant";
import { type AccessReason, reasonRank } from "./reasons";

/** Everything that a decision depends on. The same question always has the same answer. */
export interface Question {
  product: { id: string; status: ProductStatus; accessMode: AccessMode } | null;
  /** Nobody: no user was named and none is signed in. Unknown: one was named, and there is none of that name. */
  subject: "NOBODY" | "UNKNOWN" | "KNOWN";
  /** The user's grants on the product and on live bundles that include it, past and future ones too. */
  grants: readonly Grant[];
  at: Date;
}

export interface Decision {
  allowed: boolean;
  reason: AccessReason;
  productId: string | null;
  /** The one that decides; on denial the most recent one. */
  grant: Grant | null;
  /** The bundle that opened it. */
  viaProductId: string | null;
  /** When access begins, for NOT_STARTED. */
  startsAt: Date | null;
  /** When access will end as things stand, grants that follow one another without a gap taken together. */
  endsAt: Date | null;
  /** The earliest moment at which the answer may change by the clock alone. */
  recheckAt: Date | null;
}

/** The order is the law: product, status, PUBLIC, somebody, AUTHENTICATED, grants, denial. */
export function decide({ product, subject, grants, at }: Question): Decision {
  if (!product) return plain(null, "UNKNOWN_PRODUCT");
  if (product.status !== "LIVE") return plain(product.id, "PRODUCT_NOT_LIVE");
  if (product.accessMode === "PUBLIC") return plain(product.id, "PUBLIC");
  if (subject === "NOBODY") return plain(product.id, "NOT_AUTHENTICATED");
  if (subject === "UNKNOWN") return plain(product.id, "UNKNOWN_USER");
  if (product.accessMode === "AUTHENTICATED") return plain(product.id, "AUTHENTICATED");
  // A mode that this build has never heard of opens nothing.
  if (product.accessMode !== "ENTITLED") return plain(product.id, "NO_GRANT");
  const live = grants.filter((grant) => isLive(grant, at)).sort(longestFirst(product.id));
  return live[0] ? allow(product.id, live[0], grants, at) : deny(product.id, grants, at);
}

function plain(productId: string | null, reason: AccessReason): Decision {
  const allowed = reason === "PUBLIC" || reason === "AUTHENTICATED";
  const nothing = { grant: null, viaProductId: null, startsAt: null, endsAt: null, recheckAt: null };
  return { allowed, reason, productId, ...nothing };
}

function allow(productId: string, grant: Grant, grants: readonly Grant[], at: Date): Decision {
  return {
    allowed: true,
    reason: grant.reason,
    productId,
    grant,
    viaProductId: grant.productId === productId ? null : grant.productId,
    startsAt: null,
    endsAt: coveredUntil(grant, grants, at),
    recheckAt: nextChange(grants, at),
  };
}

function deny(productId: string, grants: readonly Grant[], at: Date): Decision {
  const grant = [...grants].sort(mostTellingFirst(at))[0] ?? null;
  const reason = grant ? reasonOf(grant, at) : "NO_GRANT";
  const startsAt = grant && reason === "NOT_STARTED" ? grant.startsAt : null;
  const recheckAt = nextChange(grants, at);
  return { allowed: false, reason, productId, grant, viaProductId: null, startsAt, endsAt: null, recheckAt };
}

/** No end beats any end, a later end an earlier one; among equals the product's own grant, then the better reason. */
function longestFirst(productId: string): (a: Grant, b: Grant) => number {
  return (a, b) =>
    compareEnds(endOf(b), endOf(a)) ||
    Number(b.productId === productId) - Number(a.productId === productId) ||
    reasonRank.indexOf(a.reason) - reasonRank.indexOf(b.reason) ||
    compareText(a.id, b.id);
}

/**
 * The next one that is to come, else the most recent one; one that was ended before it began tells less. What belongs to
 * the user by an address alone gives the reason only when nothing else does: anybody can have typed the address.
 */
function mostTellingFirst(at: Date): (a: Grant, b: Grant) => number {
  const weight = (grant: Grant) => (isToCome(grant, at) ? 0 : (hasLife(grant) ? 1 : 2) + (grant.byAddress ? 2 : 0));
  return (a, b) =>
    weight(a) - weight(b) ||
    (isToCome(a, at) ? 1 : -1) * (a.startsAt.getTime() - b.startsAt.getTime()) ||
    compareText(b.id, a.id);
}

function isToCome(grant: Grant, at: Date): boolean {
  return grant.startsAt > at && hasLife(grant) && mayAllow(grant);
}

function hasLife(grant: Grant): boolean {
  return compareEnds(endOf(grant), grant.startsAt) > 0;
}

function compareEnds(a: Date | null, b: Date | null): number {
  if (a === null || b === null) return Number(a === null) - Number(b === null);
  return a.getTime() - b.getTime();
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}

/** Where the unbroken run of grants ends that this one belongs to; null if nobody knows an end. */
function coveredUntil(grant: Grant, grants: readonly Grant[], at: Date): Date | null {
  let last = grant;
  for (;;) {
    const reached = endOf(last);
    if (reached === null) return null;
    const next = grants
      .filter((other) => mayAllow(other) && other.startsAt <= reached && compareEnds(endOf(other), reached) > 0)
      .sort((a, b) => compareEnds(endOf(b), endOf(a)))[0];
    if (!next) return announcedEnd(last, at);
    last = next;
  }
}

/** The next start or end of a grant that has not ended; that of a suspended one may change the reason. */
function nextChange(grants: readonly Grant[], at: Date): Date | null {
  const moments = grants
    .filter(hasLife)
    .flatMap((grant) => [grant.startsAt, endOf(grant)])
    .filter((moment): moment is Date => moment !== null && moment > at);
  return moments.reduce<Date | null>((first, moment) => (first === null || moment < first ? moment : first), null);
}
