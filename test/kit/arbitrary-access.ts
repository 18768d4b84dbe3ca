import fc from "fast-check";
import type { Question } from "../../src/access/decide";
import type { Grant } from "../../src/access/grant";
import { type AccessReason, accessReasons, reasonRank } from "../../src/access/reasons";

/** The moment around which everything happens; grants begin and end within a few steps of it. */
export const NOON = new Date("2026-03-01T12:00:00.000Z");

/** So many milliseconds from noon. Small numbers, so that starts and ends meet often. */
export const ms = (offset: number): Date => new Date(NOON.getTime() + offset);

const STEPS = 6;
export const moment: fc.Arbitrary<Date> = fc.integer({ min: -STEPS, max: STEPS }).map(ms);

/** Every moment at which something can change, one before and one after all of them. */
export const allMoments: readonly Date[] = Array.from({ length: 2 * STEPS + 3 }, (_, index) => ms(index - STEPS - 1));

export const PRODUCT = "00000000-0000-7000-8000-000000000001";
export const BUNDLE = "00000000-0000-7000-8000-000000000002";
export const USER = "00000000-0000-7000-8000-00000000000a";

const endReason = fc.constantFrom<AccessReason>("REVOKED", "REFUNDED", "CANCELLED", "EXPIRED");

/** As the database allows them: the end that is known comes after the start, an early end at any moment. */
export function arbitraryGrant(reasons: readonly AccessReason[] = allReasons): fc.Arbitrary<Grant> {
  return fc
    .record({
      id: fc.uuid({ version: 7 }),
      productId: fc.constantFrom(PRODUCT, BUNDLE),
      source: fc.constantFrom("SUBSCRIPTION", "PURCHASE", "MANUAL", "GIFT", "IMPORT"),
      reason: fc.oneof({ weight: 4, arbitrary: fc.constantFrom(...reasonRank) }, fc.constantFrom(...reasons)),
      start: fc.integer({ min: -STEPS, max: STEPS }),
      length: fc.option(fc.integer({ min: 1, max: STEPS })),
      slack: fc.option(fc.integer({ min: 1, max: STEPS }), { freq: 2 }),
      ended: fc.option(fc.tuple(moment, endReason), { freq: 2 }),
      byAddress: fc.boolean(),
    })
    .map(({ start, length, slack, ended, ...grant }) => ({
      ...grant,
      userId: USER,
      startsAt: ms(start),
      endsAt: length === null ? null : ms(start + length),
      closesAt: length === null || slack === null ? null : ms(start + length + slack),
      endedAt: ended?.[0] ?? null,
      endReason: ended?.[1] ?? null,
      asOf: null,
    }));
}

// No row says NOT_STARTED: its dates do.
const allReasons = (Object.keys(accessReasons) as AccessReason[]).filter((reason) => reason !== "NOT_STARTED");

export const grants: fc.Arbitrary<Grant[]> = fc.uniqueArray(arbitraryGrant(), {
  maxLength: 6,
  selector: (grant) => grant.id,
});

/** One that lives now, whatever else it is. */
export const liveGrant: fc.Arbitrary<Grant> = arbitraryGrant(reasonRank).map((grant) => ({
  ...grant,
  startsAt: NOON < grant.startsAt ? NOON : grant.startsAt,
  endsAt: grant.endsAt && grant.endsAt > NOON ? grant.endsAt : null,
  closesAt: null,
  endedAt: null,
  endReason: null,
}));

/** About a product that can be held: the grants decide. */
export function entitled(held: readonly Grant[], at: Date = NOON): Question {
  return {
    product: { id: PRODUCT, status: "LIVE", accessMode: "ENTITLED" },
    subject: "KNOWN",
    grants: held,
    at,
  };
}

export const question: fc.Arbitrary<Question> = fc.record({
  product: fc.option(
    fc.record({
      id: fc.constant(PRODUCT),
      status: fc.constantFrom("LIVE", "LIVE", "LIVE", "DRAFT", "ARCHIVED"),
      accessMode: fc.constantFrom("ENTITLED", "ENTITLED", "ENTITLED", "AUTHENTICATED", "PUBLIC"),
    }),
    { freq: 10 },
  ),
  subject: fc.constantFrom("KNOWN", "KNOWN", "KNOWN", "NOBODY", "UNKNOWN"),
  grants,
  at: fc.constant(NOON),
});
