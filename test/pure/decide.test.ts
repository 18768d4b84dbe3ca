import fc from "fast-check";
import { type Question, decide } from "../../src/access/decide";
import type { Grant } from "../../src/access/grant";
import { type AccessReason, accessReasons, reasonRank } from "../../src/access/reasons";
import {
  BUNDLE,
  NOON,
  PRODUCT,
  USER,
  allMoments,
  entitled,
  grants,
  liveGrant,
  moment,
  ms,
  question,
} from "../kit/arbitrary-access";

/** A manual grant of the product itself that began yesterday and never ends, but for what is said. */
function grant(said: Partial<Grant> = {}): Grant {
  const plain = { id: "g", userId: USER, productId: PRODUCT, source: "MANUAL", reason: "MANUAL" } as const;
  return {
    ...plain,
    startsAt: ms(-86_400_000),
    endsAt: null,
    closesAt: null,
    endedAt: null,
    endReason: null,
    asOf: null,
    byAddress: false,
    ...said,
  };
}

const answer = (asked: Question) => {
  const { allowed, reason } = decide(asked);
  return `${allowed ? "allowed" : "denied"} ${reason}`;
};

describe("the order of the law", () => {
  const live = { id: PRODUCT, status: "LIVE", accessMode: "ENTITLED" } as const;
  const open = { ...live, accessMode: "PUBLIC" } as const;
  const forUsers = { ...live, accessMode: "AUTHENTICATED" } as const;
  const held = [grant()];
  const rows: [string, Partial<Question>, string][] = [
    ["an unknown product comes before everything", { product: null, subject: "NOBODY" }, "denied UNKNOWN_PRODUCT"],
    ["a draft stays closed even if it is public", { product: { ...open, status: "DRAFT" } }, "denied PRODUCT_NOT_LIVE"],
    [
      "an archived one stays closed to holders",
      { product: { ...live, status: "ARCHIVED" } },
      "denied PRODUCT_NOT_LIVE",
    ],
    ["a public one is open to nobody in particular", { product: open, subject: "NOBODY" }, "allowed PUBLIC"],
    ["a public one is open to an unknown user", { product: open, subject: "UNKNOWN" }, "allowed PUBLIC"],
    ["nobody is asked to sign in", { product: live, subject: "NOBODY" }, "denied NOT_AUTHENTICATED"],
    ["nobody is asked to sign in there too", { product: forUsers, subject: "NOBODY" }, "denied NOT_AUTHENTICATED"],
    ["an unknown user is named as one", { product: live, subject: "UNKNOWN" }, "denied UNKNOWN_USER"],
    ["an unknown user is no user", { product: forUsers, subject: "UNKNOWN" }, "denied UNKNOWN_USER"],
    ["every user opens one for users", { product: forUsers, grants: [] }, "allowed AUTHENTICATED"],
    ["a grant opens the others", { product: live }, "allowed MANUAL"],
    ["without a grant they stay closed", { product: live, grants: [] }, "denied NO_GRANT"],
  ];
  test.each(rows)("%s", (_, said, expected) => {
    expect(answer({ product: live, subject: "KNOWN", grants: held, at: NOON, ...said })).toBe(expected);
  });
});

