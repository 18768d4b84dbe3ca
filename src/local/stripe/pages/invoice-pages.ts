import { callApi, tryAct } from "../call-api";
import { linesOf, type InvoiceRow } from "../billing/invoice-row";
import type { Draft } from "../draft";
import { cardFields } from "./card-fields";
import { attachPaymentMethod } from "../payments/new-payment-method";
import { type Problem, problemOf } from "./form-refusal";
import { goneAway } from "./gone-away";
import { html, type Html } from "./html";
import { notice, top } from "./layout";
import { money } from "./money";
import type { Page, PageReply, Reply, Visit } from "./page";
import { readCard } from "./read-card";
import { day } from "./say-time";

/** An invoice that anybody may read who has its address, and pay while it is open. */
export const invoicePages: Page[] = [
  { method: "GET", path: /^\/(?:i|invoice)\/(in_\w+)(?:\/pdf)?$/, answer: showInvoice },
  { method: "POST", path: /^\/(?:i|invoice)\/(in_\w+)(?:\/pdf)?$/, answer: payInvoice },
];

function showInvoice(visit: Visit): Reply {
  return visit.desk.simulator.control.act((draft) => drawn(draft, visit, null));
}

function payInvoice(visit: Visit): Reply {
  const { simulator } = visit.desk;
  const { refusal } = tryAct(simulator, (draft) => {
    const invoice = draft.get("invoice", visit.id);
    const method = readCard(draft, visit.form, invoice.customer_email);
    const { id } = invoice.customer ? attachPaymentMethod(draft, method, invoice.customer) : method;
    return callApi(draft, "POST", `/v1/invoices/${visit.id}/pay`, { payment_method: id, off_session: "false" });
  });
  if (refusal) return simulator.control.act((draft) => drawn(draft, visit, problemOf(refusal, visit.form)));
  return { goTo: addressOf(visit) };
}

function drawn(draft: Draft, visit: Visit, problem: Problem | null): PageReply {
  const invoice = draft.find("invoice", visit.id);
  if (!invoice || invoice.status === "draft") return goneAway(404, "There is no such invoice.");
  const shop = draft.rows("account")[0]?.business_profile?.name ?? "The shop";
  const account = findPortal(draft, visit, invoice);
  const body = html`${top(account ? html`<a href="${account}">← Your account</a>` : shop)}
    <h1>${invoice.status === "paid" ? "Receipt" : "Invoice"} ${invoice.number ?? ""}</h1>
    ${notice(problem?.message ?? null, true)}
    <section class="card">${summary(draft, invoice)}</section>
    ${invoice.status === "open" && payForm(visit, problem)}`;
  return { status: problem ? 402 : 200, page: { title: `Invoice ${invoice.number ?? ""}`, narrow: true, body } };
}

/** The address of the page, which keeps the session of the portal that it was opened from. */
function addressOf({ id, query }: Visit): string {
  const portal = query.get("portal");
  return `/i/${id}${portal ? `?${new URLSearchParams({ portal }).toString()}` : ""}`;
}

/** The way back to the portal, for whoever came from the portal of the invoice's own customer. */
function findPortal(draft: Draft, { query }: Visit, { customer }: InvoiceRow): string | null {
  const [session] = draft.rows("billing_portal.session", { secret: query.get("portal") ?? "" });
  return session && session.customer === customer ? `/p/session/test_${session.ours.secret}?home=1` : null;
}

function summary(draft: Draft, invoice: InvoiceRow): Html {
  const { currency, status, total, amount_remaining: left } = invoice;
  const lines = linesOf(draft, invoice.id).map(
    ({ description, amount }) =>
      html`<div>
        <dt>${description ?? "Item"}</dt>
        <dd>${money(amount, currency)}</dd>
      </div>`,
  );
  const mood = status === "paid" ? "good" : "";
  return html`<div class="top">
      <span>${day(invoice.created)}</span><span class="badge ${mood}">${status ?? ""}</span>
    </div>
    <p class="soft">To ${invoice.customer_name ?? invoice.customer_email ?? "customer"}</p>
    <dl class="lines">
      ${lines}
      <div class="total">
        <dt>Total</dt>
        <dd>${money(total, currency)}</dd>
      </div>
      ${
        status === "open" &&
        html`<div class="total">
          <dt>Due</dt>
          <dd>${money(left, currency)}</dd>
        </div>`
      }
    </dl>`;
}

function payForm(visit: Visit, problem: Problem | null): Html {
  const { token, form } = visit;
  return html`<form class="card" method="post" action="${addressOf(visit)}" novalidate>
    <input type="hidden" name="token" value="${token}" />
    ${cardFields({ typed: form, faults: problem?.faults ?? new Map() })}<button class="main" type="submit">Pay</button>
  </form>`;
}
