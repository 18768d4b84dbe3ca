import fc from "fast-check";
import type { Fact, SourceFacts } from "../../src/access/fact";
import { isLive } from "../../src/access/grant";
import { GrantEntity } from "../../src/access/grant.entity";
import { type PlanQuestion, type PlannedGrant, type RuleOfLink, planGrants } from "../../src/access/plan-grants";
import { usualPolicy } from "../../src/access/policy";
import { day, monthly, order, subscription } from "../kit/describe-life";

const NOW = day(2);

function link(said: Partial<RuleOfLink> = {}): RuleOfLink {
  const forever = { accessDurationDays: null, accessEndsAt: null };
  const whole = { id: "link", productId: "course", stripeProduct: "prod_course", priceIds: new Array<string>() };
  return { ...whole, ...forever, state: "ACTIVE", ...said };
}

function question(said: Partial<PlanQuestion> = {}): PlanQuestion {
  const usual = {
    source: subscription(),
    before: null,
    ownerId: "ada",
    links: [link()],
    policy: usualPolicy,
    current: [],
    now: NOW,
  };
  return { ...usual, ...said };
}

/** The rows that a plan would leave behind. */
function carryOut(plan: readonly PlannedGrant[], source: SourceFacts): GrantEntity[] {
  return plan.map(({ id, ...grant }) =>
    Object.assign(new GrantEntity(), {
      ...grant,
      id: id ?? `${grant.userId} ${grant.productId} ${grant.stripeItem}`,
      connectionId: source.connectionId,
      stripeObject: source.source,
      revokedAt: null,
    }),
  );
}

function open(plan: readonly PlannedGrant[], at = NOW): string[] {
  return plan
    .filter((grant) => isLive(grant, at))
    .map((grant) => `${grant.userId}: ${grant.productId} × ${grant.quantity}`)
    .sort();
}

const item = (name: string, price = name, stripeProduct = `prod_${name}`, quantity = 1): Fact => ({
  ...monthly,
  item: `si_${name}`,
  price,
  stripeProduct,
  quantity,
});

describe("which products a purchase opens", () => {
  test("every item counts, also the twenty-fifth: TA-X21, RWS-X1", () => {
    const items = Array.from({ length: 25 }, (_, index) => item(`p${index}`));
    const links = items.map((each) => link({ productId: each.stripeProduct, stripeProduct: each.stripeProduct }));
    const plan = planGrants(question({ source: subscription({}, { items }), links }));
    expect(open(plan)).toHaveLength(25);
  });

  test("a link of the whole product covers every price of it, also one that is new: TA-X8, CH-X7", () => {
    const source = subscription({}, { items: [item("course", "price_yearly_new", "prod_course")] });
    expect(open(planGrants(question({ source })))).toEqual(["ada: course × 1"]);
  });

  test("a link that names prices covers those only", () => {
    const links = [link({ priceIds: ["price_yearly"] })];
    expect(open(planGrants(question({ links })))).toEqual([]);
    expect(open(planGrants(question({ links: [link({ priceIds: ["price_monthly"] })] })))).toEqual(["ada: course × 1"]);
  });

  test("quantity is kept", () => {
    const source = subscription({}, { items: [item("course", "price_seat", "prod_course", 7)] });
    expect(open(planGrants(question({ source })))).toEqual(["ada: course × 7"]);
  });

  test("what is marked to be ignored opens nothing, and what it opened ends: RWS-X4", () => {
    const source = order({}, { ignored: true });
    const current = carryOut(planGrants(question({ source: order() })), source);
    expect(open(planGrants(question({ source })))).toEqual([]);
    expect(planGrants(question({ source, current }))).toMatchObject([{ endedAt: NOW, endReason: "REVOKED" }]);
  });

  test("nobody's purchase opens nothing", () => {
    expect(planGrants(question({ ownerId: null }))).toEqual([]);
  });
});

