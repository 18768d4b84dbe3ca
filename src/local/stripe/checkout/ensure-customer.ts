import type { Draft } from "../draft";
import { blankCustomer } from "../objects/customer";
import { momentOf } from "../payments/confirm-payment";
import type { SessionRow } from "./session-row";

/** The customer of a sale: the one that was named, one made now, or nobody, when a guest is enough. */
export function ensureCustomer(draft: Draft, session: SessionRow): string | null {
  if (session.customer) return rememberEmail(draft, session, session.customer);
  if (!needsCustomer(session)) return null;
  const { typed } = session.ours;
  const row = draft.put({
    ...blankCustomer(draft, draft.now),
    currency: session.currency,
    email: typed?.email ?? null,
    name: typed?.name ?? null,
    phone: typed?.phone ?? null,
  });
  draft.emit("customer.created", draft.render(row));
  draft.update("checkout.session", session.id, { customer: row.id });
  return row.id;
}

function needsCustomer({ mode, customer_creation: creation, invoice_creation: invoice, ours }: SessionRow): boolean {
  if (mode !== "payment" || creation === "always" || invoice?.enabled) return true;
  return ours.paymentData?.setupFutureUsage !== null && ours.paymentData !== null;
}

function rememberEmail(draft: Draft, { ours }: SessionRow, id: string): string {
  const row = draft.get("customer", id);
  if (row.email !== null || !ours.typed) return id;
  const before = draft.render(row);
  const after = draft.render(draft.put({ ...row, email: ours.typed.email }));
  draft.emit("customer.updated", after, { before, ...momentOf(draft, { customer: id }) });
  return id;
}
