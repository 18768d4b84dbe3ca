import type { HeldSource } from "../../src/access/facts.store";
import { type Claimable, linesOfUnclaimed, planUnclaimed, readClaimable } from "../../src/access/plan-unclaimed";
import type { Owner } from "../../src/links/decide-owner";

const day = (days: number) => new Date(Date.UTC(2026, 2, 1 + days));
const ADA = "018f0000-0000-7000-8000-00000000000a";
const facts = { connectionId: "con", source: "in_1", customer: "cus_1", mode: "TEST", boughtAt: day(0) };
const held = { facts, unclaimed: null } as unknown as HeldSource;
const claimable: Claimable = { productIds: ["p1", "p2"], until: null };
const nobody: Owner = { userId: null, by: null, reason: "NO_EMAIL", candidates: [] };

const grant = (productId: string, end: Date | null) => ({
  productId,
  reason: "SUBSCRIPTION" as const,
  startsAt: day(0),
  endsAt: end,
  closesAt: null,
  endedAt: null,
  endReason: null,
});

test("what can be claimed lasts as long as the grant that lasts longest", () => {
  expect(readClaimable([])).toBeNull();
  expect(readClaimable([grant("p2", day(3)), grant("p1", day(5)), grant("p2", day(1))])).toEqual({
    productIds: ["p1", "p2"],
    until: day(5),
  });
  expect(readClaimable([grant("p1", day(3)), grant("p1", null)])).toEqual({ productIds: ["p1"], until: null });
});

test.each<[string, Owner | null, Claimable | null, object | null]>([
  ["it has an owner", null, claimable, null],
  ["it is over", nobody, null, null],
  ["there is no address", nobody, claimable, { reason: "NO_EMAIL", candidateId: null }],
  [
    "one user may be the buyer",
    { ...nobody, reason: "UNVERIFIED_CANDIDATE", candidates: [ADA] },
    claimable,
    { reason: "UNVERIFIED_CANDIDATE", candidateId: ADA },
  ],
  [
    "two users may be the buyer",
    { ...nobody, reason: "AMBIGUOUS", candidates: [ADA, "other"] },
    claimable,
    { reason: "AMBIGUOUS", candidateId: null },
  ],
  ["its owner was removed just now", { userId: ADA, by: "EMAIL" }, claimable, { reason: "PERSON_REMOVED" }],
])("how a purchase is listed when %s", (_, owner, opens, listed) => {
  const planned = planUnclaimed(held, { owner, claimable: opens });
  if (listed === null) expect(planned).toBeNull();
  else expect(planned).toMatchObject({ ...listed, ...opens });
});

test("a listed purchase keeps its id, and the journal tells of each product once", () => {
  const first = planUnclaimed(held, { owner: nobody, claimable: { productIds: ["p1"], until: null } });
  const later = { ...held, unclaimed: first };
  const next = planUnclaimed(later, { owner: nobody, claimable });
  expect(next?.id).toBe(first?.id);
  const told = linesOfUnclaimed(held, first, "WEBHOOK");
  expect(told).toMatchObject([
    { productId: "p1", at: day(0), data: { reason: "NO_EMAIL", claim: { invoiceId: "in_1" } } },
  ]);
  expect(linesOfUnclaimed(later, first, "WEBHOOK")).toEqual([]);
  const more = linesOfUnclaimed(later, next, "API");
  expect(more).toMatchObject([{ productId: "p2" }]);
  expect(new Set([...told, ...more].map(({ onceKey }) => onceKey)).size).toBe(2);
});