describe("when one grant lives, to the millisecond", () => {
  const rows: [string, Partial<Grant>, string][] = [
    ["it begins now", { startsAt: NOON }, "allowed MANUAL"],
    ["it begins in a millisecond", { startsAt: ms(1) }, "denied NOT_STARTED"],
    ["it ends in a millisecond", { endsAt: ms(1) }, "allowed MANUAL"],
    ["it ends now", { endsAt: NOON }, "denied EXPIRED"],
    ["it was ended a millisecond ahead", { endedAt: ms(1), endReason: "REVOKED" }, "allowed MANUAL"],
    ["it was ended now", { endedAt: NOON, endReason: "REVOKED" }, "denied REVOKED"],
    ["it was ended before its time", { endsAt: ms(5), endedAt: ms(-1), endReason: "REFUNDED" }, "denied REFUNDED"],
    ["it ran out before it was ended", { endsAt: ms(-2), endedAt: ms(-1), endReason: "REVOKED" }, "denied EXPIRED"],
    ["it was ended before it began", { startsAt: ms(9), endedAt: ms(-1), endReason: "REVOKED" }, "denied REVOKED"],
    ["it will be ended before it begins", { startsAt: ms(9), endedAt: ms(5), endReason: "REVOKED" }, "denied REVOKED"],
    ["it ended and nobody said why", { endedAt: NOON }, "denied EXPIRED"],
  ];
  test.each(rows)("%s", (_, said, expected) => {
    expect(answer(entitled([grant(said)]))).toBe(expected);
  });
});

describe("the reason", () => {
  test.each(reasonRank)("%s allows while the grant lives", (reason) => {
    expect(answer(entitled([grant({ reason })]))).toBe(`allowed ${reason}`);
  });

  const others = (Object.keys(accessReasons) as AccessReason[]).filter((reason) => !reasonRank.includes(reason));
  test.each(others)("%s never allows, whatever the dates say", (reason) => {
    expect(answer(entitled([grant({ reason })]))).toBe(`denied ${reason}`);
  });

  const denials: AccessReason[] = ["CANCELLED", "PAYMENT_FAILED", "PAUSED", "REFUNDED", "DISPUTED", "REVOKED"];
  test.each(denials)("%s is told of a grant that ended for it", (endReason) => {
    expect(answer(entitled([grant({ endedAt: NOON, endReason })]))).toBe(`denied ${endReason}`);
  });

  test("on denial is that of the grant that began last, in whatever order they come", () => {
    const old = grant({ id: "a", startsAt: ms(-9), endedAt: ms(-1), endReason: "REFUNDED" });
    const recent = grant({ id: "b", startsAt: ms(-5), endedAt: ms(-3), endReason: "CANCELLED" });
    expect(decide(entitled([old, recent]))).toMatchObject({ reason: "CANCELLED", grant: { id: "b" } });
    expect(decide(entitled([recent, old]))).toMatchObject({ reason: "CANCELLED", grant: { id: "b" } });
  });

  test("is that of a purchase which is theirs by an address alone only when nothing else gives one", () => {
    const own = grant({ id: "a", startsAt: ms(-9), endedAt: ms(-8), endReason: "CANCELLED" });
    const typed = grant({ id: "b", startsAt: ms(-5), reason: "PAYMENT_FAILED", byAddress: true });
    expect(decide(entitled([own, typed]))).toMatchObject({ reason: "CANCELLED", grant: { id: "a" } });
    expect(answer(entitled([typed]))).toBe("denied PAYMENT_FAILED");
    const toCome = grant({ id: "c", startsAt: ms(5), byAddress: true });
    expect(answer(entitled([own, toCome]))).toBe("denied NOT_STARTED");
  });

  test("is, with what others may have typed, what it is without", () => {
    fc.assert(
      fc.property(grants, (held) => {
        const own = held.filter(({ byAddress }) => !byAddress);
        const [all, alone] = [decide(entitled(held)), decide(entitled(own))];
        if (all.allowed || all.reason === "NOT_STARTED" || own.length === 0) return;
        expect([all.reason, all.grant]).toEqual([alone.reason, alone.grant]);
      }),
      { seed: 20, numRuns: 500 },
    );
  });

  test("of a grant that is still to come is NOT_STARTED, and it says when access begins", () => {
    const [soon, later] = [grant({ id: "a", startsAt: ms(3) }), grant({ id: "b", startsAt: ms(8) })];
    expect(decide(entitled([later, soon]))).toMatchObject({ reason: "NOT_STARTED", startsAt: ms(3), recheckAt: ms(3) });
  });
});

