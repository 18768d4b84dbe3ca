import { type Kind, route } from "../kind";
import { listPage } from "../list-page";
import { mergeMetadata, metadata } from "../metadata";
import { choice, integer, list, listParams, object, type ParamsOf, required, text, timeRange } from "../params";
import { retrieves } from "../standard-routes";
import type { Rendered } from "../stored";
import { type CreditNoteTerms, issueCreditNote, previewCreditNote, voidCreditNote } from "./issue-credit-note";
import { pageInOrder } from "./page-in-order";
import { tell } from "./tell";

const line = object({
  type: required(choice("custom_line_item", "invoice_line_item")),
  invoice_line_item: text(),
  amount: integer({ min: 1 }),
  quantity: integer({ min: 1 }),
  unit_amount: integer({ min: 1 }),
  description: text(),
});
const changeable = { memo: text(), metadata };
const creatable = {
  ...changeable,
  invoice: required(text()),
  amount: integer({ min: 1 }),
  credit_amount: integer({ min: 1 }),
  email_type: choice("credit_note", "none"),
  lines: list(line),
  out_of_band_amount: integer({ min: 1 }),
  reason: choice("duplicate", "fraudulent", "order_change", "product_unsatisfactory"),
  refund_amount: integer({ min: 1 }),
};
const listable = { ...listParams, created: timeRange, customer: text(), invoice: text() };
const PATH = "/v1/credit_notes";

export const creditNote: Kind<"credit_note"> = {
  prefix: "cn",
  idLength: 24,
  indexes: { customer: (row) => row.customer, invoice: (row) => row.invoice },
  expands: { customer: "customer", invoice: "invoice", "refunds.refund": "refund" },
  render: (row, draft) => ({
    ...row,
    lines: pageInOrder(draft, draft.rows("credit_note_line_item", { note: row.id }), {}, `${PATH}/${row.id}/lines`),
  }),
  routes: [
    route("POST", PATH, creatable, ({ draft, params }) => draft.render(issueCreditNote(draft, termsOf(params)))),
    route("GET", `${PATH}/preview`, creatable, ({ draft, params }): Rendered => {
      const { note, lines } = previewCreditNote(draft, termsOf(params));
      return { ...draft.render(note), lines: pageInOrder(draft, lines, {}, `${PATH}/preview/lines`) };
    }),
    route("GET", `${PATH}/preview/lines`, { ...creatable, ...listParams }, ({ draft, params }) =>
      pageInOrder(draft, previewCreditNote(draft, termsOf(params)).lines, params, `${PATH}/preview/lines`),
    ),
    retrieves("credit_note", `${PATH}/:id`),
    route("POST", `${PATH}/:id`, changeable, ({ draft, params, ids }) => {
      const row = draft.get("credit_note", ids.id);
      const memo = params.memo === undefined ? row.memo : params.memo;
      const next = draft.put({ ...row, memo, metadata: mergeMetadata(row.metadata ?? {}, params.metadata) });
      tell(draft, "credit_note.updated", next, draft.render(row));
      return draft.render(next);
    }),
    route("POST", `${PATH}/:id/void`, {}, ({ draft, ids }) => draft.render(voidCreditNote(draft, ids.id))),
    route("GET", `${PATH}/:id/lines`, listParams, ({ draft, params, ids }) => {
      const { id } = draft.get("credit_note", ids.id);
      return pageInOrder(draft, draft.rows("credit_note_line_item", { note: id }), params, `${PATH}/${id}/lines`);
    }),
    route("GET", PATH, listable, ({ draft, params }) => {
      const { customer, invoice } = params;
      return listPage(draft, "credit_note", params, {
        url: PATH,
        by: invoice ? { invoice } : customer ? { customer } : undefined,
        created: params.created,
      });
    }),
  ],
};

function termsOf(params: ParamsOf<typeof creatable>): CreditNoteTerms {
  return {
    invoice: params.invoice,
    lines: params.lines,
    amount: params.amount,
    refundAmount: params.refund_amount,
    creditAmount: params.credit_amount,
    outOfBandAmount: params.out_of_band_amount,
    reason: params.reason ?? null,
    memo: params.memo,
    metadata: mergeMetadata({}, params.metadata),
  };
}

/** Asked for through its note. */
export const creditNoteLine: Kind<"credit_note_line_item"> = {
  prefix: "cnli",
  idLength: 24,
  indexes: { note: (row) => row.ours.note },
  routes: [],
};
