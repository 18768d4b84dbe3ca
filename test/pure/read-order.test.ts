import type Stripe from "stripe";
import { readInvoice } from "../../src/projection/read-invoice";
import { readSession } from "../../src/projection/read-session";
import type { CreditPapers } from "../../src/projection/papers";
import {
  SIGHT,
  aLine,
  aPayment,
  aPeriod,
  aPrice,
  aProration,
  aSession,
  describeOrder,
  invoicePapers,
  second,
  sessionPapers,
  transitions,
} from "../kit/stripe-papers";

type InvoiceCase = Parameters<typeof invoicePapers>;
type SessionCase = Parameters<typeof sessionPapers>;

const invoice = (...given: InvoiceCase) => describeOrder(readInvoice(invoicePapers(...given), SIGHT));
const session = (...given: SessionCase) => describeOrder(readSession(sessionPapers(...given), SIGHT));

const underWay = aPayment({ intent: { status: "processing", amount_received: 0 }, charge: { status: "pending" } });

describe("RWS-X2: what was bought once by an invoice", () => {
  const rows: [string, InvoiceCase, string][] = [
    ["paid", [{}], "PAID 5000 on day 0: 1 price_once"],
    ["paid late", [{ status_transitions: transitions({ paid_at: second(9) }) }], "PAID 5000 on day 9: 1 price_once"],
    ["paid outside of Stripe", [{}, { payments: [] }], "PAID 5000 on day 0: 1 price_once"],
    ["a draft", [{ status: "draft" }], "nothing was bought"],
    ["open, and nobody has paid", [{ status: "open" }, { payments: [] }], "nothing was bought"],
    ["open, and the bank is at it", [{ status: "open" }, { payments: [underWay] }], "PENDING 5000: 1 price_once"],
    [
      "open once more, after it had been under way",
      [{ status: "open" }, { wasKnown: true }],
      "PENDING 5000: 1 price_once",
    ],
    [
      "voided",
      [{ status: "void", status_transitions: transitions({ voided_at: second(5) }) }, { payments: [] }],
      "FAILED 5000 on day 5: 1 price_once",
    ],
    [
      "written off",
      [
        { status: "uncollectible", status_transitions: transitions({ marked_uncollectible_at: second(6) }) },
        { payments: [] },
      ],
      "FAILED 5000 on day 6: 1 price_once",
    ],
    ["a status that nobody knows", [{ status: "dreaming" }], "nothing was bought"],
    ["two payments together", [{}, { payments: [aPayment(), aPayment()] }], "PAID 10000 on day 0: 1 price_once"],
  ];
  test.each(rows)("%s", (_title, given, wanted) => {
    expect(invoice(...given)).toBe(wanted);
  });
});

describe("the lines of an invoice", () => {
  const rows: [string, Stripe.InvoiceLineItem[], string][] = [
    ["each price is one", [aLine("price_a"), aLine("price_b", { quantity: 4 })], "1 price_a and 4 price_b"],
    ["the same price on two lines is one", [aLine("price_a"), aLine("price_a", { quantity: 2 })], "3 price_a"],
    ["a period of a subscription is none", [aPeriod("price_monthly"), aLine("price_a")], "1 price_a"],
    ["what a change of plan costs is none", [aProration("price_monthly"), aLine("price_a")], "1 price_a"],
    ["an amount without a price is none", [aLine("x", { pricing: null }), aLine("price_a")], "1 price_a"],
    ["a line without a quantity is one piece", [aLine("price_a", { quantity: null })], "1 price_a"],
  ];
  test.each(rows)("%s", (_title, lines, wanted) => {
    expect(invoice({}, { lines })).toBe(`PAID 5000 on day 0: ${wanted}`);
  });

  test("an invoice of nothing but periods is no order", () => {
    expect(invoice({}, { lines: [aPeriod("price_monthly"), aProration("price_monthly")] })).toBe("nothing was bought");
  });
});

describe("TA-X22, TA-X23: money that went back", () => {
  const rows: [string, Parameters<typeof aPayment>[0], string][] = [
    ["all of it", { refunds: [{ amount: 5_000 }] }, "PAID 5000 on day 0, 5000 succeeded back: 1 price_once"],
    [
      "in two halves",
      { refunds: [{ amount: 2_500 }, { amount: 2_500 }] },
      "PAID 5000 on day 0, 2500 succeeded back, 2500 succeeded back: 1 price_once",
    ],
    [
      "on its way, or failed: as Stripe says",
      {
        refunds: [
          { amount: 5_000, status: "pending" },
          { amount: 5_000, status: "failed" },
        ],
      },
      "PAID 5000 on day 0, 5000 pending back, 5000 failed back: 1 price_once",
    ],
    [
      "so long ago that it has no status",
      { refunds: [{ amount: 5_000, status: null }] },
      "PAID 5000 on day 0, 5000 succeeded back: 1 price_once",
    ],
    ["disputed", { disputes: ["needs_response"] }, "PAID 5000 on day 0, dispute needs_response: 1 price_once"],
    ["a part was captured", { charge: { amount_captured: 3_000 } }, "PAID 3000 on day 0: 1 price_once"],
  ];
  test.each(rows)("%s", (_title, said, wanted) => {
    expect(invoice({}, { payments: [aPayment(said)] })).toBe(wanted);
    expect(session({}, { payment: aPayment(said) })).toBe(wanted);
  });
});

