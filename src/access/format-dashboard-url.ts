import type { Mode } from "../base/mode";

// Sessions have no page of their own: what came of them has one.
const pages: Record<string, string> = { sub: "subscriptions", in: "invoices", pi: "payments" };

/** Where an administrator finds the subscription or order in Stripe. */
export function formatDashboardUrl({ mode, stripeObject }: { mode: Mode; stripeObject: string | null }): string | null {
  const page = pages[stripeObject?.split("_")[0] ?? ""];
  const root = `https://dashboard.stripe.com/${mode === "TEST" ? "test/" : ""}`;
  return page && stripeObject ? `${root}${page}/${stripeObject}` : null;
}
