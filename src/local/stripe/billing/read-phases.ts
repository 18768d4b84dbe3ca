import type { Draft } from "../draft";
import { mergeMetadata, metadata } from "../metadata";
import { bool, choice, integer, list, object, type ParamsOf, required, text } from "../params";
import { invalid } from "../refuse";
import { checkedPrice } from "./change-items";
import { discountsParam } from "./discount-param";
import { priceFor } from "./inline-price";
import { addCycles, cycleOf, type Cycle } from "./period";
import type { Phase } from "./schedule-row";
import { inlinePrice } from "./subscription-params";

const lasting = object({
  interval: required(choice("day", "week", "month", "year")),
  interval_count: integer({ min: 1 }),
});
const item = object({ price: text(), price_data: inlinePrice(), quantity: integer({ min: 0 }), metadata });

export const phaseFields = {
  billing_cycle_anchor: choice("automatic", "phase_start"),
  collection_method: choice("charge_automatically", "send_invoice"),
  currency: text(3),
  default_payment_method: text(),
  description: text(),
  discounts: discountsParam,
  duration: lasting,
  end_date: integer(),
  items: required(list(item, 20)),
  /** Gone from the types at this version; scripts of old still send it, and it means so many periods. */
  iterations: integer({ min: 1 }),
  metadata,
  proration_behavior: choice("always_invoice", "create_prorations", "none"),
  start_date: integer(),
  trial: bool(),
  trial_end: integer(),
};

export type GivenPhase = ParamsOf<typeof phaseFields>;

/** Phases follow each other without a gap: each begins where the one before it ends. */
export function readPhases(draft: Draft, given: readonly GivenPhase[], begin: number): Phase[] {
  if (given.length === 0) throw invalid("A schedule needs at least one phase.", { param: "phases" });
  const phases: Phase[] = [];
  for (const [at, phase] of given.entries()) {
    phases.push(readPhase(draft, phase, { start: phases.at(-1)?.end_date ?? phase.start_date ?? begin, at }));
  }
  return phases;
}

function readPhase(draft: Draft, given: GivenPhase, { start, at }: { start: number; at: number }): Phase {
  const items = given.items.map((one) => {
    const price = checkedPrice(draft, { currency: null }, priceFor(draft, one), `phases[${at}][items][0][price]`);
    const quantity = one.quantity ?? 1;
    const notes = mergeMetadata({}, one.metadata);
    return { billing_thresholds: null, discounts: [], metadata: notes, plan: price, price, quantity, tax_rates: [] };
  });
  const [first] = items;
  if (!first) throw invalid("A phase needs at least one item.", { param: `phases[${at}][items]` });
  const price = draft.get("price", first.price);
  const end_date = endOf(given, start, cycleOf(price));
  if (end_date <= start) throw invalid("A phase ends after it begins.", { param: `phases[${at}][end_date]` });
  return {
    add_invoice_items: [],
    application_fee_percent: null,
    billing_cycle_anchor: given.billing_cycle_anchor ?? null,
    billing_thresholds: null,
    collection_method: given.collection_method ?? null,
    currency: price.currency,
    default_payment_method: given.default_payment_method ?? null,
    default_tax_rates: [],
    description: given.description ?? null,
    discounts: (given.discounts ?? []).map(({ coupon = null, discount = null, promotion_code = null }) => ({
      coupon,
      discount,
      promotion_code,
    })),
    end_date,
    invoice_settings: null,
    items,
    metadata: mergeMetadata({}, given.metadata),
    on_behalf_of: null,
    proration_behavior: given.proration_behavior ?? "create_prorations",
    start_date: start,
    transfer_data: null,
    trial_end: given.trial ? end_date : (given.trial_end ?? null),
  };
}

// Without a word about its end, a phase lasts one period of its first price.
function endOf({ end_date: end, duration, iterations }: GivenPhase, start: number, cycle: Cycle): number {
  if (end) return end;
  if (duration) return addCycles(start, 1, { ...duration, interval_count: duration.interval_count ?? 1 });
  return addCycles(start, iterations ?? 1, cycle);
}
