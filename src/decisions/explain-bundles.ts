import type { ClosedBundle } from "./explain.store";
import { type ChainStep, failed } from "./chain-step";
import { forEverybody, formatCall } from "./format-fix";

/** A bundle that is not live opens nothing, also for whoever holds it: one step for each such bundle. */
export function explainBundles(
  closed: readonly ClosedBundle[],
  isLiveGrant: (grantId: string) => boolean,
): ChainStep[] {
  const byKey = new Map(closed.filter(({ grantId }) => isLiveGrant(grantId)).map((each) => [each.key, each]));
  return [...byKey.values()].map(({ key, status }) => {
    const detail = `The user holds a live grant that would open the product, but the bundle ${key} is ${status}.`;
    const call = formatCall("updateProduct", { product: key, status: { enum: "LIVE" } });
    const fix = forEverybody(call, `who holds ${key}`, { hasDryRun: false });
    return failed(`the bundle ${key} is live`, detail, fix);
  });
}
