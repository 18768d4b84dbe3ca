import type { SessionRow } from "../../checkout/session-row";
import type { Draft } from "../../draft";
import { goneAway, toShop } from "../gone-away";
import type { PageReply } from "../page";

/** The session, as long as it can be paid. */
export function openFor(draft: Draft, id: string): SessionRow | null {
  const row = draft.find("checkout.session", id);
  return row?.status === "open" ? row : null;
}

/** Why there is nothing to pay any more. */
export function closedPage(draft: Draft, id: string): PageReply {
  const row = draft.find("checkout.session", id);
  if (!row) return goneAway(404, "There is no such checkout.");
  const shop = toShop(row.cancel_url ?? originOf(row.success_url ?? row.return_url ?? null));
  if (row.status === "complete") return goneAway(410, "You’re all done here: this checkout is complete.", shop);
  return goneAway(410, "This checkout has expired. Go back to the shop and begin again.", shop);
}

// The page itself would greet a buyer a second time.
function originOf(url: string | null): string | null {
  return url && URL.canParse(url) ? new URL(url).origin : null;
}
