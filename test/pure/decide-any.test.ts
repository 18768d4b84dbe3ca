import fc from "fast-check";
import { decideAny } from "../../src/decisions/decide-any";
import { type Question, decide } from "../../src/access/decide";
import type { Grant } from "../../src/access/grant";
import { NOON, USER, allMoments, liveGrant, ms, question } from "../kit/arbitrary-access";

type Product = Omit<Question, "at">;

const plain = {
  source: "MANUAL",
  reason: "MANUAL",
  endsAt: null,
  closesAt: null,
  endedAt: null,
  endReason: null,
  asOf: null,
  byAddress: false,
} as const;
const hold = (said: Partial<Grant>): Grant => ({
  ...plain,
  id: "g",
  userId: USER,
  productId: "p",
  startsAt: ms(-9),
  ...said,
});
const product = (id: string, ...held: Partial<Grant>[]): Product => ({
  product: { id, status: "LIVE", accessMode: "ENTITLED" },
  subject: "KNOWN",
  grants: held.map((said) => hold({ id: `grant of ${id}`, productId: id, ...said })),
});
const draft: Product = {
  product: { id: "d", status: "DRAFT", accessMode: "PUBLIC" },
  subject: "KNOWN",
  grants: [],
};
const open: Product = {
  product: { id: "o", status: "LIVE", accessMode: "PUBLIC" },
  subject: "KNOWN",
  grants: [],
};

const ask = (...products: Product[]) => decideAny(products, NOON);

describe("content that several products open", () => {
  test("is open when no product guards it", () => {
    expect(ask()).toMatchObject({ allowed: true, reason: "PUBLIC", endsAt: null, recheckAt: null });
  });

  test("is closed when its only product is not live", () => {
    expect(ask(draft)).toMatchObject({ allowed: false, reason: "PRODUCT_NOT_LIVE" });
  });

  test("is open to everybody when one of them is public", () => {
    expect(ask(product("a"), open)).toMatchObject({ allowed: true, reason: "PUBLIC" });
  });

  test("is opened by the grant that lasts longest", () => {
    expect(ask(product("a", { endsAt: ms(3) }), product("b", { reason: "GIFT" }))).toMatchObject({
      reason: "GIFT",
      endsAt: null,
      recheckAt: ms(3),
    });
  });

  test("is opened by the better reason among equals", () => {
    expect(ask(product("a", { reason: "GIFT" }), product("b", { reason: "PURCHASE" })).reason).toBe("PURCHASE");
  });

  test("ends where the last of the products ends that follow one another", () => {
    const chain = [product("a", { endsAt: ms(3) }), product("b", { startsAt: ms(3), endsAt: ms(7) })];
    expect(ask(...chain)).toMatchObject({ allowed: true, endsAt: ms(7), recheckAt: ms(3) });
  });

  test("says what the person had, rather than that one of the products is not live", () => {
    const lost = product("a", { endedAt: ms(-1), endReason: "REFUNDED" });
    expect(ask(draft, product("b"), lost)).toMatchObject({ allowed: false, reason: "REFUNDED" });
    expect(ask(draft, product("b"))).toMatchObject({ allowed: false, reason: "NO_GRANT" });
  });

  test("says when the first of them begins", () => {
    const late = product("a", { startsAt: ms(9) });
    expect(ask(late, product("b", { startsAt: ms(4) }))).toMatchObject({ reason: "NOT_STARTED", startsAt: ms(4) });
  });

  test("names no product", () => {
    expect(ask(product("a", {})).productId).toBeNull();
  });
});

describe("whatever the products", () => {
  const products = fc.array(question, { maxLength: 4 });

  test("any that opens it is enough, and nothing else opens it", () => {
    fc.assert(
      fc.property(products, (asked) => {
        const any = asked.length === 0 || asked.some((one) => decide(one).allowed);
        expect(decideAny(asked, NOON).allowed).toBe(any);
      }),
    );
  });

  test("another product with a live grant never closes it, unless it was open for want of products", () => {
    fc.assert(
      fc.property(products, liveGrant, (asked, grant) => {
        const more = { ...product("more"), grants: [{ ...grant, productId: "more" }] };
        expect(decideAny([...asked, more], NOON).allowed).toBe(true);
      }),
    );
  });

  test("until `recheckAt` the answer stays, until `endsAt` it stays open, and there it ends", () => {
    fc.assert(
      fc.property(products, (asked) => {
        const { allowed, recheckAt, endsAt } = decideAny(asked, NOON);
        for (const at of allMoments.filter((at) => at >= NOON)) {
          const then = decideAny(asked, at).allowed;
          if (recheckAt === null || at < recheckAt) expect(then).toBe(allowed);
          if (allowed && (endsAt === null || at < endsAt)) expect(then).toBe(true);
        }
        if (endsAt) expect(decideAny(asked, endsAt).allowed).toBe(false);
      }),
    );
  });

  test("`startsAt` is told for NOT_STARTED only, and there access begins", () => {
    fc.assert(
      fc.property(products, (asked) => {
        const { reason, startsAt } = decideAny(asked, NOON);
        expect(startsAt !== null).toBe(reason === "NOT_STARTED");
        if (startsAt) expect(decideAny(asked, startsAt).allowed).toBe(true);
      }),
    );
  });
});
