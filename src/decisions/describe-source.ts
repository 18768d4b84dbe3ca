import type { SourceFacts } from "../access/fact";

/** A subscription or an order in one line: its status, disputes, refunds, coming changes, and how fresh that is. */
export function describeSource(source: SourceFacts): string {
  const { state } = source;
  const status = state.kind === "SUBSCRIPTION" ? `status ${state.status}` : `payment ${state.payment.toLowerCase()}`;
  const parts = [status, ...disputesOf(source), ...refundsOf(source), ...comingOf(source)];
  return `${parts.join(", ")}, as of ${source.observedAt.toISOString()}.`;
}

function disputesOf({ state }: SourceFacts): string[] {
  return state.disputes.map((dispute) => `disputed by ${dispute.id} (${dispute.status})`);
}

function refundsOf({ state }: SourceFacts): string[] {
  if (state.kind !== "ORDER") return [];
  return state.refunds.map(
    (refund) => `refunded ${refund.amount} of ${state.amount} by ${refund.id} (${refund.status})`,
  );
}

function comingOf({ state }: SourceFacts): string[] {
  if (state.kind !== "SUBSCRIPTION") return [];
  const end = state.cancelAt ? [`cancelled for ${state.cancelAt.toISOString()}`] : [];
  const flag = state.cancelAtPeriodEnd && !state.cancelAt ? ["cancelled for the end of the period"] : [];
  const change = state.comingChange;
  const when = change?.startsAt ? `on ${change.startsAt.toISOString()}` : "once it is paid";
  return [...end, ...flag, ...(change ? [`changes to ${change.prices.join(", ")} ${when}`] : [])];
}
