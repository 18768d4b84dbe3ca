import type { ActivityLine } from "../activities/record-activities";
import { DAY } from "../base/durations";
import { toPublicId } from "../base/ids";
import type { ProductEntity } from "../products/product.entity";
import { nameOfPair } from "../access/compare-pairs";
import { type Decision, decide } from "../access/decide";
import type { GrantEntity } from "../access/grant.entity";

/** One person, one product, and an end that is so many days away. */
export interface ReminderQuestion {
  product: Pick<ProductEntity, "id" | "status" | "accessMode">;
  days: number;
  endsAt: Date;
  /** The grants that opened it just before the reminder was due, of live bundles too. What was announced later is not told. */
  heldThen: readonly GrantEntity[];
  /** The grants that open it now. */
  held: readonly GrantEntity[];
  now: Date;
}

/** That access will end, as the decision said it then and says it now: another grant that lasts longer is no end. */
export function planReminder({ product, days, endsAt, heldThen, held, now }: ReminderQuestion): ActivityLine | null {
  const dueAt = reminderDueAt(endsAt, days);
  const question = { product, subject: "KNOWN" } as const;
  const decided = decide({ ...question, grants: heldThen, at: justBefore(dueAt) });
  const decision = decide({ ...question, grants: held, at: now });
  if (!says(decided, endsAt) || !says(decision, endsAt)) return null;
  const own = held.filter(({ productId }) => productId === product.id);
  const grant = own.find((each) => each.id === lastGrant(own, endsAt)?.id);
  if (!grant) return null;
  return {
    mode: grant.mode,
    type: "CUSTOM",
    customType: "access.ending",
    at: dueAt,
    userId: grant.userId,
    productId: grant.productId,
    actor: "SYSTEM",
    origin: "CLOCK",
    ...(grant.stripeObject === null ? {} : { stripeObject: grant.stripeObject }),
    message: days === 1 ? "Access ends in a day." : `Access ends in ${days} days.`,
    data: { days, endsAt, reason: grant.reason, grant: toPublicId("grant", grant.id) },
    onceKey: `${nameOfPair(grant)} ending ${endsAt.toISOString()} ${days}`,
  };
}

function reminderDueAt(endsAt: Date, days: number): Date {
  return new Date(endsAt.getTime() - days * DAY);
}

/** The moment of a reminder itself is too late to announce the end. */
export function justBefore(moment: Date): Date {
  return new Date(moment.getTime() - 1);
}

function says(decision: Decision, endsAt: Date): boolean {
  return decision.allowed && decision.endsAt?.getTime() === endsAt.getTime();
}

/** Of those that end together, always the same. */
function lastGrant(held: readonly GrantEntity[], endsAt: Date): GrantEntity | undefined {
  return held
    .filter((grant) => grant.endedAt === null && grant.endsAt?.getTime() === endsAt.getTime())
    .sort((a, b) => (a.id < b.id ? -1 : 1))[0];
}
