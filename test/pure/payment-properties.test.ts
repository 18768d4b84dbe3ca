import * as fc from "fast-check";
import { callApi } from "../../src/local/stripe/call-api";
import { answerCheckout } from "../../src/local/stripe/checkout/answer-checkout";
import { completeCheckout } from "../../src/local/stripe/checkout/complete-checkout";
import { createSession } from "../../src/local/stripe/checkout/create-session";
import { expireSession } from "../../src/local/stripe/checkout/expire-session";
import { sellFromDashboard } from "../../src/local/stripe/checkout/sell-from-dashboard";
import type { Draft } from "../../src/local/stripe/draft";
import { noJournal } from "../../src/local/stripe/journal";
import { blankProduct } from "../../src/local/stripe/objects/new-product";
import { createPrice } from "../../src/local/stripe/objects/price";
import { type DisputeStatus, moveDispute, openDispute } from "../../src/local/stripe/payments/move-dispute";
import { refundPayment, settleRefund } from "../../src/local/stripe/payments/refund-payment";
import { StripeRefusal } from "../../src/local/stripe/refuse";
import { kinds } from "../../src/local/stripe/routes";
import { Simulation } from "../../src/local/stripe/simulation";

const BEGIN = Date.parse("2026-01-31T12:00:00.000Z") / 1000;
const DAY_S = 86_400;

function openSimulation(): Simulation {
  const clock = { now: () => new Date(BEGIN * 1000) };
  return new Simulation(kinds, { clock, journal: noJournal, deliver: () => {}, seed: 1 });
}

/** Does it, or does not where Stripe would refuse it. */
function attempt<T>(simulation: Simulation, work: (draft: Draft) => T): T | null {
  try {
    return simulation.act(work);
  } catch (error) {
    if (error instanceof StripeRefusal) return null;
    throw error;
  }
}

function typesTold({ world }: Simulation): string[] {
  return world.shelves.event.inOrder.map(({ row }) => row.type);
}

const refunding = fc.oneof(
  fc.record({
    does: fc.constant("refund" as const),
    amount: fc.integer({ min: 1, max: 1_200 }),
    pending: fc.boolean(),
  }),
  fc.record({
    does: fc.constant("settle" as const),
    at: fc.nat(5),
    to: fc.constantFrom("succeeded" as const, "failed" as const, "canceled" as const),
  }),
  fc.record({ does: fc.constant("wait" as const), days: fc.integer({ min: 1, max: 4 }) }),
);

test("whatever is refunded, fails or waits, a charge shows what counts, never more than was paid", () => {
  fc.assert(
    fc.property(fc.array(refunding, { maxLength: 15 }), (moves) => {
      const simulation = openSimulation();
      const sale = { amount: 1_000, currency: "usd" };
      const charge = simulation.act((draft) => sellFromDashboard(draft, sale).charge?.id ?? "");
      for (const move of moves) {
        if (move.does === "wait") simulation.moveTo(simulation.now() + move.days * DAY_S);
        attempt(simulation, (draft) => {
          const status = move.does === "refund" && move.pending ? "pending" : "succeeded";
          if (move.does === "refund") refundPayment(draft, { charge, amount: move.amount, status });
          const refund = move.does === "settle" ? draft.rows("refund", { charge })[move.at] : undefined;
          if (move.does === "settle" && refund) settleRefund(draft, refund.id, move.to);
        });
        simulation.act((draft) => {
          const { amount_refunded: shown, refunded } = draft.get("charge", charge);
          const counting = draft
            .rows("refund", { charge })
            .filter(({ status }) => !/failed|canceled/.test(status ?? ""));
          expect(shown).toBe(counting.reduce((sum, { amount }) => sum + amount, 0));
          expect(shown).toBeLessThanOrEqual(1_000);
          expect(refunded).toBe(shown === 1_000);
        });
      }
    }),
  );
});

const statuses = [
  "warning_needs_response",
  "warning_under_review",
  "warning_closed",
  "needs_response",
  "under_review",
  "appeal_needs_response",
  "appeal_under_review",
  "won",
  "lost",
  "prevented",
] as const satisfies readonly DisputeStatus[];

