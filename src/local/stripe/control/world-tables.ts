import type { Draft } from "../draft";
import { type Html, html } from "../pages/html";
import { money } from "../pages/money";
import type { Visit } from "../pages/page";
import { describeSubscription } from "../pages/portal/describe-subscription";
import { moment } from "../pages/say-time";
import type { TableName, Tables } from "../tables";
import { button } from "./room-button";

const SHOWN = 12;

/** The newest of each sort, with what can happen to it. */
export function worldTables(draft: Draft, visit: Visit): Html {
  return html`${customers(draft, visit)} ${subscriptions(draft, visit)} ${payments(draft, visit)} ${sessions(draft)}
  ${events(draft, visit)} ${deliveries(draft)}`;
}

function newest<K extends TableName>(draft: Draft, table: K): Tables[K][] {
  return draft
    .entries(table)
    .slice(-SHOWN)
    .toReversed()
    .map(({ row }) => row);
}

function titled(title: string, heads: string[], rows: Html[]): Html {
  if (rows.length === 0) return html``;
  return html`<section class="card">
    <h2>${title}</h2>
    <div class="scroll">
      <table>
        <thead>
          <tr>
            ${heads.map((head) => html`<th scope="col">${head}</th>`)}
          </tr>
        </thead>
        <tbody>
          ${rows}
        </tbody>
      </table>
    </div>
  </section>`;
}

function customers(draft: Draft, visit: Visit): Html {
  const rows = newest(draft, "customer").map(
    ({ id, name, email, created }) =>
      html`<tr>
        <td>${name ?? "–"}<br /><small>${email ?? ""}</small></td>
        <td><code>${id}</code></td>
        <td>${moment(created)}</td>
        <td>${button(visit, "delete-customer", { customer: id }, "Delete", true)}</td>
      </tr>`,
  );
  return titled("Customers", ["Customer", "Id", "Created", "Happens"], rows);
}

function subscriptions(draft: Draft, visit: Visit): Html {
  const rows = newest(draft, "subscription").map((row) => {
    const { name, price, status, mood, next } = describeSubscription(draft, row);
    const act = (command: string, label: string, more: Record<string, string> = {}): Html =>
      button(visit, command, { subscription: row.id, ...more }, label, true);
    const live = row.status !== "canceled" && row.status !== "incomplete_expired";
    const buttons = html`${act("renew-now", "Renewal succeeds", { ends: "succeeds" })}${act("renew-now", "Renewal fails", { ends: "fails" })}${act(
      "cancel-subscription",
      "Cancel now",
    )}${act("cancel-subscription", "Cancel at the end", { at_period_end: "true" })}`;
    return html`<tr>
      <td>${name}<br /><small>${price}</small></td>
      <td><code>${row.id}</code><br /><code>${row.customer}</code></td>
      <td><span class="badge ${mood}">${status}</span><br /><small>${next}</small></td>
      <td>${live && buttons}</td>
    </tr>`;
  });
  return titled("Subscriptions", ["Subscription", "Id", "State", "Happens"], rows);
}

function payments(draft: Draft, visit: Visit): Html {
  const rows = newest(draft, "payment_intent").map((row) => {
    const moving = [
      row.status === "processing" && button(visit, "payment-arrives", { payment: row.id }, "Money arrives", true),
      row.status === "processing" && button(visit, "payment-fails", { payment: row.id }, "Bank sends it back", true),
      row.status === "requires_action" &&
        button(visit, "answer-challenge", { payment: row.id, agrees: "true" }, "Owner agrees", true),
      row.status === "requires_action" &&
        button(visit, "answer-challenge", { payment: row.id, agrees: "false" }, "Owner refuses", true),
    ];
    return html`<tr>
      <td class="number">${money(row.amount, row.currency)}</td>
      <td><code>${row.id}</code><br /><code>${row.customer ?? "guest"}</code></td>
      <td>
        <span class="badge ${row.status === "succeeded" ? "good" : ""}">${row.status}</span
        >${row.latest_charge && chargeState(draft, row.latest_charge)}
      </td>
      <td>
        ${moving}${row.status === "succeeded" && row.latest_charge && chargeButtons(draft, visit, row.latest_charge)}
      </td>
    </tr>`;
  });
  return titled("Payments", ["Amount", "Id", "State", "Happens"], rows);
}