describe("of several live grants", () => {
  const decides = (held: Grant[]) => decide(entitled(held)).grant?.id;

  test("one without an end beats any end", () => {
    const held = [grant({ id: "gift", reason: "GIFT" }), grant({ id: "year", reason: "PURCHASE", endsAt: ms(99) })];
    expect(decides(held)).toBe("gift");
  });

  test("a later end beats a better reason", () => {
    const held = [
      grant({ id: "a", reason: "PURCHASE", endsAt: ms(5) }),
      grant({ id: "b", reason: "GIFT", endsAt: ms(6) }),
    ];
    expect(decides(held)).toBe("b");
  });

  test("among equals the reasons rank as the law says", () => {
    expect(reasonRank).toEqual(["PURCHASE", "SUBSCRIPTION", "TRIAL", "MANUAL", "GIFT", "GRACE_PERIOD"]);
    for (let worst = reasonRank.length; worst > 0; worst--) {
      const held = reasonRank.slice(reasonRank.length - worst).map((reason) => grant({ id: reason, reason }));
      expect(decides(held.toReversed())).toBe(reasonRank[reasonRank.length - worst]);
    }
  });

  test("among equals the product's own comes before a bundle's", () => {
    const bundle = grant({ id: "bundle", productId: BUNDLE, reason: "PURCHASE" });
    expect(decides([bundle, grant({ id: "own", reason: "GIFT" })])).toBe("own");
  });

  test("a bundle that opened it is named, a product is no bundle of its own", () => {
    expect(decide(entitled([grant({ productId: BUNDLE })])).viaProductId).toBe(BUNDLE);
    expect(decide(entitled([grant()])).viaProductId).toBeNull();
    expect(decide(entitled([grant({ productId: BUNDLE, endsAt: ms(-1) })])).viaProductId).toBeNull();
  });
});

describe("what is known of the future", () => {
  const link = (from: number, to: number | null, id = `${from}`) =>
    grant({ id, startsAt: ms(from), endsAt: to === null ? null : ms(to) });
  const rows: [string, Grant[], Date | null, Date | null][] = [
    ["one grant ends where it ends", [link(-9, 5)], ms(5), ms(5)],
    ["a gap of a millisecond is a gap", [link(-9, 5), link(6, 9)], ms(5), ms(5)],
    ["one that begins where another ends continues it", [link(-9, 5), link(5, 9)], ms(9), ms(5)],
    ["a chain is followed to its last end", [link(7, 9), link(-9, 3), link(2, 8)], ms(9), ms(2)],
    ["a chain that leads to no end has none", [link(-9, 5), link(5, null)], null, ms(5)],
    [
      "one that was ended before it began continues nothing",
      [link(-9, 5), { ...link(5, 9), endedAt: ms(4) }],
      ms(5),
      ms(5),
    ],
    ["one that is suspended continues nothing", [link(-9, 5), { ...link(5, 9), reason: "PAUSED" }], ms(5), ms(5)],
    ["a shorter one inside a longer one changes the reason only", [link(-9, 9), link(-3, 2)], ms(9), ms(2)],
    ["nothing ends and nothing begins", [link(-9, null)], null, null],
  ];
  test.each(rows)("%s", (_, held, endsAt, recheckAt) => {
    expect(decide(entitled(held))).toMatchObject({ allowed: true, endsAt, recheckAt });
  });

  test("the end of a suspended one is worth another look: the reason changes", () => {
    const suspended = { ...link(-9, 5), reason: "DISPUTED" } as const;
    expect(decide(entitled([suspended]))).toMatchObject({ reason: "DISPUTED", recheckAt: ms(5) });
  });

  test("on denial no end is told", () => {
    expect(decide(entitled([link(3, 9)]))).toMatchObject({ allowed: false, endsAt: null, recheckAt: ms(3) });
  });
});