test("whatever a bank decides, money comes back only after it was withdrawn, and never more often", () => {
  const begin = fc.constantFrom("needs_response" as const, "warning_needs_response" as const, "prevented" as const);
  fc.assert(
    fc.property(begin, fc.array(fc.constantFrom(...statuses), { maxLength: 12 }), (status, moves) => {
      const simulation = openSimulation();
      const id = simulation.act((draft) => {
        const { charge } = sellFromDashboard(draft, { amount: 1_000, currency: "usd" });
        return openDispute(draft, { charge: charge?.id ?? "", status }).id;
      });
      for (const move of moves) attempt(simulation, (draft) => moveDispute(draft, id, move));
      const money = typesTold(simulation).filter((type) => type.includes(".funds_"));
      const [out, back] = ["charge.dispute.funds_withdrawn", "charge.dispute.funds_reinstated"];
      expect([[], [out], [out, back]]).toContainEqual(money);
      const end = simulation.act((draft) => draft.get("dispute", id));
      expect(money.length === 2).toBe(end.status === "won");
      expect(end.is_charge_refundable).toBe(money.length === 0);
    }),
  );
});

const line = fc.record({ amount: fc.integer({ min: 0, max: 5_000 }), quantity: fc.integer({ min: 1, max: 4 }) });
const way = fc.constantFrom("4242424242424242", "4000000000000002", "4000002760003184", "delayed");
const purchase = fc.record({
  recurring: fc.boolean(),
  lines: fc.array(line, { minLength: 1, maxLength: 4 }),
  off: fc.constantFrom("", "percent_off=33.3", "percent_off=100", "amount_off=1234&currency=usd"),
  tries: fc.array(way, { maxLength: 3 }),
  agrees: fc.boolean(),
  expires: fc.boolean(),
});
type Bought = typeof purchase extends fc.Arbitrary<infer P> ? P : never;

function openCart(draft: Draft, { recurring, lines, off }: Bought): string {
  const product = draft.put(blankProduct("prod_1", "Pro", draft.now)).id;
  const line_items = lines.map(({ amount: unit_amount, quantity }, at) => {
    const often = recurring && at === 0 ? { recurring: { interval: "month" as const } } : {};
    return { price: createPrice(draft, { product, currency: "usd", unit_amount, ...often }).id, quantity };
  });
  const form = Object.fromEntries(new URLSearchParams(off));
  const discounts = off ? { discounts: [{ coupon: String(callApi(draft, "POST", "/v1/coupons", form)["id"]) }] } : {};
  return createSession(draft, { mode: recurring ? "subscription" : "payment", line_items, ...discounts }).id;
}

function tryToBuy(simulation: Simulation, id: string, { tries, agrees }: Bought): void {
  for (const chosen of tries) {
    const method = chosen === "delayed" ? { method: "delayed" as const } : { card: chosen };
    const tried = attempt(simulation, (draft) => completeCheckout(draft, id, { email: "a@example.com", ...method }));
    if (tried?.outcome === "requires_action") attempt(simulation, (draft) => answerCheckout(draft, id, agrees));
  }
}

const ENDINGS = [
  "checkout.session.expired",
  "checkout.session.completed",
  "checkout.session.completed checkout.session.async_payment_succeeded",
];

test("whatever is bought and however it is paid, the lines, the payment and the invoice say the same amount", () => {
  fc.assert(
    fc.property(purchase, (bought) => {
      const simulation = openSimulation();
      const id = attempt(simulation, (draft) => openCart(draft, bought));
      // A total that is too small to be charged opens no session, and leaves nothing.
      if (!id) return expect(simulation.world.shelves["checkout.session"].inOrder).toEqual([]);
      tryToBuy(simulation, id, bought);
      if (bought.expires) attempt(simulation, (draft) => expireSession(draft, id));
      simulation.moveTo(simulation.now() + 4 * DAY_S);
      simulation.act((draft) => checkAmounts(draft, id));
      const told = typesTold(simulation).filter((type) => type.startsWith("checkout.session."));
      expect(ENDINGS).toContain(told.join(" "));
    }),
    { numRuns: 200 },
  );
});

const LEAST_USD = 50;

function checkAmounts(draft: Draft, id: string): void {
  const {
    ours,
    amount_total: total,
    payment_status: status,
    subscription,
    invoice,
  } = draft.get("checkout.session", id);
  expect(ours.lines.reduce((sum, each) => sum + each.subtotal - each.discount, 0)).toBe(total);
  expect(total === 0 || (total ?? 0) >= LEAST_USD).toBe(true);
  if (status === "paid") expect(draft.get("payment_intent", ours.paymentIntent ?? "").amount_received).toBe(total);
  if (status !== "paid" && !subscription) expect(draft.rows("charge").filter(({ paid }) => paid)).toEqual([]);
  if (!subscription) return;
  expect(draft.get("invoice", invoice ?? "")).toMatchObject({ total, amount_paid: total, status: "paid" });
  expect(draft.get("subscription", subscription).status).toBe("active");
}
