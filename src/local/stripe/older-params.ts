import type { FormBranch, FormTree } from "./read-form";
import { API_VERSION } from "./stored";

/**
 * Requests in the words of an older version of the API, in those of the pinned one. Stripe takes the old words from whoever
 * names an old version, or none; the official client always names its own, and is held to it.
 */
export function inPinnedWords(
  form: FormBranch,
  asked: { method: string; path: string; version: string | undefined },
): FormBranch {
  if (asked.method !== "POST" || asked.version === API_VERSION) return form;
  const rename = renames.find(({ path }) => path.test(asked.path));
  return rename ? rename.change(form, asked.version?.slice(0, 10) ?? "") : form;
}

interface Rename {
  path: RegExp;
  /** `since` is the date of the version that the caller named, or an empty text. */
  change(form: FormBranch, since: string): FormBranch;
}

const renames: readonly Rename[] = [
  // Before 2026-09-30.endive a list of methods, since then a filter of them.
  {
    path: /^\/v1\/(payment_intents|setup_intents|checkout\/sessions)$/,
    change: ({ payment_method_types: types, ...form }) =>
      types === undefined ? form : { ...form, allowed_payment_method_types: types },
  },
  { path: /^\/v1\/invoices$/, change: withPending },
  // Before 2025-09-30.clover a promotion code had its coupon one level up.
  {
    path: /^\/v1\/promotion_codes$/,
    change: ({ coupon, ...form }) => (coupon === undefined ? form : { ...form, promotion: promotion(coupon) }),
  },
];

// Before 2022-08-01 an invoice took everything pending along, and was refused where there was nothing.
function withPending(form: FormBranch, since: string): FormBranch {
  if (since === "" || since >= "2022-08-01") return form;
  return { pending_invoice_items_behavior: "include_and_require", ...form };
}

function promotion(coupon: FormTree): FormBranch {
  return { type: "coupon", coupon };
}
