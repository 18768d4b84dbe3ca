import type { Draft } from "../draft";
import { pageUrl } from "../objects/page-address";
import { momentOf } from "../payments/confirm-payment";
import { cancelPayment } from "../payments/capture-payment";
import { invalid } from "../refuse";
import type { SessionRow } from "./session-row";

const RECOVERABLE_S = 30 * 86_400;

/** Nobody can pay by this session any more. What was tried by it is cancelled. */
export function expireSession(draft: Draft, id: string): SessionRow {
  const row = draft.get("checkout.session", id);
  if (row.status !== "open") {
    const message = `Only Checkout Sessions with a status in ["open"] can be expired. This Checkout Session has a status of \`${row.status}\`.`;
    throw invalid(message);
  }
  draft.cancelTimer({ kind: "checkout.session", id, what: "expire" });
  if (row.ours.paymentIntent) cancelPayment(draft, row.ours.paymentIntent, "abandoned");
  const moment = momentOf(draft, row);
  const expired = draft.put<SessionRow>({
    ...row,
    after_expiration: recovery(draft, row, moment.at),
    status: "expired",
    url: null,
  });
  draft.emit("checkout.session.expired", draft.render(expired), moment);
  return expired;
}

function recovery(
  draft: Draft,
  { id, after_expiration: after }: SessionRow,
  at: number,
): SessionRow["after_expiration"] {
  if (!after?.recovery?.enabled) return after;
  const url = pageUrl(draft, `/r/${id}`);
  return { recovery: { ...after.recovery, expires_at: at + RECOVERABLE_S, url } };
}