describe("lines that were credited", () => {
  const note = (
    credits: [string, number, number?][],
    status = "issued",
    total = 0,
    created = second(5),
  ): CreditPapers => ({
    note: { id: "cn_1", status, total, created } as Stripe.CreditNote,
    lines: credits.map(
      ([line, amount, discount_amount = 0]) =>
        ({ invoice_line_item: line, amount, discount_amount }) as Stripe.CreditNoteLineItem,
    ),
  });
  const lines = [aLine("price_a"), aLine("price_b", { discount_amounts: [{ amount: 1_000, discount: "di_1" }] })];
  const rows: [string, CreditPapers[], string][] = [
    ["a whole line", [note([["il_price_a", 5_000]])], "1 price_a (credited) and 1 price_b"],
    ["a part of a line", [note([["il_price_a", 4_999]])], "1 price_a and 1 price_b"],
    [
      "a line in two parts",
      [note([["il_price_a", 2_000]]), note([["il_price_a", 3_000]])],
      "1 price_a (credited) and 1 price_b",
    ],
    ["a discounted line, by what was paid", [note([["il_price_b", 4_000]])], "1 price_a and 1 price_b (credited)"],
    ["a discounted line, by its price", [note([["il_price_b", 5_000, 1_000]])], "1 price_a and 1 price_b (credited)"],
    ["a note that was voided", [note([["il_price_a", 5_000]], "void")], "1 price_a and 1 price_b"],
    ["everything, without naming lines", [note([], "issued", 9_000)], "1 price_a (credited) and 1 price_b (credited)"],
  ];
  test.each(rows)("%s", (_title, notes, wanted) => {
    expect(invoice({ total: 9_000 }, { lines, notes })).toBe(`PAID 5000 on day 0: ${wanted}`);
  });

  test("a line is credited since the note that completed it", () => {
    const notes = [
      note([["il_price_a", 2_000]], "issued", 0, second(6)),
      note([["il_price_a", 3_000]], "issued", 0, second(9)),
    ];
    const facts = readInvoice(invoicePapers({ total: 9_000 }, { lines, notes }), SIGHT);
    expect(facts?.items.map(({ creditedAt }) => creditedAt)).toEqual([new Date(second(9) * 1_000), undefined]);
  });

  test("of one price on two lines, one credited line leaves the other", () => {
    const twice = [aLine("price_a", { id: "il_1" }), aLine("price_a", { id: "il_2" })];
    const notes = [note([["il_1", 5_000]])];
    expect(invoice({ total: 10_000 }, { lines: twice, notes })).toBe("PAID 5000 on day 0: 2 price_a");
    expect(invoice({ total: 10_000 }, { lines: twice.toReversed(), notes })).toBe("PAID 5000 on day 0: 2 price_a");
  });
});

describe("RWS-X2: what was bought once by a checkout", () => {
  const failed = aPayment({
    intent: { status: "requires_payment_method", amount_received: 0 },
    charge: { status: "failed", created: second(4) },
  });
  const rows: [string, SessionCase, string][] = [
    ["paid by card", [{}], "PAID 5000 on day 0: 1 price_once"],
    [
      "paid with nothing, for a code took all of it",
      [{ payment_status: "no_payment_required", amount_total: 0 }, { payment: null }],
      "PAID 0 on day 0: 1 price_once",
    ],
    [
      "complete, and the bank is at it",
      [{ payment_status: "unpaid" }, { payment: underWay }],
      "PENDING 5000: 1 price_once",
    ],
    ["the bank refused", [{ payment_status: "unpaid" }, { payment: failed }], "FAILED 5000 on day 4: 1 price_once"],
    [
      "the payment was cancelled",
      [
        { payment_status: "unpaid" },
        { payment: aPayment({ intent: { status: "canceled", canceled_at: second(2) }, charge: null }) },
      ],
      "FAILED 5000 on day 2: 1 price_once",
    ],
    [
      "money that is only held",
      [
        { payment_status: "unpaid" },
        { payment: aPayment({ intent: { status: "requires_capture", amount_received: 0 }, charge: null }) },
      ],
      "PENDING 5000: 1 price_once",
    ],
    ["not finished", [{ status: "open", payment_status: "unpaid" }], "nothing was bought"],
    ["expired", [{ status: "expired", payment_status: "unpaid" }], "nothing was bought"],
    ["about a subscription", [{ mode: "subscription" }], "nothing was bought"],
    ["about a card only", [{ mode: "setup", payment_status: "no_payment_required" }], "nothing was bought"],
    [
      "a payment status that nobody knows is not money",
      [{ payment_status: "promised" }, { payment: underWay }],
      "PENDING 5000: 1 price_once",
    ],
  ];
  test.each(rows)("%s", (_title, given, wanted) => {
    expect(session(...given)).toBe(wanted);
  });
});

