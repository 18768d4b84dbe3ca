import type { Mode } from "../base/mode";
import type { GrantLife } from "./grant";
import { isLive } from "./grant";

/** One person and one product: what they held of it from wherever, and what they will hold. */
export interface Pair {
  userId: string;
  productId: string;
  mode: Mode;
  before: readonly GrantLife[];
  after: readonly GrantLife[];
}

export type Turn = "GAINED" | "LOST" | "KEPT" | "NEVER";

/** Access is the union of live grants: it turns only when the first one comes or the last one goes. */
export function compareAccess({ before, after }: Pick<Pair, "before" | "after">, now: Date): Turn {
  const was = before.some((grant) => isLive(grant, now));
  const is = after.some((grant) => isLive(grant, now));
  if (was === is) return is ? "KEPT" : "NEVER";
  return is ? "GAINED" : "LOST";
}
