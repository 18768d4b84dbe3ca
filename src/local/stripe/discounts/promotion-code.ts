import type { Draft } from "../draft";
import { type Kind, route } from "../kind";
import { listPage } from "../list-page";
import { mergeMetadata, metadata } from "../metadata";
import { bool, choice, integer, listParams, object, type ParamsOf, required, text, timeRange } from "../params";
import { invalid, missingParam } from "../refuse";
import { retrieves } from "../standard-routes";
import type { Rendered } from "../stored";
import type { PromotionCodeRow } from "./new-coupon";
import { isActive } from "./redeem-coupon";

const creatable = {
  active: bool(),
  code: text(500),
  customer: text(),
  expires_at: integer(),
  max_redemptions: integer({ min: 1 }),
  metadata,
  promotion: required(object({ coupon: text(), type: required(choice("coupon")) })),
  restrictions: object({
    first_time_transaction: bool(),
    minimum_amount: integer({ min: 1 }),
    minimum_amount_currency: text(3),
  }),
};
const changeable = { active: bool(), metadata };
const listable = {
  ...listParams,
  active: bool(),
  code: text(),
  coupon: text(),
  created: timeRange,
  customer: text(),
};

export const promotionCode: Kind<"promotion_code"> = {
  prefix: "promo",
  idLength: 24,
  indexes: { code: (row) => row.code.toLowerCase(), coupon: (row) => row.promotion.coupon },
  expands: { customer: "customer", "promotion.coupon": "coupon" },
  render: (row, draft) => ({ ...row, active: isUsable(draft, row) }),
  routes: [
    route("POST", "/v1/promotion_codes", creatable, ({ draft, params }) => createCode(draft, params)),
    retrieves("promotion_code", "/v1/promotion_codes/:id"),
    route("POST", "/v1/promotion_codes/:id", changeable, ({ draft, params, ids }) => updateCode(draft, ids.id, params)),
    route("GET", "/v1/promotion_codes", listable, ({ draft, params }) => listCodes(draft, params)),
  ],
};

// It is inactive as soon as nobody can redeem it, whatever its owner set.
function isUsable(draft: Draft, row: PromotionCodeRow): boolean {
  const { coupon } = row.promotion;
  return isActive(row, coupon ? draft.find("coupon", coupon) : null, draft.now);
}

function createCode(draft: Draft, params: ParamsOf<typeof creatable>): Rendered {
  const { coupon } = params.promotion;
  if (!coupon) throw invalid("Missing required param: promotion[coupon].", { param: "promotion[coupon]" });
  draft.get("coupon", coupon, "promotion[coupon]");
  if (params.expires_at && params.expires_at <= draft.now) {
    throw invalid("The time at which a code expires must be in the future.", { param: "expires_at" });
  }
  const code = params.code ?? draft.newLetters(8).toUpperCase();
  if (!/^[\w-]+$/.test(code)) throw invalid("A code holds letters, digits and dashes.", { param: "code" });
  refuseTaken(draft, code, params.customer ?? null);
  const row = draft.put<PromotionCodeRow>({
    id: draft.newId("promotion_code"),
    object: "promotion_code",
    active: params.active ?? true,
    code,
    created: draft.now,
    customer: params.customer ? draft.get("customer", params.customer, "customer").id : null,
    customer_account: null,
    expires_at: params.expires_at ?? null,
    livemode: false,
    max_redemptions: params.max_redemptions ?? null,
    metadata: mergeMetadata({}, params.metadata),
    promotion: { coupon, type: "coupon" },
    restrictions: fullRestrictions(params.restrictions),
    times_redeemed: 0,
  });
  const rendered = draft.render(row);
  draft.emit("promotion_code.created", rendered);
  return rendered;
}

function fullRestrictions(given: ParamsOf<typeof creatable>["restrictions"]): PromotionCodeRow["restrictions"] {
  if (given?.minimum_amount && !given.minimum_amount_currency) {
    throw missingParam("restrictions[minimum_amount_currency]");
  }
  return {
    first_time_transaction: given?.first_time_transaction ?? false,
    minimum_amount: given?.minimum_amount ?? null,
    minimum_amount_currency: given?.minimum_amount_currency?.toLowerCase() ?? null,
  };
}

// One word means one thing at a time, whatever its case; an inactive code gives its word free.
function refuseTaken(draft: Draft, code: string, customer: string | null): void {
  const taken = draft
    .rows("promotion_code", { code: code.toLowerCase() })
    .some((row) => isUsable(draft, row) && (row.customer === customer || row.customer === null));
  if (taken) throw invalid(`An active promotion code with \`code: ${code}\` already exists.`, { param: "code" });
}

function updateCode(draft: Draft, id: string, params: ParamsOf<typeof changeable>): Rendered {
  const row = draft.get("promotion_code", id);
  const before = draft.render(row);
  if (params.active && !row.active) refuseTaken(draft, row.code, row.customer);
  const next = { ...row, active: params.active ?? row.active };
  const after = draft.render(draft.put({ ...next, metadata: mergeMetadata(row.metadata ?? {}, params.metadata) }));
  draft.emit("promotion_code.updated", after, { before });
  return after;
}

function listCodes(draft: Draft, params: ParamsOf<typeof listable>): Rendered {
  const { active, code, coupon, created, customer } = params;
  return listPage(draft, "promotion_code", params, {
    url: "/v1/promotion_codes",
    by: code ? { code: code.toLowerCase() } : coupon ? { coupon } : undefined,
    keep: (row) =>
      (active ?? null) === null || active === isUsable(draft, row)
        ? (!coupon || row.promotion.coupon === coupon) && (!customer || row.customer === customer)
        : false,
    created,
  });
}
