import type { SourceFacts } from "../access/fact";
import { formatFacts } from "../access/read-facts";
import { because } from "../access/plan-unclaimed";
import type { ErrorCode } from "../base/error-codes";
import type { Nobodys } from "./find-nobodys";

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
  /** Why nobody owns it; null: somebody does. */
  nobodys: Nobodys | null;
  /** The linked product, by its key. */
  product: string;
  /** What its owner holds by it of the linked product. */
  grants: readonly { createdAt: Date }[];
  begunAt: Date;
}

export function readOutcome(imported: Imported): ImportOutcome {
  const { failure, facts, before, ownerId, grants, begunAt, product } = imported;
  if (failure) return tellFailure(failure, facts, product);
  if (!facts || facts.ignored) return { kind: "SKIPPED" };
  if (ownerId === null) return opensSomething(facts) ? tellNobodys(facts, imported) : { kind: "SKIPPED" };
  // Also those that the link itself has planned just before, from what we knew.
  if (grants.some(({ createdAt }) => createdAt >= begunAt)) return { kind: "CREATED" };
  if (grants.length === 0) return { kind: "SKIPPED" };
  return { kind: before && saysTheSame(before, facts) ? "SKIPPED" : "UPDATED" };
}

/** Why it did not go in, with its customer and product. */
export function tellFailure(
  { code, message }: { code: ErrorCode; message: string },
  facts: SourceFacts | null,
  product: string,
): ImportOutcome {
  return { kind: "FAILED", code, message: `${message} ${buyerOf(facts, product)}` };
}

const UNSURE: ReadonlySet<string> = new Set(["UNVERIFIED_CANDIDATE", "AMBIGUOUS"]);
const NAMED_MAX = 5;

/** Names the customer, the product and every candidate: nobody is taken because they come first. */
function tellNobodys(facts: SourceFacts, { nobodys, product }: Imported): ImportOutcome {
  const { reason, candidates, otherCustomers } = nobodys ?? { reason: null, candidates: [], otherCustomers: [] };
  const told = [
    buyerOf(facts, product),
    ...(reason === null ? [] : [because[reason]]),
    ...(candidates.length === 0 ? [] : [`It may belong to ${list(candidates)}.`]),
    ...(otherCustomers.length === 0 ? [] : [`The same address has ${list(otherCustomers)}.`]),
    "`linkCustomer` or `claimPurchase` opens it to somebody.",
  ];
  const code = reason !== null && UNSURE.has(reason) ? "AMBIGUOUS_CUSTOMER" : "NOT_FOUND";
  return { kind: "FAILED", code, message: told.join(" ") };
}

function buyerOf(facts: SourceFacts | null, product: string): string {
  if (facts === null) return `It is a purchase of the product ${product}.`;
  return `${facts.customer ?? "A guest"} bought the product ${product}.`;
}

function list(names: readonly string[]): string {
  const more = names.length - NAMED_MAX;
  return names.slice(0, NAMED_MAX).join(" and ") + (more > 0 ? ` and ${more} more` : "");
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
