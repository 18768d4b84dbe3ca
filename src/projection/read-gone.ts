import type { SourceFacts } from "../access/fact";
import type { Sight } from "./papers";

/** Stripe no longer knows it (its test clock or its test data was removed): what was held of it is over. */
export function readGone(held: SourceFacts, sight: Sight): SourceFacts {
  const { state } = held;
  if (state.kind === "ORDER") {
    return { ...held, ...sight, state: { ...state, payment: "FAILED", failedAt: state.failedAt ?? sight.observedAt } };
  }
  const isOver = state.status === "canceled" || state.status === "incomplete_expired";
  const endedAt = state.endedAt ?? sight.observedAt;
  return { ...held, ...sight, state: { ...state, status: isOver ? state.status : "canceled", endedAt } };
}

/** What was known of a purchase under its payment now stands under its invoice: it counts once. */
export function readReplaced(held: SourceFacts, sight: Sight): SourceFacts {
  return { ...held, ...sight, items: [] };
}
