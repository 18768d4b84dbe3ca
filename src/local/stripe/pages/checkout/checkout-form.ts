import { needsMethod } from "../../checkout/complete-checkout";
import type { SessionRow } from "../../checkout/session-row";
import type { Draft } from "../../draft";
import { cardFields } from "../card-fields";
import { type Filled, textField } from "../field";
import type { Problem } from "../form-refusal";
import { html, type Html } from "../html";
import { notice, top } from "../layout";
import { money } from "../money";
import type { PageReply, Visit } from "../page";
import { orderSummary } from "./order-summary";

export interface Shown {
  draft: Draft;
  visit: Visit;
  /** As it would be with what was chosen. */
  session: SessionRow;
  chosen: URLSearchParams;
  /** Why what was chosen cannot be. */
  refused: string | null;
  /** Why the last try to pay did not work. */
  problem: Problem | null;
}

export function checkoutForm(shown: Shown): PageReply {
  const { draft, session, problem } = shown;
  const shop = draft.rows("account")[0]?.business_profile?.name ?? "The shop";
  const back = session.cancel_url ? html`<a href="${session.cancel_url}">← Back</a>` : "";
  const body = html`${top(back)}
    <div class="columns">
      <section class="card" aria-label="Order">${orderSummary(shown, shop)}</section>
      <section class="card" aria-label="Payment">${notice(problem?.message ?? null, true)} ${payForm(shown)}</section>
    </div>`;
  return { page: { title: `${shop} – Checkout`, body } };
}

function payForm({ draft, visit, session, chosen, problem }: Shown): Html {
  const email = knownEmail(draft, session);
  const typed = new URLSearchParams(visit.form);
  if (!typed.has("email")) typed.set("email", session.ours.prefilledEmail ?? "");
  const filled = { typed, faults: problem?.faults ?? new Map() };
  const kept = [...chosen].filter(([name]) => name === "code" || name.startsWith("q.") || name.startsWith("a."));
  return html`<form method="post" action="/c/pay/${session.id}" novalidate>
    <input type="hidden" name="token" value="${visit.token}" />
    ${kept.map(([name, value]) => html`<input type="hidden" name="${name}" value="${value}" />`)}
    <h2>Contact</h2>
    ${
      email
        ? html`<p>${email}<input type="hidden" name="email" value="${email}" /></p>`
        : textField("email", "E-mail", filled, {
            autocomplete: "email",
            inputmode: "email",
            placeholder: "you@example.com",
          })
    }
    ${needsMethod(session) ? paymentFields(session, filled) : html`<p class="soft">No payment method is needed.</p>`}
    <button class="main" type="submit">${buttonText(session)}</button>
    <p class="soft"><small>${promise(session)}</small></p>
  </form>`;
}

/** The address that cannot be changed on the page: the customer's, or one that the seller sent. */
export function knownEmail(draft: Draft, { customer, customer_email: given }: SessionRow): string | null {
  return given ?? (customer ? draft.find("customer", customer)?.email : null) ?? null;
}

function paymentFields(session: SessionRow, filled: Filled): Html {
  const allowed = session.allowed_payment_method_types;
  const bank = session.currency === "eur" ? "sepa_debit" : "us_bank_account";
  const takesBank = session.mode !== "setup" && session.amount_total !== 0 && (allowed?.includes(bank) ?? true);
  const delayed = filled.typed.get("method") === "delayed";
  if (!takesBank)
    return html`<h2>Card</h2>
      ${cardFields(filled)}`;
  return html`<fieldset>
      <legend>Payment method</legend>
      <label class="choice"
        ><input type="radio" name="method" value="card" ${delayed ? "" : "checked"} /> <span>Card</span></label
      >
      <label class="choice"
        ><input type="radio" name="method" value="delayed" ${delayed ? "checked" : ""} />
        <span
          >Bank account<br /><small
            >A test account is filled in. The money takes some days; the control room lets it arrive or bounce.</small
          ></span
        ></label
      >
    </fieldset>
    <div class="card-fields">${cardFields(filled)}</div>`;
}

function buttonText({ mode, amount_total: total, currency, ours }: SessionRow): string {
  if (mode === "setup") return "Save card";
  if (mode === "subscription" && trialOf(ours.subscriptionData)) return "Start trial";
  if (mode === "subscription") return "Subscribe";
  return total === 0 ? "Complete order" : `Pay ${money(total ?? 0, currency ?? "usd")}`;
}

function promise({ mode, ours }: SessionRow): string {
  if (mode === "setup") return "Your card is stored, and nothing is charged now.";
  if (mode !== "subscription") return "You are charged once.";
  const trial = trialOf(ours.subscriptionData);
  return `${trial ? "You are not charged before the trial ends. " : ""}It is renewed until you cancel, which you can do at any time.`;
}

function trialOf(data: SessionRow["ours"]["subscriptionData"]): boolean {
  return data !== null && (data.trialPeriodDays !== null || data.trialEnd !== null);
}
