import type { Origin } from "../activities/activity-types";
import type { ActivityLine } from "../activities/record-activities";
import type { Tx } from "../database/db";
import { buryCustomerLinks, findActiveLinks } from "../links/customer-links.store";
import { type CustomerSnapshot, customerName } from "../links/customer-snapshot";
import { findCustomers, keepCustomers } from "../links/customers.store";
import { findModes, markForPlan } from "./facts.store";

/** What was seen of customers. One that is gone from Stripe leaves a link that leads nowhere. */
export async function applyCustomers(
  tx: Tx,
  customers: readonly CustomerSnapshot[],
  { now, origin, forgotten }: { now: Date; origin: Origin; forgotten: ReadonlySet<string> },
): Promise<ActivityLine[]> {
  if (customers.length === 0) return [];
  const before = new Map((await findCustomers(tx, customers)).map((each) => [customerName(each), each]));
  const news = customers.filter((each) => (before.get(customerName(each))?.observation ?? -1n) < each.observation);
  await keepCustomers(
    tx,
    news.map((each) => (forgotten.has(customerName(each)) ? { ...each, email: null, name: null } : each)),
  );
  const links = await findActiveLinks(tx, news);
  const linked = new Set(links.filter((link) => link.basis !== "ADDRESS").map(customerName));
  for (const each of news) {
    const isNewAddress = before.has(customerName(each)) && before.get(customerName(each))?.email !== each.email;
    // Whose the purchases of the customer are by their address is decided again.
    if (isNewAddress && !linked.has(customerName(each)) && !forgotten.has(customerName(each)))
      await markForPlan(tx, each);
  }
  const gone = new Set(news.filter((each) => each.deleted).map(customerName));
  const dead = links.filter((link) => link.active && gone.has(customerName(link)));
  if (dead.length === 0) return [];
  await buryCustomerLinks(
    tx,
    dead.map((link) => link.id),
    now,
  );
  const modes = await findModes(
    tx,
    dead.map((link) => link.connectionId),
  );
  return dead.flatMap((link): ActivityLine[] => {
    const mode = modes.get(link.connectionId);
    if (!mode) return [];
    const message = "The customer was deleted in Stripe.";
    const line = { mode, at: now, userId: link.userId, actor: "STRIPE", origin, message } as const;
    return [{ ...line, type: "CUSTOMER_UNLINKED", stripeObject: link.customer }];
  });
}
