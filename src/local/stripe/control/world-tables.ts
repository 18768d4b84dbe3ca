import type { Draft } from "../draft";
import { html, type Html } from "../pages/html";
import { money } from "../pages/money";
import { describeSubscription, hasEnded } from "../pages/portal/describe-subscription";
import { moment } from "../pages/say-time";
import { deliveryTable, eventTable } from "./event-tables";
import { nameCustomer } from "./name-customer";
import { paymentTable } from "./payment-table";
import { button, linkButton } from "./room-button";
import { newest, section, stackedTable } from "./room-table";
import type { RoomVisit } from "./room-visit";

interface RoomSection {
  id: string;
  title: string;
  table: "checkout.session" | "customer" | "delivery" | "event" | "payment_intent" | "subscription";
  isOpen: boolean;
  show(draft: Draft, visit: RoomVisit, total: number): Html;
}

/** The sections of the world, in the order of the page and of its navigation. */
export const worldSections: readonly RoomSection[] = [
  { id: "customers", title: "Customers", table: "customer", isOpen: true, show: customerTable },
  { id: "subscriptions", title: "Subscriptions", table: "subscription", isOpen: true, show: subscriptionTable },
  { id: "payments", title: "Payments", table: "payment_intent", isOpen: true, show: paymentTable },
  { id: "checkouts", title: "Checkouts", table: "checkout.session", isOpen: true, show: sessionTable },
  { id: "events", title: "Events", table: "event", isOpen: false, show: eventTable },
  { id: "deliveries", title: "Deliveries", table: "delivery", isOpen: false, show: deliveryTable },
];

/** The newest of each sort, with what can happen to it. */
export function worldTables(draft: Draft, visit: RoomVisit): Html[] {
  return worldSections.map(({ table, show, ...about }) => {
    const count = draft.entries(table).length;
    return section(visit, { ...about, count }, show(draft, visit, count));
  });
}

function customerTable(draft: Draft, _: RoomVisit, total: number): Html {
  const rows = newest(draft, "customer").map(({ id, name, created }) => [
    nameCustomer(draft, id),
    moment(created),
    linkButton("delete-customer", { customer: id, at: "customers" }, "Delete", `Delete ${name ?? id}`),
  ]);
  const columns = [{ head: "Customer", isPlain: true }, { head: "Created" }, { head: "Actions", isPlain: true }];
  return stackedTable(columns, rows, total);
}

function subscriptionTable(draft: Draft, visit: RoomVisit, total: number): Html {
  const rows = newest(draft, "subscription").map((row) => {
    const { name, price, status, mood, next } = describeSubscription(draft, row);
    const act = (command: string, label: string, more: Record<string, string> = {}): Html =>
      button(visit, command, { subscription: row.id, ...more, at: "subscriptions" }, label);
    const renews = ["active", "past_due", "trialing", "unpaid"].includes(row.status);
    const ends = row.cancel_at !== null || row.cancel_at_period_end;
    const buttons = html`${renews && act("renew-now", "Renewal succeeds", { ends: "succeeds" })}${renews && act("renew-now", "Renewal fails", { ends: "fails" })}${
      row.status === "paused" && act("resume-subscription", "Resume")
    }${act("cancel-subscription", "Cancel now")}${renews && !ends && act("cancel-subscription", "Cancel at the end", { at_period_end: "true" })}`;
    return [
      html`${name}<br /><small>${price}</small><br /><code>${row.id}</code>`,
      nameCustomer(draft, row.customer),
      html`<span class="badge ${mood}">${status}</span><br /><small>${next}</small>`,
      !hasEnded(row) && buttons,
    ];
  });
  const columns = [
    { head: "Subscription", isPlain: true },
    { head: "Customer" },
    { head: "State" },
    { head: "Actions", isPlain: true },
  ];
  return stackedTable(columns, rows, total);
}

function sessionTable(draft: Draft, _: RoomVisit, total: number): Html {
  const rows = newest(draft, "checkout.session").map((row) => [
    html`${nameCustomer(draft, row.customer, row.customer_details?.email ?? row.customer_email)}<br /><code class="long"
        >${row.id}</code
      >`,
    row.mode,
    row.amount_total === null ? "–" : money(row.amount_total, row.currency ?? "usd"),
    html`${row.status ?? ""}, ${row.payment_status}`,
    row.url && html`<a class="button small" href="${row.url}">Open</a>`,
  ]);
  const columns = [
    { head: "Buyer", isPlain: true },
    { head: "Mode" },
    { head: "Amount", isNumber: true },
    { head: "State" },
    { head: "Page", isPlain: true },
  ];
  return stackedTable(columns, rows, total);
}
