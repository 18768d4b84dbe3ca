import { type AccessReason, reasonRank } from "./reasons";

export type GrantSource = "SUBSCRIPTION" | "PURCHASE" | "MANUAL" | "GIFT" | "IMPORT";
export type GrantStatus = "SCHEDULED" | "ACTIVE" | "GRACE" | "SUSPENDED" | "ENDED";

/**
 * One reason why one user may open one product, as a decision sees it. It lives from `startsAt` until the clock closes it
 * (`closesAt`, or else `endsAt`, the end that is known in advance) or until `endedAt`, when it was ended before that.
 */
export interface Grant {
  id: string;
  userId: string;
  productId: string;
  source: GrantSource;
  /** Why it allows, while it does. */
  reason: AccessReason;
  startsAt: Date;
  endsAt: Date | null;
  /** Later than `endsAt` where Stripe is given time to say whether the announced end has come. */
  closesAt: Date | null;
  endedAt: Date | null;
  /** Why it is over, once it is; null: its time ran out. */
  endReason: AccessReason | null;
  /** When Stripe was last looked at for it; null: it does not come from Stripe. */
  asOf: Date | null;
  /** The purchase is the user's by its e-mail address alone, which anybody can have typed. */
  byAddress: boolean;
}

export type GrantLife = Pick<Grant, "reason" | "startsAt" | "endsAt" | "closesAt" | "endedAt" | "endReason">;

/** The moment from which it no longer allows; null: none is known. */
export function endOf({ endsAt, closesAt, endedAt }: GrantLife): Date | null {
  return earlier(closesAt ?? endsAt, endedAt);
}

/** The end that people are told: the announced one, and only while that is past, the moment at which the clock closes. */
export function announcedEnd(grant: GrantLife, at: Date): Date | null {
  const announced = earlier(grant.endsAt, grant.endedAt);
  return announced !== null && announced <= at ? endOf(grant) : announced;
}

function earlier(a: Date | null, b: Date | null): Date | null {
  if (a && b) return a < b ? a : b;
  return a ?? b;
}

/** Whether its reason is one that opens anything. A grant for any other reason is suspended, whatever its dates say. */
export function mayAllow(grant: Pick<GrantLife, "reason">): boolean {
  return reasonRank.includes(grant.reason);
}

export function isLive(grant: GrantLife, at: Date): boolean {
  const end = endOf(grant);
  return mayAllow(grant) && grant.startsAt <= at && (end === null || at < end);
}

export function statusOf(grant: GrantLife, at: Date): GrantStatus {
  const end = endOf(grant);
  // One that was ended before it began never lives, also when it is asked about a moment before that.
  if (end !== null && (end <= at || end <= grant.startsAt)) return "ENDED";
  if (!mayAllow(grant)) return "SUSPENDED";
  if (grant.startsAt > at) return "SCHEDULED";
  return grant.reason === "GRACE_PERIOD" ? "GRACE" : "ACTIVE";
}

/** What the grant says for itself at that moment: why it allows, or why it does not. */
export function reasonOf(grant: GrantLife, at: Date): AccessReason {
  switch (statusOf(grant, at)) {
    case "SCHEDULED":
      return "NOT_STARTED";
    case "ENDED":
      // One that ran out before it was ended ran out; the reason of an end that was announced is known before it comes.
      return grant.endedAt === null || endOf(grant) === grant.endedAt ? (grant.endReason ?? "EXPIRED") : "EXPIRED";
    case "ACTIVE":
    case "GRACE":
    case "SUSPENDED":
      return grant.reason;
  }
}