describe("what changes afterwards", () => {
  const before = question();
  const current = carryOut(planGrants(before), before.source);

  test("a plan switch moves access with the item", () => {
    const source = subscription({}, { items: [{ ...monthly, stripeProduct: "prod_other", price: "price_other" }] });
    const links = [link(), link({ productId: "other", stripeProduct: "prod_other" })];
    const plan = planGrants(question({ source, before: before.source, links, current }));
    expect(open(plan)).toEqual(["ada: other × 1"]);
    expect(plan.find((grant) => grant.productId === "course")).toMatchObject({ endReason: "CANCELLED" });
    expect(plan.find((grant) => grant.productId === "other")?.startsAt).toEqual(NOW);
  });

  test("an item that was taken out ends its grant and no other", () => {
    const two = subscription({}, { items: [monthly, item("extra")] });
    const links = [link(), link({ productId: "extra", stripeProduct: "prod_extra" })];
    const held = carryOut(planGrants(question({ source: two, links })), two);
    const plan = planGrants(question({ source: subscription(), links, current: held }));
    expect(open(plan)).toEqual(["ada: course × 1"]);
    expect(plan.find((grant) => grant.productId === "extra")).toMatchObject({ endReason: "CANCELLED", endedAt: NOW });
  });

  test("a customer who was moved takes the access along", () => {
    expect(open(planGrants(question({ ownerId: "bob", current })))).toEqual(["bob: course × 1"]);
  });

  test("a removed link ends what it gave; one that keeps gives nothing new, and what it gave follows its source", () => {
    expect(open(planGrants(question({ links: [], current })))).toEqual([]);
    const keeping = [link({ state: "KEEPING" })];
    expect(open(planGrants(question({ links: keeping })))).toEqual([]);
    expect(open(planGrants(question({ links: keeping, current })))).toEqual(["ada: course × 1"]);
    const over = subscription({ status: "canceled", endedAt: day(1) });
    expect(open(planGrants(question({ source: over, links: keeping, current })))).toEqual([]);
  });

  test("a link that keeps what it gave keeps nothing that came by another one, and what it keeps it keeps through a pause", () => {
    const [keeping, next] = [link({ state: "KEEPING" }), link({ id: "next" })];
    const byNext = carryOut(planGrants(question({ links: [keeping, next] })), before.source);
    expect(open(planGrants(question({ links: [keeping], current: byNext })))).toEqual([]);
    const both = carryOut(planGrants(question({ links: [keeping, next], current })), before.source);
    expect(open(planGrants(question({ links: [keeping], current: both })))).toEqual(["ada: course × 1"]);
    const marked = subscription({}, { ignored: true });
    const stopped = carryOut(planGrants(question({ source: marked, links: [keeping], current })), marked);
    expect(open(planGrants(question({ links: [keeping], current: stopped })))).toEqual(["ada: course × 1"]);
    expect(open(planGrants(question({ ownerId: "bob", links: [keeping], current })))).toEqual(["bob: course × 1"]);
  });

  test("of two links that give the same, the one by which it lasts longest decides", () => {
    const [short, long] = [link({ accessDurationDays: 3 }), link({ id: "next", accessDurationDays: 30 })];
    const ends = (links: RuleOfLink[]) => planGrants(question({ source: order(), links })).map(({ endsAt }) => endsAt);
    expect(ends([short, long])).toEqual(ends([long]));
    expect(ends([long, short])).toEqual(ends([long]));
    expect(ends([link(), short])).toEqual([null]);
  });

  test("what was revoked by hand stays revoked, whatever Stripe says later: RWS-X4", () => {
    const revoked = current.map((grant) => Object.assign(new GrantEntity(), grant, { revokedAt: day(1) }));
    expect(open(planGrants(question({ current: revoked })))).toEqual([]);
  });

  test("a beginning that Stripe dates a little ahead of our clock does not lock anybody out", () => {
    const ahead = subscription({}, { items: [{ ...monthly, sinceAt: new Date(NOW.getTime() + 2_000) }] });
    expect(open(planGrants(question({ source: ahead })))).toEqual(["ada: course × 1"]);
  });
});

describe("for every world", () => {
  const status = fc.constantFrom("active", "trialing", "past_due", "paused", "canceled", "unpaid", "incomplete", "new");
  const someDay = fc.option(fc.integer({ min: -5, max: 40 }).map((count) => day(count)));
  const facts = fc
    .record({
      status,
      trialEndsAt: someDay,
      cancelAt: someDay,
      endedAt: someDay,
      cancelAtPeriodEnd: fc.boolean(),
      items: fc.uniqueArray(fc.constantFrom("a", "b", "c"), { maxLength: 3 }),
    })
    .map(({ items, ...state }) => subscription(state, { items: items.map((name) => item(name)) }));
  const links = fc
    .uniqueArray(fc.constantFrom("a", "b", "c"))
    .map((names) => names.map((name) => link({ productId: name, stripeProduct: `prod_${name}` })));

  test("planning the same facts twice changes nothing", () => {
    fc.assert(
      fc.property(facts, links, (source, rules) => {
        const first = planGrants(question({ source, links: rules }));
        const current = carryOut(first, source);
        const second = planGrants(question({ source, links: rules, current, now: day(3) }));
        expect(carryOut(second, source)).toEqual(current);
      }),
    );
  });

  test("whatever was held before, the last facts decide: their order does not matter", () => {
    fc.assert(
      fc.property(facts, facts, links, (earlier, last, rules) => {
        const held = carryOut(planGrants(question({ source: earlier, links: rules })), earlier);
        const after = planGrants(question({ source: last, links: rules, current: held }));
        expect(open(after)).toEqual(open(planGrants(question({ source: last, links: rules }))));
      }),
    );
  });

  test("no link, no grant; and a further link takes nothing away", () => {
    fc.assert(
      fc.property(facts, links, (source, rules) => {
        expect(planGrants(question({ source, links: [] }))).toEqual([]);
        const fewer = open(planGrants(question({ source, links: rules.slice(1) })));
        expect(open(planGrants(question({ source, links: rules })))).toEqual(expect.arrayContaining(fewer));
      }),
    );
  });
});
