import { Refusal } from "../../src/base/refusal";
import { type LinkFields, type LinkTerms, readLinkTerms, usualTerms } from "../../src/imports/read-link-terms";
import type { StripePriceRow } from "../../src/links/catalogue";
import { decideCheckoutPrice } from "../../src/links/decide-checkout-price";

const now = new Date("2026-01-10T12:00:00Z");
const later = new Date("2026-02-01T00:00:00Z");
const past = new Date("2026-01-01T00:00:00Z");

function price(id: string, active = true): StripePriceRow {
  const amount = { currency: "eur", unitAmount: 900, customAmount: null, recurring: null, nickname: null };
  return { connectionId: "c", id, stripeProduct: "prod", ...amount, active, observation: 1n };
}

const prices = [price("monthly"), price("yearly"), price("old", false)];
const shop: { defaultPrice: string | null; prices: StripePriceRow[] } = { defaultPrice: "monthly", prices };
const read = (fields: LinkFields, before: LinkTerms = usualTerms, catalogue = shop) =>
  readLinkTerms(before, fields, catalogue, now);
const refusalOf = (work: () => unknown) => {
  try {
    work();
    return "allowed";
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return `${error.code} ${error.field ?? ""}`;
  }
};

describe("CH-X7 TA-X8: what a link says", () => {
  const said: [string, LinkFields, Partial<LinkTerms>][] = [
    ["nothing said: every price counts, for ever, and it is sold", {}, {}],
    ["it is narrowed to named prices, each counted once", { priceIds: ["yearly", "yearly"] }, { priceIds: ["yearly"] }],
    ["no prices named means all", { priceIds: [] }, { priceIds: [] }],
    ["an archived price may still count for its holders", { priceIds: ["old"] }, { priceIds: ["old"] }],
    ["checkout sells a chosen price", { checkoutPriceId: "yearly" }, { checkoutPrice: "yearly" }],
    ["purchases end after some days", { accessDurationDays: 30 }, { accessDurationDays: 30 }],
    ["or at a date", { accessEndsAt: later }, { accessEndsAt: later }],
    ["checkout is switched off", { checkoutEnabled: false }, { checkoutEnabled: false }],
  ];
  test.each(said)("%s", (_, fields, terms) => {
    expect(read(fields)).toEqual({ ...usualTerms, ...terms });
  });

  const narrow: LinkTerms = { ...usualTerms, priceIds: ["monthly"], checkoutPrice: "monthly", accessDurationDays: 30 };
  const changed: [string, LinkFields, Partial<LinkTerms>][] = [
    ["what is absent stays", { checkoutEnabled: false }, { checkoutEnabled: false }],
    ["null clears", { priceIds: null, accessDurationDays: null }, { priceIds: [], accessDurationDays: null }],
    ["a date takes the place of days", { accessEndsAt: later }, { accessDurationDays: null, accessEndsAt: later }],
  ];
  test.each(changed)("when it is changed: %s", (_, fields, terms) => {
    expect(read(fields, narrow)).toEqual({ ...narrow, ...terms });
  });

  test("when it is changed: an end that is over already is no mistake if nobody touches it", () => {
    const over = { ...usualTerms, accessEndsAt: past };
    expect(read({ accessEndsAt: past, checkoutEnabled: false }, over)).toMatchObject({ accessEndsAt: past });
  });

  test("when it is changed: prices that are gone from Stripe since do not stand in the way", () => {
    const gone = { ...usualTerms, priceIds: ["gone"] };
    expect(read({ accessDurationDays: 5 }, gone)).toMatchObject({ priceIds: ["gone"] });
  });
});

describe("TA-X14: what a link cannot say", () => {
  const refused: [string, LinkFields, string][] = [
    ["a price of another product", { priceIds: ["foreign"] }, "PRICE_NOT_OF_PRODUCT input.priceIds"],
    [
      "to sell a price of another product",
      { checkoutPriceId: "foreign" },
      "PRICE_NOT_OF_PRODUCT input.checkoutPriceId",
    ],
    [
      "to sell a price that it does not count",
      { priceIds: ["monthly"], checkoutPriceId: "yearly" },
      "PRICE_NOT_OF_PRODUCT input.checkoutPriceId",
    ],
    ["to sell an archived price", { checkoutPriceId: "old" }, "PRICE_INACTIVE input.checkoutPriceId"],
    ["days and a date at once", { accessDurationDays: 5, accessEndsAt: later }, "INVALID_INPUT input.accessEndsAt"],
    ["a date that is over", { accessEndsAt: past }, "INVALID_INPUT input.accessEndsAt"],
    ["no days", { accessDurationDays: 0 }, "INVALID_INPUT input.accessDurationDays"],
    ["days without end", { accessDurationDays: 1e6 }, "INVALID_INPUT input.accessDurationDays"],
  ];
  test.each(refused)("%s", (_, fields, code) => {
    expect(refusalOf(() => read(fields))).toBe(code);
  });

  test("that checkout be switched on when there is nothing to sell: NO_PRICE", () => {
    const empty = { defaultPrice: null, prices: [] };
    expect(refusalOf(() => read({ checkoutEnabled: true }, usualTerms, empty))).toBe("NO_PRICE input.checkoutEnabled");
  });

  test("that its checkout price no longer counts, unless another one is chosen", () => {
    const before = { ...usualTerms, checkoutPrice: "monthly" };
    expect(refusalOf(() => read({ priceIds: ["yearly"] }, before))).toBe("PRICE_NOT_OF_PRODUCT input.priceIds");
    expect(read({ priceIds: ["yearly"], checkoutPriceId: null }, before)).toMatchObject({ checkoutPrice: null });
  });
});

describe("RWS-X27: what a link sells if the buyer names no price", () => {
  const terms = (priceIds: string[] = [], checkoutPrice: string | null = null) => ({ priceIds, checkoutPrice });
  const rows: [string, ReturnType<typeof terms>, string | null, string[], string | null][] = [
    ["the price that was chosen", terms([], "yearly"), "monthly", ["monthly", "yearly"], "yearly"],
    ["else the default price in Stripe", terms(), "monthly", ["monthly", "yearly"], "monthly"],
    ["but not one that the link does not count", terms(["yearly"]), "monthly", ["monthly", "yearly"], "yearly"],
    ["else the only price", terms(), null, ["yearly"], "yearly"],
    ["not one of several", terms(), null, ["monthly", "yearly"], null],
    ["not an archived one", terms(), "old", ["old"], null],
    ["nothing when there is none", terms(), null, [], null],
    ["a chosen price that is archived is shown as it is", terms([], "old"), "monthly", ["monthly", "old"], "old"],
  ];
  test.each(rows)("%s", (_, link, defaultPrice, ids, sold) => {
    const offered = prices.filter(({ id }) => ids.includes(id));
    expect(decideCheckoutPrice(link, { defaultPrice }, offered)?.id ?? null).toBe(sold);
  });
});
