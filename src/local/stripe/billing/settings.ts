import type { Draft } from "../draft";
import type { Kind } from "../kind";

/** What an owner sets in Stripe's dashboard and no API shows. It lives in the world, so it survives a restart. */
export interface BillingSettingsRow {
  id: "billing_settings";
  object: "billing_settings";
  created: 0;
  /** What becomes of a subscription whose last retry failed. */
  afterRetries: "cancel" | "unpaid" | "pause" | "past_due";
  /** How long after each failed attempt the next one comes; when it is used up, that was the last. */
  retryAfterS: number[];
  /** Since endive: pause at the first failed renewal, without retries. */
  pauseAtFirstFailure: boolean;
  /** Tell a subscription as incomplete before its first payment, and then as active. Without it, only the end is told. */
  tellsFirstPayment: boolean;
  /** How long a renewal invoice stays a draft. */
  draftForS: number;
  /** How long before a renewal `invoice.upcoming` is told; 0 for never. */
  upcomingBeforeS: number;
  /** How long before the due date of an invoice that was sent `invoice.will_be_due` is told; 0 for never. */
  dueNoticeBeforeS: number;
}

const DAY_S = 86_400;

const usual: BillingSettingsRow = {
  id: "billing_settings",
  object: "billing_settings",
  created: 0,
  afterRetries: "cancel",
  retryAfterS: [3 * DAY_S, 5 * DAY_S, 7 * DAY_S],
  pauseAtFirstFailure: false,
  tellsFirstPayment: false,
  draftForS: 3_600,
  upcomingBeforeS: 7 * DAY_S,
  dueNoticeBeforeS: 3 * DAY_S,
};

export function billingSettings(draft: Draft): BillingSettingsRow {
  return { ...usual, ...draft.find("billing_settings", usual.id) };
}

export function setBillingSettings(
  draft: Draft,
  patch: Partial<Omit<BillingSettingsRow, "id" | "object" | "created">>,
): void {
  draft.put({ ...billingSettings(draft), ...patch });
}

/** Without routes: there is no such object at Stripe. */
export const settings: Kind<"billing_settings"> = { prefix: "bs", idLength: 14, routes: [] };
