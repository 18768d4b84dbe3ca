import type { Origin } from "../activities/activity-types";
import type { ActivityLine } from "../activities/record-activities";
import type { Mode } from "../base/mode";
import { isLive } from "./grant";
import type { GrantEntity } from "./grant.entity";

interface Held {
  userId: string;
  productId: string;
  mode: Mode;
  /** All that open it to them; only grants of the product itself count as paid for twice. */
  after: readonly GrantEntity[];
}

/**
 * Somebody pays twice for one thing. Nothing is taken from them: both open it, and ending one leaves the other. But it is
 * said, once for each set of subscriptions, for somebody will want their money back.
 */
export function planDuplicates({ userId, productId, mode, after }: Held, now: Date, origin: Origin): ActivityLine[] {
  const live = after.filter((grant) => isPaidFor(grant, productId) && isLive(grant, now));
  const paid = new Map(live.map((grant) => [`${grant.connectionId ?? ""} ${grant.stripeObject ?? ""}`, grant]));
  if (paid.size < 2) return [];
  const names = [...paid.keys()].sort();
  const subscriptions = names.map((name) => paid.get(name)?.stripeObject ?? "");
  const latest = [...paid.values()].sort((a, b) => b.startsAt.getTime() - a.startsAt.getTime())[0];
  return [
    {
      mode,
      type: "CUSTOM",
      customType: "purchase.duplicate",
      at: now,
      userId,
      productId,
      actor: "SYSTEM",
      origin,
      ...(latest?.stripeObject ? { stripeObject: latest.stripeObject } : {}),
      message: "The user has several subscriptions for this product. Cancel what they did not mean to buy.",
      data: { subscriptions },
      onceKey: `${userId} ${productId} ${mode} duplicate ${names.join(" ")}`,
    },
  ];
}

function isPaidFor(grant: GrantEntity, productId: string): boolean {
  return grant.source === "SUBSCRIPTION" && grant.productId === productId;
}
