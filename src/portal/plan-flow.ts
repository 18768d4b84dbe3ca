import type Stripe from "stripe";

export type PortalFlow = "HOME" | "PAYMENT_METHOD_UPDATE" | "SUBSCRIPTION_CANCEL" | "SUBSCRIPTION_UPDATE";

/** Pure: the one task with which the portal opens, and the way back when it is done. Null: its home page. */
export function planFlow(
  flow: PortalFlow,
  subscription: string | null,
  returnUrl: string,
): Stripe.BillingPortal.SessionCreateParams.FlowData | null {
  const after = { after_completion: { type: "redirect" as const, redirect: { return_url: returnUrl } } };
  if (flow === "PAYMENT_METHOD_UPDATE") return { type: "payment_method_update", ...after };
  if (flow === "HOME" || subscription === null) return null;
  return flow === "SUBSCRIPTION_CANCEL"
    ? { type: "subscription_cancel", subscription_cancel: { subscription }, ...after }
    : { type: "subscription_update", subscription_update: { subscription }, ...after };
}

export function isAboutSubscription(flow: PortalFlow): boolean {
  return flow === "SUBSCRIPTION_CANCEL" || flow === "SUBSCRIPTION_UPDATE";
}
