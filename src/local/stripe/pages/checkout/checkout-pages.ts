import type { SessionRow } from "../../checkout/session-row";
import { answerCheckout } from "../../checkout/answer-checkout";
import { completeCheckout, type Completed, needsMethod } from "../../checkout/complete-checkout";
import { tryAct } from "../../call-api";
import type { Draft } from "../../draft";
import { findCardFaults, findEmpty, sumUpFaults } from "../find-form-faults";
import { faultsOf, FormRefusal, type Problem, problemOf } from "../form-refusal";
import { goneAway } from "../gone-away";
import type { Page, PageReply, Reply, Visit } from "../page";
import { readCard } from "../read-card";
import { challengePage } from "./challenge-page";
import { checkoutForm, knownEmail } from "./checkout-form";
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
function drawn(draft: Draft, visit: Visit, chosen: URLSearchParams, problem: Problem | null): PageReply {
  const open = openFor(draft, visit.id);
  if (!open) return closedPage(draft, visit.id);
  const { session, refused } = adjusted(draft, open, chosen);
  return { ...checkoutForm({ draft, visit, session, chosen, refused, problem }), status: problem ? 402 : 200 };
}

function pay(visit: Visit): Reply {
  const { value, refusal } = tryAct(visit.desk.simulator, (draft) => completed(draft, visit));
  const back = (problem: Problem): Reply =>
    visit.desk.simulator.control.act((draft) => drawn(draft, visit, visit.form, problem));
  if (refusal) return back(problemOf(refusal, visit.form));
  return afterwards(visit, value, () => back(declined(value, visit.form)));
}

function declined({ message = "Your card was declined.", declineCode }: Completed, form: URLSearchParams): Problem {
  const error = { code: "card_declined", ...(declineCode === undefined ? {} : { decline_code: declineCode }) };
  return { message, faults: faultsOf(error, message, form) };
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
  const isDelayed = form.get("method") === "delayed";
  const takesCard = !isDelayed && needsMethod(adjusted(draft, session, form).session);
  refuseFaults(draft, session, { form, takesCard });
  if (isDelayed) return completeCheckout(draft, visit.id, { ...choices, method: "delayed" });
  if (!takesCard) return completeCheckout(draft, visit.id, choices);
  return completeCheckout(draft, visit.id, { ...choices, paymentMethod: readCard(draft, form, email || null).id });
}

/** Says all that is wrong at once, and not one field after the other. */
function refuseFaults(
  draft: Draft,
  session: SessionRow,
  { form, takesCard }: { form: URLSearchParams; takesCard: boolean },
): void {
  const contact = knownEmail(draft, session) === null ? findEmpty(form, ["email"]) : new Map<string, string>();
  const card = takesCard ? findCardFaults(form, draft.now) : new Map<string, string>();
  const faults = new Map([...contact, ...card]);
  if (faults.size > 0) throw new FormRefusal(faults, sumUpFaults(faults));
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
  const message = "We are unable to authenticate your payment method. Please choose another one.";
  const back = (): Reply =>
    visit.desk.simulator.control.act((draft) => drawn(draft, visit, visit.query, { message, faults: new Map() }));
  return afterwards(visit, value, back);
}
