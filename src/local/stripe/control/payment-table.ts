import type { Draft } from "../draft";
import { html, type Html } from "../pages/html";
import { money } from "../pages/money";
import { nameCustomer } from "./name-customer";
import { button } from "./room-button";
import { newest, stackedTable } from "./room-table";
import type { RoomVisit } from "./room-visit";

type Act = (command: string, given: Record<string, string>, label: string) => Html;

export function paymentTable(draft: Draft, visit: RoomVisit, total: number): Html {
  const act: Act = (command, given, label) => button(visit, command, { ...given, at: "payments" }, label);
  const rows = newest(draft, "payment_intent").map((row) => {
    const charge = row.latest_charge ? draft.find("charge", row.latest_charge) : null;
    const guest = row.receipt_email ?? charge?.billing_details.email ?? null;
    return [
      html`<strong>${money(row.amount, row.currency)}</strong>`,
      html`${nameCustomer(draft, row.customer, guest)}<br /><code>${row.id}</code>`,
      html`<span class="badge ${row.status === "succeeded" ? "good" : ""}">${row.status.replaceAll("_", " ")}</span
        >${row.latest_charge && chargeState(draft, row.latest_charge)}`,
      html`${movingButtons(act, row)}${row.status === "succeeded" && row.latest_charge && chargeButtons(draft, act, row.latest_charge)}`,
    ];
  });
  const columns = [
    { head: "Amount", isPlain: true },
    { head: "Customer" },
    { head: "State" },
    { head: "Actions", isPlain: true },
  ];
  return stackedTable(columns, rows, total);
}

function movingButtons(act: Act, { id: payment, status }: { id: string; status: string }): Html | null {
  if (status === "processing")
    return html`${act("payment-arrives", { payment }, "Money arrives")}${act("payment-fails", { payment }, "Bank sends it back")}`;
  if (status !== "requires_action") return null;
  return html`${act("answer-challenge", { payment, agrees: "true" }, "Owner agrees")}${act("answer-challenge", { payment, agrees: "false" }, "Owner refuses")}`;
}

function chargeState(draft: Draft, id: string): Html | null {
  const charge = draft.find("charge", id);
  if (!charge) return null;
  const refunded =
    charge.amount_refunded > 0 && html`<br /><small>${money(charge.amount_refunded, charge.currency)} refunded</small>`;
  const disputes = draft
    .rows("dispute", { charge: id })
    .map(({ status }) => html`<br /><small>Dispute: ${status.replaceAll("_", " ")}</small>`);
  return html`${refunded}${disputes}`;
}

const CLOSED_DISPUTES = new Set(["won", "lost", "warning_closed", "prevented"]);

function chargeButtons(draft: Draft, act: Act, charge: string): Html {
  const row = draft.get("charge", charge);
  const left = row.amount_captured - row.amount_refunded;
  const half = String(Math.max(1, Math.floor(left / 2)));
  const disputes = draft.rows("dispute", { charge }).filter(({ status }) => !CLOSED_DISPUTES.has(status));
  return html`${left > 0 && !row.disputed && html`${act("refund", { charge }, "Refund")}${act("refund", { charge, amount: half }, "Refund half")}${act("refund", { charge, status: "pending" }, "Refund, pending")}`}
  ${draft.rows("refund", { charge }).map(({ id, status }) => refundButtons(act, id, status))}
  ${!row.disputed && html`${act("open-dispute", { charge }, "Dispute")}${act("open-dispute", { charge, inquiry: "true" }, "Inquiry")}`}
  ${disputes.map(({ id, status }) => disputeButtons(act, id, status))}`;
}

function refundButtons(act: Act, refund: string, status: string | null): Html {
  return html`${status === "pending" && act("settle-refund", { refund, status: "succeeded" }, "Refund arrives")}${
    (status === "pending" || status === "succeeded") &&
    act("settle-refund", { refund, status: "failed" }, "Refund fails")
  }`;
}

function disputeButtons(act: Act, dispute: string, status: string): Html {
  if (status.startsWith("warning")) return act("move-dispute", { dispute, status: "warning_closed" }, "Close inquiry");
  return html`${act("move-dispute", { dispute, status: "won" }, "Dispute won")}${act("move-dispute", { dispute, status: "lost" }, "Dispute lost")}`;
}
