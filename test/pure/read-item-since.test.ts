import type Stripe from "stripe";
import { keepKnown } from "../../src/access/keep-known";
import { isSwitchedSince, readItemSince } from "../../src/projection/read-item-since";
import { day, monthly, subscription } from "../kit/describe-life";
import { aLine, aPrice, anItem, dayOf, second } from "../kit/stripe-papers";

/** The item has the price "now", and was made on day 0. It is read on day 50. */
const item = anItem({ price: aPrice("now") });

function line(price: string, from: number, amount: number, isProration = true, of = "si_1"): Stripe.InvoiceLineItem {
  const details = { proration: isProration, subscription: "sub_1", subscription_item: of };
  const parent = { type: "subscription_item_details", subscription_item_details: details, invoice_item_details: null };
  return aLine(price, { amount, parent, period: { start: second(from), end: second(from + 30) } });
}

const period = (price: string, from: number) => line(price, from, 900, false);
const waiting = (price: string, from: number, amount: number) =>
  ({
    amount,
    proration: true,
    period: { start: second(from), end: second(30) },
    parent: { subscription_details: { subscription: "sub_1", subscription_item: "si_1" } },
    pricing: { price_details: { price, product: "prod_course" } },
  }) as Stripe.InvoiceItem;

describe("since when an item has its price", () => {
  const rows: [string, Stripe.InvoiceLineItem[], Stripe.InvoiceItem[], string][] = [
    ["no invoice: from the beginning", [], [], "day 0"],
    ["its first invoice", [period("now", 0)], [], "day 0"],
    ["a renewal", [period("now", 30)], [], "day 0"],
    ["a switch that was billed at once", [line("was", 12, -300), line("now", 12, 600)], [], "day 12"],
    ["a switch from a free price", [line("now", 12, 600)], [], "day 12"],
    ["a switch to a free price", [line("was", 12, -300)], [], "day 12"],
    [
      "a switch that waits for the next invoice",
      [period("was", 0)],
      [waiting("was", 12, -3), waiting("now", 12, 6)],
      "day 12",
    ],
    ["a switch that the renewal billed", [line("was", 12, -3), line("now", 12, 6), period("now", 30)], [], "day 12"],
    [
      "two switches: the last one",
      [line("was", 5, -3), line("other", 5, 6), line("other", 12, -3), line("now", 12, 6)],
      [],
      "day 12",
    ],
    ["another quantity is no switch", [line("now", 12, -300), line("now", 12, 600)], [], "day 0"],
    ["a switch that nothing was charged for: when it was seen", [period("was", 30)], [], "day 50"],
    ["another item was switched", [period("now", 0), line("was", 12, -300, true, "si_2")], [], "day 0"],
  ];
  test.each(rows)("%s", (_title, lines, more, wanted) => {
    expect(dayOf(readItemSince(item, { lines, waiting: more }, day(50)))).toBe(wanted);
  });

  test("what waits is asked for only when the latest invoice shows another price alone", () => {
    expect(isSwitchedSince([item], [period("was", 0)])).toBe(true);
    expect(isSwitchedSince([item], [line("was", 12, -300), line("now", 12, 600)])).toBe(false);
    expect(isSwitchedSince([item], [])).toBe(false);
  });
});

describe("compared with what was held before", () => {
  const at = (price: string, sinceAt: Date, observedAt = day(50)) =>
    subscription({}, { items: [{ ...monthly, price, sinceAt }], observedAt });
  const since = (before: ReturnType<typeof at>, after: ReturnType<typeof at>) =>
    dayOf(keepKnown(before, after).items[0]?.sinceAt ?? null);

  test("a price keeps the beginning that was found out first", () => {
    expect(since(at("now", day(12), day(12)), at("now", day(0)))).toBe("day 12");
  });

  test("a price that took another's place began after that was seen last", () => {
    expect(since(at("was", day(0), day(11)), at("now", day(12)))).toBe("day 12");
    expect(since(at("was", day(0), day(11)), at("now", day(0)))).toBe("day 50");
    expect(since(at("was", day(0), day(11)), at("now", day(9)))).toBe("day 50");
  });
});
