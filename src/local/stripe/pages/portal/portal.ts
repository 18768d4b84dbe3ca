import type { Draft } from "../../draft";
import type { PortalConfigurationRow } from "../../objects/portal-configuration";
import type { PortalSessionRow } from "../../objects/portal-session";
import type { SubscriptionRow } from "../../billing/subscription-row";
import type { CustomerRow } from "../../objects/customer";
import type { FieldFaults } from "../field";
import type { Html } from "../html";
import type { Visit } from "../page";
import { hasEnded } from "./describe-subscription";

/** One visit to the portal, with all that its pages may show: never more than this customer's own things. */
export interface Portal {
  draft: Draft;
  visit: Visit;
  session: PortalSessionRow;
  features: PortalConfigurationRow["features"];
  headline: string;
  customer: CustomerRow;
  /** The faults of the form that was posted. */
  faults: FieldFaults;
  /** `/p/session/test_...` */
  base: string;
}

export type Feature = keyof PortalConfigurationRow["features"];

/** Something that a person can do in the portal. */
export interface PortalAct {
  /** What the configuration must allow. */
  feature: Feature;
  title: string;
  /** What stands on its page, inside the form: what to fill in, or what is about to happen. */
  ask(portal: Portal): Html;
  button: string;
  danger?: boolean;
  /** Does it, or throws Stripe's refusal. */
  does(portal: Portal): void;
  done: string;
}

/** The subscription that a form or a link names, if it is this customer's and has not ended. */
export function subscriptionOf({ draft, visit, session, customer }: Portal): SubscriptionRow | null {
  const flow = session.flow;
  const ofFlow =
    flow?.subscription_cancel ??
    flow?.subscription_update ??
    flow?.subscription_update_confirm ??
    flow?.subscription_pause;
  const id = visit.form.get("subscription") ?? visit.query.get("subscription") ?? ofFlow?.subscription ?? "";
  const row = draft.find("subscription", id);
  return row && row.customer === customer.id && !hasEnded(row) ? row : null;
}
