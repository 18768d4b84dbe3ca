import type { Draft } from "../draft";
import { html, type Html } from "../pages/html";
import { moment } from "../pages/say-time";
import { findCustomerName } from "./name-customer";
import { button } from "./room-button";
import { newest, stackedTable } from "./room-table";
import type { RoomVisit } from "./room-visit";

export function eventTable(draft: Draft, visit: RoomVisit, total: number): Html {
  const rows = newest(draft, "event").map(({ id, type, created, data, ours }) => [
    html`${type}<br /><code>${id}</code>`,
    describeObject(draft, data.object),
    moment(created),
    ours.waiting.length > 0 && "Waiting",
    button(visit, "resend-event", { event: id, at: "events" }, "Send again"),
  ]);
  const columns = [
    { head: "Event", isPlain: true },
    { head: "About" },
    { head: "When" },
    { head: "Delivery" },
    { head: "Actions", isPlain: true },
  ];
  return stackedTable(columns, rows, total);
}

/** Returns the name of the event's customer and the id of its object. */
function describeObject(draft: Draft, object: Record<string, unknown>): Html {
  const { id, name, customer, object: kind } = object;
  const whose = kind === "customer" ? id : customer;
  const owner = typeof whose === "string" ? findCustomerName(draft, whose) : null;
  const title = owner ?? (typeof name === "string" ? name : null);
  return html`${title && html`${title}<br />`}<code>${typeof id === "string" ? id : ""}</code>`;
}

export function deliveryTable(draft: Draft, _: RoomVisit, total: number): Html {
  const rows = newest(draft, "delivery").map(({ type, endpoint, status, attempts, next_at: next }) => {
    const last = attempts.at(-1);
    const mood = status === "delivered" ? "good" : status === "failed" ? "bad" : "";
    return [
      html`${type}<br /><small class="long">${draft.find("webhook_endpoint", endpoint)?.url ?? "deleted"}</small>`,
      html`<span class="badge ${mood}">${status}</span>`,
      last ? `${last.status ?? last.error ?? ""}, ${last.ms} ms` : "–",
      String(attempts.length),
      next && moment(next),
    ];
  });
  const columns = [
    { head: "Event and endpoint", isPlain: true },
    { head: "State" },
    { head: "Last answer" },
    { head: "Tries", isNumber: true },
    { head: "Next try" },
  ];
  return stackedTable(
    columns,
    rows.map((cells) => cells.map((cell) => cell || null)),
    total,
  );
}
