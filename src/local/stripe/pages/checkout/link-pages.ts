import { tryAct } from "../../call-api";
import { visitPaymentLink } from "../../checkout/visit-link";
import { goneAway } from "../gone-away";
import type { Page, Reply, Visit } from "../page";

/** The address of a payment link: each visit begins a checkout of its own. */
export const linkPages: Page[] = [{ method: "GET", path: /^\/pl\/(plink_\w+)$/, answer: visitLink }];

const PREFILLS = ["client_reference_id", "prefilled_email", "locked_prefilled_email"] as const;

function visitLink({ desk, id, query }: Visit): Reply {
  const given = Object.fromEntries(
    PREFILLS.flatMap((name) => (query.has(name) ? [[name, query.get(name) ?? ""]] : [])),
  );
  const { value, refusal } = tryAct(desk.simulator, (draft) => visitPaymentLink(draft, id, given));
  if (value) return { goTo: `/c/pay/${value.id}` };
  const missing = refusal.error.code === "resource_missing";
  return goneAway(missing ? 404 : 410, missing ? "There is no such payment link." : refusal.message);
}
