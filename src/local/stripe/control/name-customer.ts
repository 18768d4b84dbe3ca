import type { Draft } from "../draft";
import { html, type Html } from "../pages/html";

/** The name of a customer, else the e-mail address, else null. */
export function findCustomerName(draft: Draft, id: string | null): string | null {
  const row = id === null ? null : draft.find("customer", id);
  return row?.name || row?.email || null;
}

/** Returns the name with the id below. A guest has no customer, only the address that was typed in. */
export function nameCustomer(draft: Draft, id: string | null, guestEmail: string | null = null): Html {
  if (id === null) return html`Guest${guestEmail && html`<br /><small>${guestEmail}</small>`}`;
  const row = draft.find("customer", id);
  const name = row ? (row.name ?? row.email ?? "Without a name") : "Deleted customer";
  return html`${name}${row?.name && row.email && html`<br /><small>${row.email}</small>`}<br /><code>${id}</code>`;
}
