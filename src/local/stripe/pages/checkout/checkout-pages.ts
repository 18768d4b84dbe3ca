import { answerCheckout } from "../../checkout/answer-checkout";
import { completeCheckout, type Completed, needsMethod } from "../../checkout/complete-checkout";
import { tryAct } from "../../call-api";
import type { Draft } from "../../draft";
import { readCard } from "../card-fields";
import { goneAway } from "../gone-away";
import type { Page, PageReply, Reply, Visit } from "../page";
import { challengePage } from "./challenge-page";
import { checkoutForm } from "./checkout-form";
import { adjusted, readChoices } from "./choices";
import { closedPage, openFor } from "./closed-page";
import { donePage } from "./done-page";

export const checkoutPages: Page[] = [
  { method: "GET", path: /^\/c\/pay\/(cs_test_\w+)$/, answer: showCheckout },
  { method: "POST", path: /^\/c\/pay\/(cs_test_\w+)$/, answer: pay },
  { method: "GET", path: /^\/c\/pay\/(cs_test_\w+)\/confirm$/, answer: showChallenge },
  { method: "POST", path: /^\/c\/pay\/(cs_test_\w+)\/confirm$/, answer: answerChallenge },
  { method: "GET", path: /^\/c\/pay\/(cs_test_\w+)\/done$/, answer: donePage },
];

function showCheckout(visit: Visit): Reply {
  return visit.desk.simulator.control.act((draft) => drawn(draft, visit, visit.query, null));
}

/** What the seller asks for, with what the buyer has chosen so far; nothing is written. */
function drawn(draft: Draft, visit: Visit, chosen: URLSearchParams, problem: string | null): PageReply {
  const open = openFor(draft, visit.id);
  if (!open) return closedPage(draft, visit.id);
  const { session, refused } = adjusted(draft, open, chosen);
  return { ...checkoutForm({ draft, visit, session, chosen, refused, problem }), status: problem ? 402 : 200 };
}

function pay(visit: Visit): Reply {
  const { value, refusal } = tryAct(visit.desk.simulator, (draft) => completed(draft, visit));
  const back = (problem: string): Reply =>
    visit.desk.simulator.control.act((draft) => drawn(draft, visit, visit.form, problem));
  if (refusal) return back(refusal.message);
  return afterwards(visit, value, () => back(value.message ?? "Your card was declined."));
}

function completed(draft: Draft, visit: Visit): Completed {
  const open = openFor(draft, visit.id);
  const { form } = visit;
  const email = form.get("email") ?? "";
  const purchase = { email, name: form.get("name") ?? undefined };
  if (!open) return completeCheckout(draft, visit.id, purchase);
  // A code of an earlier try is not kept: the form says which one is wanted now.
  const session = open.allow_promotion_codes ? draft.put({ ...open, discounts: [] }) : open;
  const choices = { ...purchase, ...readChoices(draft, session, form) };
  if (form.get("method") === "delayed") return completeCheckout(draft, visit.id, { ...choices, method: "delayed" });
  if (!needsMethod(adjusted(draft, session, form).session)) return completeCheckout(draft, visit.id, choices);
  return completeCheckout(draft, visit.id, { ...choices, paymentMethod: readCard(draft, form, email || null).id });
}

function afterwards(visit: Visit, { outcome }: Completed, declined: () => Reply): Reply {
  if (outcome === "declined") return declined();
  return { goTo: `/c/pay/${visit.id}/${outcome === "complete" ? "done" : "confirm"}` };
}

function showChallenge(visit: Visit): Reply {
  return visit.desk.simulator.control.act((draft) => {
    const session = openFor(draft, visit.id);
    return session ? challengePage(session, visit) : closedPage(draft, visit.id);
  });
}

function answerChallenge(visit: Visit): Reply {
  const agrees = visit.form.get("agrees") === "yes";
  const { value, refusal } = tryAct(visit.desk.simulator, (draft) => answerCheckout(draft, visit.id, agrees));
  if (refusal) return goneAway(409, refusal.message);
  const declined = (): Reply =>
    visit.desk.simulator.control.act((draft) =>
      drawn(draft, visit, visit.query, "We are unable to authenticate your payment method. Please choose another one."),
    );
  return afterwards(visit, value, declined);
}
