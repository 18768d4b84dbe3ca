import fc from "fast-check";
import { Refusal } from "../../src/base/refusal";
import { decidePublicSale, decideSale } from "../../src/checkout/decide-sale";
import { decideHeld } from "../../src/checkout/decide-held";
import type { Grant } from "../../src/access/grant";
import type { StripePriceRow } from "../../src/links/catalogue";
import { type Offer, type Sold, decidePurchaseOptions } from "../../src/links/decide-purchase-options";

// What the public buys is what it is shown, in every shape of product, links and prices.

const PRICES = ["p0", "p1", "p2", "p3", "p4", "p5"];

function price(id: string, active: boolean): StripePriceRow {
  const amount = { currency: "eur", unitAmount: 900, customAmount: null, recurring: null, nickname: null };
  return { connectionId: "c", id, stripeProduct: "prod", ...amount, active, observation: 1n };
}

const mostly = fc.constantFrom(true, true, true, false);

/** Two links own three prices each, as links of one account do. */
const offerOf = (own: readonly string[]): fc.Arbitrary<Offer> => {
  const some = fc.subarray([...own]);
  const maybe = fc.option(fc.constantFrom(...own), { nil: null });
  return fc.record({
    link: fc.record({
      checkoutEnabled: mostly,
      checkoutPrice: maybe,
      offeredPriceIds: fc.shuffledSubarray([...own]),
      priceIds: fc.oneof(fc.constant<string[]>([]), some),
    }),
    connection: fc.record({
      status: fc.constantFrom("CONNECTED", "CONNECTED", "ERROR", "DISCONNECTED"),
      exposePurchaseOptions: mostly,
    }),
    product: fc.option(fc.record({ active: mostly, defaultPrice: maybe }), { nil: null }),
    prices: fc
      .tuple(...own.map((id) => fc.tuple(fc.constant(id), mostly, mostly)))
      .map((all) => all.flatMap(([id, isKnown, isActive]) => (isKnown ? [price(id, isActive)] : []))),
  });
};
const url = fc.constantFrom(null, "https://shop.example/page");
const soldThing: fc.Arbitrary<Sold> = fc.record({
  status: fc.constantFrom("LIVE", "LIVE", "LIVE", "LIVE", "DRAFT", "ARCHIVED"),
  purchaseMethod: fc.constantFrom("NONE", "CHECKOUT", "CHECKOUT", "SALES_PAGE", "SALES_PAGE", "EXTERNAL_URL"),
  salesPageUrl: url,
  externalUrl: url,
});
const offersOfIt = fc
  .tuple(offerOf(PRICES.slice(0, 3)), offerOf(PRICES.slice(3)), fc.integer({ min: 0, max: 2 }))
  .map(([one, two, count]) => [one, two].slice(0, count));

const soldPrice = (work: () => { price: StripePriceRow }): string | null => {
  try {
    return work().price.id;
  } catch (error) {
    if (error instanceof Refusal) return null;
    throw error;
  }
};
const shownTo = (sold: Sold, offers: Offer[]) =>
  decidePurchaseOptions(sold, offers, { isPublic: true, sells: false })
    .filter(({ method }) => method !== "EXTERNAL_URL")
    .flatMap((option) => option.price?.id ?? []);
const settings = { seed: 1_164, numRuns: 1_500 };

test("RWS-X18: checkout sells the public each price that it is shown, the first by default, and no other", () => {
  const reached = { sold: 0, several: 0, page: 0 };
  fc.assert(
    fc.property(soldThing, offersOfIt, (sold, offers) => {
      const shown = shownTo(sold, offers);
      reached.sold += Number(shown.length > 0);
      reached.several += Number(shown.length > 1);
      reached.page += Number(shown.length > 0 && sold.purchaseMethod === "SALES_PAGE");
      const taken = PRICES.filter((id) => soldPrice(() => decidePublicSale(sold, offers, id)) !== null);
      expect(taken).toEqual([...shown].sort());
      expect(soldPrice(() => decidePublicSale(sold, offers, null))).toBe(shown[0] ?? null);
    }),
    settings,
  );
  expect(Math.min(...Object.values(reached))).toBeGreaterThan(15);
});

test("nothing is shown that a link does not offer, that is archived, or that an account keeps from the public", () => {
  fc.assert(
    fc.property(soldThing, offersOfIt, (sold, offers) => {
      for (const id of shownTo(sold, offers)) {
        const offer = offers.find(({ prices }) => prices.some((each) => each.id === id));
        expect(offer?.connection).toMatchObject({ exposePurchaseOptions: true });
        expect(offer?.connection.status).not.toBe("DISCONNECTED");
        expect(offer?.link.checkoutEnabled).toBe(true);
        expect(offer?.prices.find((each) => each.id === id)?.active).toBe(true);
        const { offeredPriceIds = [] } = offer?.link ?? {};
        if (offeredPriceIds.length > 0) expect(offeredPriceIds).toContain(id);
        else expect(shownTo(sold, offer ? [offer] : [])).toEqual([id]);
      }
    }),
    settings,
  );
});

test("a server key sells whatever the public is sold", () => {
  fc.assert(
    fc.property(soldThing, offersOfIt, (sold, offers) => {
      for (const id of shownTo(sold, offers)) expect(soldPrice(() => decideSale(offers, id))).toBe(id);
    }),
    settings,
  );
});

describe("what stops a second purchase", () => {
  const now = new Date("2026-03-01T12:00:00Z");
  const later = new Date("2026-04-01T12:00:00Z");
  const grant = (more: Partial<Grant>): Grant => ({
    id: "g",
    userId: "u",
    productId: "p",
    source: "SUBSCRIPTION",
    reason: "SUBSCRIPTION",
    startsAt: new Date("2026-02-01T12:00:00Z"),
    endsAt: null,
    closesAt: null,
    endedAt: null,
    endReason: null,
    asOf: now,
    byAddress: false,
    ...more,
  });
  const cases: [string, Partial<Grant>, object | null][] = [
    ["a subscription", {}, { reason: "SUBSCRIPTION", endsAt: null }],
    ["a trial", { reason: "TRIAL", endsAt: later }, { reason: "TRIAL", endsAt: later }],
    ["one whose end is announced", { endsAt: later }, { reason: "SUBSCRIPTION", endsAt: later }],
    ["a purchase without end", { source: "PURCHASE", reason: "PURCHASE" }, { reason: "PURCHASE", endsAt: null }],
    ["not a purchase that ends", { source: "PURCHASE", reason: "PURCHASE", endsAt: later }, null],
    ["not access by hand", { source: "MANUAL", reason: "MANUAL" }, null],
    ["not a gift", { source: "GIFT", reason: "GIFT" }, null],
    ["not access from a list", { source: "IMPORT", reason: "MANUAL" }, null],
    ["not a subscription that is over", { endedAt: now, endReason: "CANCELLED" }, null],
    ["not one that is suspended", { reason: "PAUSED" }, null],
  ];
  test.each(cases)("%s", (_, more, held) => {
    expect(decideHeld([grant(more)], now)).toEqual(held);
  });
});