describe("one purchase has one name", () => {
  test("of an invoice its own, of a checkout that of its payment, else that of the checkout", () => {
    expect(readInvoice(invoicePapers(), SIGHT)?.source).toBe("in_1");
    expect(readSession(sessionPapers(), SIGHT)?.source).toBe("pi_1");
    expect(
      readSession(sessionPapers({ payment_status: "no_payment_required" }, { payment: null }), SIGHT)?.source,
    ).toBe("cs_1");
  });

  test("and the checkout that it came from", () => {
    expect(readSession(sessionPapers(), SIGHT)?.sessions).toEqual(["cs_1"]);
    expect(readInvoice(invoicePapers({}, { sessions: [aSession()] }), SIGHT)?.sessions).toEqual(["cs_1"]);
  });
});

describe("who bought", () => {
  const deleted = { id: "cus_1", object: "customer", deleted: true };
  const whole = { id: "cus_1", object: "customer", email: "bea@example.com", name: "Bea" };
  const who = (facts: { customer: string | null; buyer: { email: string | null } } | null) =>
    `${facts?.customer ?? "a guest"}, ${facts?.buyer.email ?? "no address"}`;
  test.each([
    ["a guest has what they typed", readSession(sessionPapers(), SIGHT), "a guest, ada@example.com"],
    ["a customer has their own", readSession(sessionPapers({ customer: whole }), SIGHT), "cus_1, bea@example.com"],
    [
      "one who is deleted, what is on the paper",
      readInvoice(invoicePapers({ customer: deleted }), SIGHT),
      "cus_1, ada@example.com",
    ],
    ["nothing at all", readSession(sessionPapers({ customer_details: null }), SIGHT), "a guest, no address"],
    [
      "an account in place of a customer",
      readInvoice(invoicePapers({ customer: null, customer_email: null }), SIGHT),
      "a guest, no address",
    ],
  ])("%s", (_title, facts, wanted) => {
    expect(who(facts)).toBe(wanted);
  });
});

describe("RWS-X4: marked to be ignored", () => {
  const mark = { latchkey_ignore: "true" };
  const ofSubscription = { subscription_details: { subscription: "sub_1", metadata: mark } };
  test.each<[string, boolean | undefined]>([
    ["the invoice", readInvoice(invoicePapers({ metadata: mark }), SIGHT)?.ignored],
    ["its checkout", readInvoice(invoicePapers({}, { sessions: [aSession({ metadata: mark })] }), SIGHT)?.ignored],
    [
      "its payment",
      readInvoice(invoicePapers({}, { payments: [aPayment({ intent: { metadata: mark } })] }), SIGHT)?.ignored,
    ],
    ["its subscription", readInvoice(invoicePapers({ parent: ofSubscription }), SIGHT)?.ignored],
    ["a checkout", readSession(sessionPapers({ metadata: mark }), SIGHT)?.ignored],
    [
      "the payment of a checkout",
      readSession(sessionPapers({}, { payment: aPayment({ intent: { metadata: mark } }) }), SIGHT)?.ignored,
    ],
  ])("%s", (_title, ignored) => {
    expect(ignored).toBe(true);
  });

  test("nothing is marked by itself", () => {
    expect(readInvoice(invoicePapers(), SIGHT)?.ignored).toBe(false);
    expect(readSession(sessionPapers(), SIGHT)?.ignored).toBe(false);
  });
});

test("a line of a checkout without a price is nothing to open", () => {
  const lines = [{ id: "li_1", quantity: 1, price: null } as Stripe.LineItem];
  expect(session({}, { lines })).toBe("PAID 5000 on day 0: ");
  const two = [aPrice("price_a"), aPrice("price_a"), aPrice("price_b")].map(
    (price) => ({ id: "li", quantity: 2, price }) as Stripe.LineItem,
  );
  expect(session({}, { lines: two })).toBe("PAID 5000 on day 0: 4 price_a and 2 price_b");
});
