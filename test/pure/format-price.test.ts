import { type PricedAmount, decimalsOf, formatPrice } from "../../src/links/format-price";

const once = (currency: string, unitAmount: number | null): PricedAmount => ({
  currency,
  unitAmount,
  customAmount: null,
  recurring: null,
});
const every = (intervalCount: number, interval: string) => ({ interval, intervalCount, trialPeriodDays: null });
const chosen = (minimum: number | null, maximum: number | null): PricedAmount => ({
  ...once("usd", null),
  customAmount: { minimum, maximum, preset: null },
});
// What separates an amount from its sign differs between languages, and is no ordinary space.
const plainSpaces = (text: string) => text.replaceAll(/[\u00a0\u202f]/g, " ");

describe("RWS-X25: a price is written as people read it", () => {
  const amounts: [string, PricedAmount, string, string][] = [
    ["whole amounts go without their zeros", once("usd", 1_000), "en", "$10"],
    ["cents are shown when there are any", once("usd", 950), "en", "$9.50"],
    ["nothing costs nothing", once("usd", 0), "en", "$0"],
    ["thousands are separated", once("usd", 123_456_700), "en", "$1,234,567"],
    ["the sign stands where the language wants it", once("eur", 950), "de", "9,50 €"],
    ["and its digits are the language's", once("eur", 123_450), "fr", "1 234,50 €"],
    ["a currency without decimals is no hundredth", once("jpy", 500), "en", "¥500"],
    ["nor is it one in its own country", once("krw", 12_000), "ko", "₩12,000"],
    ["a currency with three decimals shows them", once("kwd", 5_120), "en", "KWD 5.120"],
    ["and loses them when it is whole", once("kwd", 5_000), "en", "KWD 5"],
    ["Stripe counts krónur in hundredths", once("isk", 50_000), "en", "ISK 500"],
    ["and Ugandan shillings", once("ugx", 500_000), "en", "UGX 5,000"],
    ["a currency that nobody knows is named by its code", once("xyz", 1_250), "en", "XYZ 12.50"],
    ["what is priced in tiers has no one amount", once("usd", null), "en", "Price varies"],
    ["in other languages only the currency is said", once("usd", null), "de", "USD"],
  ];
  test.each(amounts)("%s", (_, price, locale, text) => {
    expect(plainSpaces(formatPrice(price, locale))).toBe(text);
  });

  const rhythms: [ReturnType<typeof every>, string, string][] = [
    [every(1, "month"), "en", "$9 per month"],
    [every(3, "month"), "en", "$9 per 3 months"],
    [every(1, "year"), "en-GB", "US$9 per year"],
    [every(2, "week"), "en", "$9 per 2 weeks"],
    [every(1, "day"), "en", "$9 per day"],
    [every(3, "month"), "de", "9 $ / 3 Monate"],
    [every(1, "year"), "fr", "9 $US / 1 an"],
  ];
  test.each(rhythms)("a recurring price says how often: %j in %s", (recurring, locale, text) => {
    expect(plainSpaces(formatPrice({ ...once("usd", 900), recurring }, locale))).toBe(text);
  });
});

describe("RWS-X26: where buyers choose the amount, the bounds are said", () => {
  const bounds: [PricedAmount, string, string][] = [
    [chosen(200, null), "en", "from $2"],
    [chosen(200, 5_000), "en", "$2 – $50"],
    [chosen(null, 5_050), "en", "up to $50.50"],
    [chosen(null, null), "en", "Any amount"],
    [chosen(200, null), "de", "≥ 2 $"],
    [chosen(null, 5_000), "de", "≤ 50 $"],
  ];
  test.each(bounds)("%j in %s", (price, locale, text) => {
    expect(plainSpaces(formatPrice(price, locale))).toBe(text);
  });
});

test("RWS-X25: decimals are counted as Stripe counts them, whatever the case of the code", () => {
  const counted = ["usd", "EUR", "jpy", "XAF", "kwd", "TND", "isk", "ugx", "huf"].map((code) => decimalsOf(code));
  expect(counted).toEqual([2, 2, 0, 0, 3, 3, 2, 2, 2]);
});
