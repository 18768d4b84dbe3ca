/**
 * Trouble that was ordered. A plan names the requests that it is for; each request takes at most one plan, the oldest
 * that fits. What happens *before* leaves the world as it was; what happens *after* the effect is the cruel sort: the
 * work is done, and the caller does not learn it.
 */
export type Fault =
  | { kind: "rate-limit" }
  | { kind: "lock-timeout" }
  | { kind: "error-before" }
  | { kind: "error-after" }
  | { kind: "slow"; ms: number }
  | { kind: "reset"; when: "before" | "after" }
  | { kind: "truncated" }
  | { kind: "html" };

export interface FaultPlan {
  fault: Fault;
  method?: string;
  /** The path, or its beginning when it ends in `*`. */
  path?: string;
  /** How many requests it is for; one when nothing is said. */
  count?: number;
  /** How many fitting requests go well first. */
  skip?: number;
}

export class Faults {
  private waiting: Required<FaultPlan>[] = [];

  plan(plan: FaultPlan): void {
    this.waiting.push({ method: "*", path: "*", count: 1, skip: 0, ...plan });
  }

  planned(): readonly FaultPlan[] {
    return this.waiting;
  }

  clear(): void {
    this.waiting = [];
  }

  /** The fault for this request, used up. */
  take(method: string, path: string): Fault | null {
    const plan = this.waiting.find((candidate) => fits(candidate, method, path));
    if (!plan) return null;
    if (plan.skip > 0) {
      plan.skip--;
      return null;
    }
    plan.count--;
    this.waiting = this.waiting.filter(({ count }) => count > 0);
    return plan.fault;
  }
}

function fits(plan: Required<FaultPlan>, method: string, path: string): boolean {
  if (plan.method !== "*" && plan.method !== method) return false;
  return plan.path.endsWith("*") ? path.startsWith(plan.path.slice(0, -1)) : plan.path === path;
}
