import { billingSettings } from "../billing/settings";
import { callApi } from "../call-api";
import { invalid } from "../refuse";
import type { Rendered } from "../stored";
import type { Room } from "./command";

/**
 * Until the next period has begun and its invoice, a draft for an hour, has been collected. It is the time of the world
 * that passes, so what else is due by then happens too; a customer under a test clock has that clock advanced instead.
 */
export function renew({ simulator: { control } }: Room, id: string, ends: "fails" | "succeeds" | null): Rendered {
  const { clock, until } = control.act((draft) => {
    const row = draft.get("subscription", id, "subscription");
    if (!["active", "trialing", "past_due", "unpaid"].includes(row.status)) {
      throw invalid(`This subscription does not renew: its status is ${row.status}.`);
    }
    if (ends) draft.put({ ...row, ours: { ...row.ours, nextPayment: ends } });
    return { clock: row.test_clock, until: row.ours.periodEnd + billingSettings(draft).draftForS + 1 };
  });
  if (!clock) control.moveTo(until);
  else {
    const path = `/v1/test_helpers/test_clocks/${clock}/advance`;
    control.act((draft) => callApi(draft, "POST", path, { frozen_time: String(until) }));
    control.moveBy(0);
  }
  return control.act((draft) => draft.render(draft.get("subscription", id)));
}
