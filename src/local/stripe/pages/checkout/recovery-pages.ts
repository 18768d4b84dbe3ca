import { tryAct } from "../../call-api";
import { createSession } from "../../checkout/create-session";
import { asParam } from "../../checkout/link-row";
import type { SessionParams } from "../../checkout/session-params";
import type { SessionRow } from "../../checkout/session-row";
import type { Draft } from "../../draft";
import { goneAway } from "../gone-away";
import type { Page, Reply, Visit } from "../page";

/** The address that an expired session may leave behind: it begins the same checkout anew. */
export const recoveryPages: Page[] = [{ method: "GET", path: /^\/r\/(cs_test_\w+)$/, answer: recover }];

function recover({ desk, id }: Visit): Reply {
  const { value, refusal } = tryAct(desk.simulator, (draft) => recovered(draft, id));
  if (value) return { goTo: `/c/pay/${value.id}` };
  return goneAway(refusal ? 410 : 404, refusal?.message ?? "There is nothing to go on with.");
}

function recovered(draft: Draft, id: string): SessionRow | null {
  const row = draft.find("checkout.session", id);
  const recovery = row?.after_expiration?.recovery;
  if (!row || !recovery?.enabled || !recovery.url || (recovery.expires_at ?? 0) <= draft.now) return null;
  const again = createSession(draft, paramsOf(row, recovery.allow_promotion_codes));
  return draft.update("checkout.session", again.id, { recovered_from: id });
}

function paramsOf(row: SessionRow, codes: boolean): SessionParams {
  const { ours, customer, customer_email: email, mode } = row;
  const data = ours.subscriptionData;
  return {
    mode: mode === "subscription" ? "subscription" : "payment",
    line_items: ours.lines.map(asParam),
    success_url: row.success_url,
    cancel_url: row.cancel_url,
    client_reference_id: row.client_reference_id,
    metadata: row.metadata ?? {},
    allow_promotion_codes: codes,
    ...(customer ? { customer } : email ? { customer_email: email } : {}),
    ...(data ? { subscription_data: { metadata: data.metadata, trial_period_days: data.trialPeriodDays } } : {}),
    ...(mode === "payment" ? { payment_intent_data: { metadata: ours.paymentData?.metadata ?? {} } } : {}),
  };
}
