import type { Draft } from "../draft";
import { type Kind, route } from "../kind";
import { listPage } from "../list-page";
import { bool, choice, listParams, type ParamsOf, required, text, timeRange } from "../params";
import { searches } from "../search-route";
import { retrieves } from "../standard-routes";
import type { Rendered } from "../stored";
import { advanceInvoice, finalizeByHand, noteDueSoon, noteOverdue, retryInvoice } from "./advance-invoice";
import { attachPayment } from "./attach-payment";
import { inRange } from "./in-range";
import { type InvoiceRow, linesOf } from "./invoice-row";
import { moveInvoicePayment } from "./move-invoice-payment";
import { pageInOrder } from "./page-in-order";
import { payByHand } from "./pay-by-hand";
import { deleteDraft, finalizeInvoice, markUncollectible, refuseUnless, voidInvoice } from "./settle-invoice";
import { tell } from "./tell";
import { changeable, creatable, createByHand, updateByHand } from "./write-invoice";

const payable = {
  forgive: bool(),
  off_session: bool(),
  paid_out_of_band: bool(),
  payment_method: text(),
};
const attachable = { payment_intent: required(text()) };
const listable = {
  ...listParams,
  collection_method: choice("charge_automatically", "send_invoice"),
  created: timeRange,
  customer: text(),
  due_date: timeRange,
  status: choice("draft", "open", "paid", "uncollectible", "void"),
  subscription: text(),
};

const SEARCHED = ["created", "currency", "customer", "metadata", "number", "receipt_number", "status", "total"];

export const invoice: Kind<"invoice"> = {
  prefix: "in",
  idLength: 24,
  indexes: { customer: (row) => row.customer, subscription: (row) => row.ours.subscription },
  expands: {
    customer: "customer",
    default_payment_method: "payment_method",
    discounts: "discount",
    "parent.subscription_details.subscription": "subscription",
    "total_discount_amounts.discount": "discount",
    test_clock: "test_helpers.test_clock",
  },
  includes: {
    amount_paid_off_stripe: (row) => row.amount_paid_off_stripe ?? 0,
    confirmation_secret: secretOf,
    payments: listPayments,
  },
  timers: { finalize: advanceInvoice, retry: retryInvoice, dueSoon: noteDueSoon, overdue: noteOverdue },
  whenPaymentMoved: moveInvoicePayment,
  render: ({ amount_paid_off_stripe: _included, ...row }, draft) => ({
    ...row,
    lines: pageInOrder(draft, linesOf(draft, row.id), {}, `/v1/invoices/${row.id}/lines`),
  }),
  routes: [
    route("POST", "/v1/invoices", creatable, ({ draft, params }) => draft.render(createByHand(draft, params))),
    retrieves("invoice", "/v1/invoices/:id"),
    route("POST", "/v1/invoices/:id", changeable, ({ draft, params, ids }) =>
      draft.render(updateByHand(draft, ids.id, params)),
    ),
    route("DELETE", "/v1/invoices/:id", {}, ({ draft, ids }) => deleteInvoice(draft, ids.id)),
    route("POST", "/v1/invoices/:id/finalize", { auto_advance: bool() }, ({ draft, params, ids }) => {
      if (params.auto_advance !== undefined)
        draft.update("invoice", ids.id, { auto_advance: params.auto_advance ?? false });
      return draft.render(finalizeByHand(draft, ids.id));
    }),
    route("POST", "/v1/invoices/:id/pay", payable, ({ draft, params, ids }) =>
      draft.render(payByHand(draft, ids.id, params)),
    ),
    route("POST", "/v1/invoices/:id/attach_payment", attachable, ({ draft, params, ids }) =>
      draft.render(attachPayment(draft, ids.id, params.payment_intent)),
    ),
    route("POST", "/v1/invoices/:id/send", {}, ({ draft, ids }) => draft.render(sendInvoice(draft, ids.id))),
    route("POST", "/v1/invoices/:id/void", {}, ({ draft, ids }) => draft.render(voidInvoice(draft, ids.id))),
    route("POST", "/v1/invoices/:id/mark_uncollectible", {}, ({ draft, ids }) =>
      draft.render(markUncollectible(draft, ids.id)),
    ),
    route("GET", "/v1/invoices/:id/lines", listParams, ({ draft, params, ids }) => {
      const { id } = draft.get("invoice", ids.id);
      return pageInOrder(draft, linesOf(draft, id), params, `/v1/invoices/${id}/lines`);
    }),
    searches("invoice", "/v1/invoices", SEARCHED),
    route("GET", "/v1/invoices", listable, ({ draft, params }) => listInvoices(draft, params)),
  ],
};

function listPayments(row: InvoiceRow, draft: Draft): Rendered {
  const rows = draft.rows("invoice_payment", { invoice: row.id });
  return pageInOrder(draft, rows, {}, `/v1/invoice_payments?invoice=${row.id}`);
}

function secretOf({ ours }: InvoiceRow, draft: Draft): unknown {
  const intent = ours.paymentIntent ? draft.find("payment_intent", ours.paymentIntent) : null;
  return intent?.client_secret ? { client_secret: intent.client_secret, type: "payment_intent" } : null;
}

function deleteInvoice(draft: Draft, id: string): Rendered {
  const row = draft.get("invoice", id);
  refuseUnless(row, ["draft"], "deleted");
  tell(draft, "invoice.deleted", row);
  deleteDraft(draft, id);
  return { id, object: "invoice", deleted: true };
}

function sendInvoice(draft: Draft, id: string): InvoiceRow {
  const row = draft.get("invoice", id);
  const open = row.status === "draft" ? finalizeInvoice(draft, id) : row;
  refuseUnless(open, ["open"], "sent");
  tell(draft, "invoice.sent", open);
  return open;
}

function listInvoices(draft: Draft, params: ParamsOf<typeof listable>): Rendered {
  const { customer, subscription, status, collection_method: method } = params;
  return listPage(draft, "invoice", params, {
    url: "/v1/invoices",
    by: subscription ? { subscription } : customer ? { customer } : undefined,
    created: params.created,
    keep: (row) =>
      (customer ? row.customer === customer : subscription ? true : row.test_clock === null) &&
      (!status || row.status === status) &&
      (!method || row.collection_method === method) &&
      inRange(row.due_date, params.due_date),
  });
}