function chargeState(draft: Draft, id: string): Html | null {
  const charge = draft.find("charge", id);
  if (!charge) return null;
  const refunded =
    charge.amount_refunded > 0 && html`<br /><small>${money(charge.amount_refunded, charge.currency)} refunded</small>`;
  const disputes = draft
    .rows("dispute", { charge: id })
    .map(({ status }) => html`<br /><small>Dispute: ${status}</small>`);
  return html`${refunded}${disputes}`;
}

function chargeButtons(draft: Draft, visit: Visit, charge: string): Html {
  const row = draft.get("charge", charge);
  const left = row.amount_captured - row.amount_refunded;
  const half = String(Math.max(1, Math.floor(left / 2)));
  const disputes = draft
    .rows("dispute", { charge })
    .filter(({ status }) => !["won", "lost", "warning_closed", "prevented"].includes(status));
  const refunds = draft.rows("refund", { charge });
  return html`${left > 0 && !row.disputed && html`${button(visit, "refund", { charge }, "Refund", true)}${button(visit, "refund", { charge, amount: half }, "Refund half", true)}${button(visit, "refund", { charge, status: "pending" }, "Refund, pending", true)}`}
  ${refunds.map(({ id, status }) => html`${status === "pending" && button(visit, "settle-refund", { refund: id, status: "succeeded" }, "Refund arrives", true)}${(status === "pending" || status === "succeeded") && button(visit, "settle-refund", { refund: id, status: "failed" }, "Refund fails", true)}`)}
  ${!row.disputed && html`${button(visit, "open-dispute", { charge }, "Dispute", true)}${button(visit, "open-dispute", { charge, inquiry: "true" }, "Inquiry", true)}`}
  ${disputes.map(({ id, status }) =>
    status.startsWith("warning")
      ? button(visit, "move-dispute", { dispute: id, status: "warning_closed" }, "Close inquiry", true)
      : html`${button(visit, "move-dispute", { dispute: id, status: "won" }, "Dispute won", true)}${button(visit, "move-dispute", { dispute: id, status: "lost" }, "Dispute lost", true)}`,
  )}`;
}

function sessions(draft: Draft): Html {
  const rows = newest(draft, "checkout.session").map(
    ({ id, url, mode, status, payment_status, amount_total, currency }) =>
      html`<tr>
        <td>${url ? html`<a href="${url}">Open</a>` : "–"}</td>
        <td><code>${id.slice(0, 24)}…</code></td>
        <td>${mode}</td>
        <td class="number">${amount_total === null ? "–" : money(amount_total, currency ?? "usd")}</td>
        <td>${status ?? ""}, ${payment_status}</td>
      </tr>`,
  );
  return titled("Checkouts", ["Page", "Id", "Mode", "Amount", "State"], rows);
}

function events(draft: Draft, visit: Visit): Html {
  const rows = newest(draft, "event").map(
    ({ id, type, created, ours }) =>
      html`<tr>
        <td>${type}</td>
        <td><code>${id}</code></td>
        <td>${moment(created)}</td>
        <td>${ours.waiting.length > 0 ? "waiting" : ""}</td>
        <td>${button(visit, "resend-event", { event: id }, "Send again", true)}</td>
      </tr>`,
  );
  return titled("Events", ["Type", "Id", "When", "Delivery", "Happens"], rows);
}

function deliveries(draft: Draft): Html {
  const rows = newest(draft, "delivery").map(({ type, endpoint, status, attempts, next_at: next }) => {
    const last = attempts.at(-1);
    return html`<tr>
      <td>${type}</td>
      <td><small>${draft.find("webhook_endpoint", endpoint)?.url ?? "deleted"}</small></td>
      <td>
        <span class="badge ${status === "delivered" ? "good" : status === "failed" ? "bad" : ""}">${status}</span>
      </td>
      <td>${last ? `${last.status ?? last.error ?? ""}, ${last.ms} ms` : "–"}</td>
      <td class="number">${attempts.length}</td>
      <td>${next ? moment(next) : ""}</td>
    </tr>`;
  });
  return titled("Deliveries", ["Event", "To", "State", "Last answer", "Tries", "Next try"], rows);
}