describe("whatever the grants", () => {
  const decideAt = (asked: Question, at: Date) => decide({ ...asked, at });

  test("one more live grant never takes access away", () => {
    fc.assert(
      fc.property(question, liveGrant, (asked, more) => {
        const [before, after] = [decide(asked), decide({ ...asked, grants: [...asked.grants, more] })];
        expect(after.allowed || !before.allowed).toBe(true);
      }),
    );
  });

  test("one more live grant opens what can be held", () => {
    fc.assert(fc.property(grants, liveGrant, (held, more) => decide(entitled([...held, more])).allowed));
  });

  test("no grant, no access", () => {
    fc.assert(fc.property(moment, (at) => answer(entitled([], at)) === "denied NO_GRANT"));
  });

  test("access is given by a grant that lives, for a reason of its own", () => {
    fc.assert(
      fc.property(question, (asked) => {
        const decision = decide(asked);
        if (!decision.allowed || decision.reason === "PUBLIC" || decision.reason === "AUTHENTICATED") return;
        const { grant } = decision;
        expect(asked.grants).toContain(grant);
        expect(reasonRank).toContain(decision.reason);
        expect(decision.reason).toBe(grant?.reason);
        expect(grant?.startsAt.getTime()).toBeLessThanOrEqual(asked.at.getTime());
      }),
    );
  });

  test("their order does not matter", () => {
    const twice = question.chain((asked) =>
      fc.tuple(fc.constant(asked), fc.shuffledSubarray([...asked.grants], { minLength: asked.grants.length })),
    );
    fc.assert(
      fc.property(twice, ([asked, shuffled]) => {
        expect(decide({ ...asked, grants: shuffled })).toEqual(decide(asked));
      }),
    );
  });

  test("until `recheckAt` the answer stays", () => {
    fc.assert(
      fc.property(question, (asked) => {
        const { allowed, reason, recheckAt } = decide(asked);
        for (const at of allMoments.filter((at) => at >= asked.at && (recheckAt === null || at < recheckAt))) {
          expect(decideAt(asked, at)).toMatchObject({ allowed, reason });
        }
      }),
    );
  });

  test("until `endsAt` access stays, and there it ends, or where Stripe's time to speak is over", () => {
    fc.assert(
      fc.property(question, (asked) => {
        const { allowed, endsAt } = decide(asked);
        if (!allowed) return;
        for (const at of allMoments.filter((at) => at >= asked.at && (endsAt === null || at < endsAt))) {
          expect(decideAt(asked, at).allowed).toBe(true);
        }
        if (!endsAt) return;
        const after = decideAt(asked, endsAt);
        // What goes on after its announced end says how long it is given.
        if (after.allowed) expect(after.endsAt?.getTime()).toBeGreaterThan(endsAt.getTime());
        const isGiven = asked.grants.some((grant) => grant.closesAt !== null);
        if (!isGiven) expect(after.allowed).toBe(false);
      }),
    );
  });

  test("`startsAt` is told for NOT_STARTED only, and there access begins", () => {
    fc.assert(
      fc.property(question, (asked) => {
        const { reason, startsAt } = decide(asked);
        expect(startsAt !== null).toBe(reason === "NOT_STARTED");
        if (startsAt) expect(decideAt(asked, startsAt).allowed).toBe(true);
      }),
    );
  });

  test("a state that nobody has heard of opens nothing", () => {
    const strange = (word: string) => word as never;
    const word = fc.string().filter((text) => !/^(LIVE|ENTITLED|PUBLIC|AUTHENTICATED)$/.test(text));
    fc.assert(
      fc.property(liveGrant, word, (held, text) => {
        const asked = entitled([held]);
        const product = { id: PRODUCT, status: "LIVE", accessMode: "ENTITLED" } as const;
        expect(decide({ ...asked, product: { ...product, status: strange(text) } }).allowed).toBe(false);
        expect(decide({ ...asked, product: { ...product, accessMode: strange(text) } }).allowed).toBe(false);
        expect(decide(entitled([{ ...held, reason: strange(`${text}?`) }])).allowed).toBe(false);
      }),
    );
  });
});
