import fc from "fast-check";
import { endOf, isLive, mayAllow, reasonOf, statusOf } from "../../src/access/grant";
import { type AccessReason, reasonRank } from "../../src/access/reasons";
import { NOON, arbitraryGrant, moment, ms } from "../kit/arbitrary-access";

const life = {
  reason: "MANUAL",
  startsAt: NOON,
  endsAt: null,
  closesAt: null,
  endedAt: null,
  endReason: null,
  asOf: null,
  byAddress: false,
} as const;

describe("a grant", () => {
  test("ends at the earlier of the end that was known and the end that came", () => {
    expect(endOf({ ...life, endsAt: ms(2), endedAt: ms(1) })).toEqual(ms(1));
    expect(endOf({ ...life, endsAt: ms(1), endedAt: ms(2) })).toEqual(ms(1));
    expect(endOf({ ...life, endedAt: ms(2) })).toEqual(ms(2));
    expect(endOf(life)).toBeNull();
  });

  test("is scheduled, active, ended, one after the other", () => {
    const grant = { ...life, endsAt: ms(2) };
    expect([-1, 0, 1, 2, 3].map((at) => statusOf(grant, ms(at)))).toEqual([
      "SCHEDULED",
      "ACTIVE",
      "ACTIVE",
      "ENDED",
      "ENDED",
    ]);
  });

  test("in grace says so, and is suspended for any reason that does not allow", () => {
    expect(statusOf({ ...life, reason: "GRACE_PERIOD" }, NOON)).toBe("GRACE");
    expect(statusOf({ ...life, reason: "DISPUTED" }, NOON)).toBe("SUSPENDED");
    expect(statusOf({ ...life, reason: "?" as AccessReason }, NOON)).toBe("SUSPENDED");
  });
});

describe("whatever the grant and the moment", () => {
  test("status, life and reason say the same", () => {
    fc.assert(
      fc.property(arbitraryGrant(), moment, (grant, at) => {
        const [status, reason, live] = [statusOf(grant, at), reasonOf(grant, at), isLive(grant, at)];
        expect(live).toBe(status === "ACTIVE" || status === "GRACE");
        if (live) expect(reasonRank).toContain(reason);
        expect(status === "GRACE").toBe(live && reason === "GRACE_PERIOD");
        expect(status === "SCHEDULED").toBe(mayAllow(grant) && reason === "NOT_STARTED" && status !== "ENDED");
      }),
    );
  });

  test("it never comes back to life", () => {
    fc.assert(
      fc.property(arbitraryGrant(), moment, moment, (grant, one, other) => {
        const [before, after] = one < other ? [one, other] : [other, one];
        if (statusOf(grant, before) === "ENDED") expect(statusOf(grant, after)).toBe("ENDED");
      }),
    );
  });
});
