import type { SourceFacts } from "../access/fact";
import type { Difference } from "./compare-facts";

/** For the report: what we held, what Stripe says, and why it matters. */
export function formatDifferences(differences: readonly Difference[]): string {
  return differences
    .map(({ what, held, said, saidBy = "Stripe says", matters }) => {
      return `${capital(what)}: we held ${held}, ${saidBy} ${said}. ${matters}`;
    })
    .join(" ");
}

export function formatMissing({ state }: SourceFacts): string {
  const said =
    state.kind === "SUBSCRIPTION"
      ? `a subscription that is ${state.status}`
      : `an order, ${state.payment.toLowerCase()}`;
  return `We held nothing, Stripe has ${said}. Whoever bought it lacks what it opens.`;
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
