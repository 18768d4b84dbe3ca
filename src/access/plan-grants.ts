import type { ProductLinkEntity } from "../links/product-link.entity";
import type { Fact, SourceFacts } from "./fact";
import type { GrantEntity } from "./grant.entity";
import { mayAllow } from "./grant";
import { type Life, planLife } from "./plan-life";
import type { Policy } from "./policy";
import type { AccessReason } from "./reasons";

/** What decides about the grants of one subscription or order. The same question always has the same answer. */
export interface PlanQuestion {
  source: SourceFacts;
  /** As it was held until now; null: it was never seen. */
  before: SourceFacts | null;
  /** Whose it is; null: nobody's, and the facts are kept until somebody comes. */
  ownerId: string | null;
  /** The links of the connection that name a Stripe product of the source, in the order in which they were made. */
  links: readonly RuleOfLink[];
  policy: Policy;
  /** The grants that came from this source so far, whoever holds them, ended ones too. */
  current: readonly GrantEntity[];
  now: Date;
}

export type RuleOfLink = Pick<
  ProductLinkEntity,
  "id" | "productId" | "stripeProduct" | "priceIds" | "state" | "accessDurationDays" | "accessEndsAt"
>;

/** A grant as it should be. With `id` it is there already, and changes. */
export interface PlannedGrant extends Life {
  id: string | null;
  userId: string;
  productId: string;
  stripeItem: string;
  startsAt: Date;
  quantity: number;
  /** The links by which it is given. */
  linkIds: string[];
}

/**
 * One grant for each item that a link covers. A grant ends only with its own source: what is not from this source is not
 * even looked at. Everything is stated anew each time, so the same facts twice change nothing.
 */
export function planGrants(question: PlanQuestion): PlannedGrant[] {
  const wanted = wantedGrants(question);
  const keys = new Set(wanted.map(keyOf));
  const left = question.current.filter((grant) => !keys.has(keyOf(grant)));
  return [...wanted, ...left.map((grant) => ended(grant, question))];
}

function wantedGrants(question: PlanQuestion): PlannedGrant[] {
  const { source, ownerId } = question;
  if (ownerId === null || source.ignored) return [];
  const wanted = new Map<string, PlannedGrant>();
  for (const fact of source.items) {
    for (const link of question.links.filter((each) => covers(each, fact, question))) {
      const grant = grantOf(fact, link, ownerId, question);
      const other = wanted.get(keyOf(grant));
      wanted.set(keyOf(grant), other ? together(other, grant) : grant);
    }
  }
  return [...wanted.values()];
}

function covers(link: RuleOfLink, fact: Fact, { current }: PlanQuestion): boolean {
  const isNamed = link.priceIds.length === 0 || link.priceIds.includes(fact.price);
  if (link.state === "REMOVED" || link.stripeProduct !== fact.stripeProduct || !isNamed) return false;
  // A link that only keeps what it gave gives nothing new. What it gave goes along when the purchase changes hands.
  return link.state === "ACTIVE" || current.some((grant) => grant.stripeItem === fact.item && hasFrom(link, grant));
}

function hasFrom(link: RuleOfLink, grant: GrantEntity): boolean {
  return grant.productId === link.productId && grant.linkIds.includes(link.id);
}

/** Two links give the same: the one by which it lasts longest decides. */
function together(one: PlannedGrant, other: PlannedGrant): PlannedGrant {
  const endOf = ({ endsAt }: PlannedGrant) => endsAt?.getTime() ?? Infinity;
  return { ...(endOf(other) > endOf(one) ? other : one), linkIds: [...new Set([...one.linkIds, ...other.linkIds])] };
}

function grantOf(fact: Fact, link: RuleOfLink, ownerId: string, question: PlanQuestion): PlannedGrant {
  const { source, policy, current } = question;
  const key = { userId: ownerId, productId: link.productId, stripeItem: fact.item };
  const present = current.find((grant) => keyOf(grant) === keyOf(key));
  const life = planLife(source, fact, link, policy);
  const planned = { ...life, ...key, id: present?.id ?? null, startsAt: startOf(fact, present, question, life) };
  const revoked = present?.revokedAt ?? null;
  return {
    ...planned,
    quantity: fact.quantity,
    linkIds: [link.id],
    ...(revoked === null ? {} : { endedAt: revoked, endReason: "REVOKED" as const }),
  };
}

/**
 * When it began, by Stripe, but never later than now: Stripe's clock may be a little ahead of ours. What has once begun
 * keeps its beginning. What takes the place of another grant of the same item begins with the switch of its price; with
 * another owner or another link it begins now.
 */
function startOf(fact: Fact, present: GrantEntity | undefined, question: PlanQuestion, life: Life): Date {
  const { source, current, now } = question;
  if (present && (mayAllow(present) || source.state.kind === "SUBSCRIPTION")) return present.startsAt;
  const paidAt = source.state.kind === "ORDER" ? source.state.paidAt : null;
  const said = paidAt ?? fact.sinceAt;
  const replaced = current.filter((grant) => grant.stripeItem === fact.item && grant.endedAt === null);
  if (replaced.length > 0 && source.state.kind === "SUBSCRIPTION")
    return switchedAt(fact.item, replaced, question) ?? now;
  return said > now && mayAllow(life) ? now : said;
}

/** When the item changed from the price by which these were given; null: it did not, or it is not known when. */
function switchedAt(item: string, given: readonly GrantEntity[], { source, before, now }: PlanQuestion): Date | null {
  const is = source.items.find((fact) => fact.item === item);
  const was = before?.items.find((fact) => fact.item === item);
  if (!is || !was || is.price === was.price || is.sinceAt > now) return null;
  return given.every(({ startsAt }) => startsAt < is.sinceAt) ? is.sinceAt : null;
}

/** The item is gone from the subscription, or stands for another price now; everything else was decided by people here. */
function endReasonOf(grant: GrantEntity, { source, before, ownerId }: PlanQuestion): AccessReason {
  const now = source.items.find((fact) => fact.item === grant.stripeItem);
  const then = before?.items.find((fact) => fact.item === grant.stripeItem);
  const isSame = now !== undefined && (then === undefined || then.price === now.price);
  return isSame || source.ignored || grant.userId !== ownerId ? "REVOKED" : "CANCELLED";
}

function ended(grant: GrantEntity, question: PlanQuestion): PlannedGrant {
  const { links, now } = question;
  const { id, userId, productId, reason, startsAt, endsAt, closesAt, quantity, cancelAtPeriodEnd } = grant;
  const isOver = grant.endedAt !== null && grant.endedAt <= now;
  return {
    id,
    userId,
    productId,
    reason,
    startsAt,
    endsAt,
    closesAt,
    quantity,
    cancelAtPeriodEnd,
    stripeItem: grant.stripeItem ?? "",
    // What is kept by a link that is gone is kept through whatever interrupts it.
    linkIds: links.filter((link) => link.state === "KEEPING" && hasFrom(link, grant)).map(({ id }) => id),
    endedAt: isOver ? grant.endedAt : (switchedAt(grant.stripeItem ?? "", [grant], question) ?? now),
    endReason: isOver ? grant.endReason : endReasonOf(grant, question),
  };
}

function keyOf(grant: { userId: string; productId: string; stripeItem: string | null }): string {
  return `${grant.userId} ${grant.productId} ${grant.stripeItem ?? ""}`;
}
