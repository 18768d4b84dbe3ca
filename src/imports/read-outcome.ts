import type { SourceFacts } from "../access/fact";
import { formatFacts } from "../access/read-facts";
import type { ErrorCode } from "../base/error-codes";

/** What became of one purchase. */
export type ImportOutcome =
  | { kind: "CREATED" | "UPDATED" | "SKIPPED" }
  /** It did not go in. */
  | { kind: "FAILED"; code: ErrorCode; message: string };

export interface Imported {
  /** It could not be read or written. */
  failure: { code: ErrorCode; message: string } | null;
  /** As Stripe says it now; null: it gives nothing. */
  facts: SourceFacts | null;
  /** As it was held before; null: we did not know of it. */
  before: SourceFacts | null;
  ownerId: string | null;
  /** Somebody of ours has the buyer's address, and yet it is not clear that it is them. */
  isAddressKnown: boolean;
  /** What its owner holds by it of the linked product. */
  grants: readonly { createdAt: Date }[];
  begunAt: Date;
}

export function readOutcome(imported: Imported): ImportOutcome {
  const { failure, facts, before, ownerId, grants, begunAt } = imported;
  if (failure) return { kind: "FAILED", ...failure };
  if (!facts || facts.ignored) return { kind: "SKIPPED" };
  if (ownerId === null) return opensSomething(facts) ? nobodys(imported) : { kind: "SKIPPED" };
  // Also those that the link itself has planned just before, from what we knew.
  if (grants.some(({ createdAt }) => createdAt >= begunAt)) return { kind: "CREATED" };
  if (grants.length === 0) return { kind: "SKIPPED" };
  return { kind: before && saysTheSame(before, facts) ? "SKIPPED" : "UPDATED" };
}

function nobodys({ isAddressKnown }: Imported): ImportOutcome {
  if (isAddressKnown) {
    return {
      kind: "FAILED",
      code: "AMBIGUOUS_CUSTOMER",
      message:
        "A user has the buyer's address, and it is not sure that they are the buyer. `linkCustomer` or `claimPurchase` settles it.",
    };
  }
  return {
    kind: "FAILED",
    code: "NOT_FOUND",
    message: "Nobody of ours is known to have bought this. `linkCustomer` or `claimPurchase` opens it to somebody.",
  };
}

/** Roughly: what is over, unpaid, or given or taken back is not missed by anybody. */
function opensSomething({ state }: SourceFacts): boolean {
  if (state.disputes.some(({ status }) => status === "lost")) return false;
  if (state.kind === "SUBSCRIPTION") return ["active", "trialing", "past_due"].includes(state.status);
  const refunded = state.refunds.filter(({ status }) => status === "succeeded").map(({ amount }) => amount);
  return state.payment === "PAID" && (state.amount === 0 || sum(refunded) < state.amount);
}

function sum(amounts: readonly number[]): number {
  return amounts.reduce((all, amount) => all + amount, 0);
}

/** Apart from when it was looked at. What was kept has its fields in another order. */
export function saysTheSame(before: SourceFacts, after: SourceFacts): boolean {
  return inOrder(formatFacts(before)) === inOrder(formatFacts(after));
}

function inOrder(text: string): string {
  return JSON.stringify(JSON.parse(text), (_, value: unknown) =>
    typeof value === "object" && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
      : value,
  );
}
