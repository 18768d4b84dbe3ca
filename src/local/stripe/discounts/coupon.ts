import type { Draft } from "../draft";
import { type Kind, route } from "../kind";
import { listPage } from "../list-page";
import { mergeMetadata, metadata } from "../metadata";
import { choice, decimal, integer, list, listParams, object, type ParamsOf, text, timeRange } from "../params";
import { invalid } from "../refuse";
import { retrieves } from "../standard-routes";
import type { Rendered } from "../stored";
import { type CouponRow, isValid } from "./new-coupon";

const creatable = {
  amount_off: integer({ min: 1 }),
  applies_to: object({ products: list(text()) }),
  currency: text(3),
  duration: choice("forever", "once", "repeating"),
  duration_in_months: integer({ min: 1 }),
  id: text(200),
  max_redemptions: integer({ min: 1 }),
  metadata,
  name: text(40),
  percent_off: decimal(),
  redeem_by: integer(),
};
const changeable = { metadata, name: text(40) };
const listable = { ...listParams, created: timeRange };

export const coupon: Kind<"coupon"> = {
  prefix: "coupon",
  idLength: 14,
  includes: { applies_to: (row) => row.applies_to ?? { products: [] } },
  render: ({ applies_to: _onlyWhenAsked, ...row }, draft) => ({ ...row, valid: isValid(row, draft.now) }),
  routes: [
    route("POST", "/v1/coupons", creatable, ({ draft, params }) => createCoupon(draft, params)),
    retrieves("coupon", "/v1/coupons/:id"),
    route("POST", "/v1/coupons/:id", changeable, ({ draft, params, ids }) => updateCoupon(draft, ids.id, params)),
    route("DELETE", "/v1/coupons/:id", {}, ({ draft, ids }) => deleteCoupon(draft, ids.id)),
    route("GET", "/v1/coupons", listable, ({ draft, params }) =>
      listPage(draft, "coupon", params, { url: "/v1/coupons", created: params.created }),
    ),
  ],
};

function createCoupon(draft: Draft, params: ParamsOf<typeof creatable>): Rendered {
  const terms = readTerms(params);
  if (params.redeem_by && params.redeem_by <= draft.now) {
    throw invalid("The time by which a coupon must be redeemed has to be in the future.", { param: "redeem_by" });
  }
  const id = params.id ?? draft.newLetters(8);
  if (draft.find("coupon", id)) {
    throw invalid("Coupon already exists.", { code: "resource_already_exists", param: "id" });
  }
  const row = draft.put<CouponRow>({
    id,
    object: "coupon",
    ...terms,
    ...(params.applies_to ? { applies_to: { products: params.applies_to.products ?? [] } } : {}),
    created: draft.now,
    livemode: false,
    max_redemptions: params.max_redemptions ?? null,
    metadata: mergeMetadata({}, params.metadata),
    name: params.name ?? null,
    redeem_by: params.redeem_by ?? null,
    times_redeemed: 0,
    valid: true,
  });
  const rendered = draft.render(row);
  draft.emit("coupon.created", rendered);
  return rendered;
}

type Terms = Pick<CouponRow, "amount_off" | "currency" | "duration" | "duration_in_months" | "percent_off">;

function readTerms(params: ParamsOf<typeof creatable>): Terms {
  const { amount_off: amount = null, currency, duration, duration_in_months: months = null, percent_off } = params;
  const percent = percent_off ? Number(percent_off) : null;
  if ((amount === null) === (percent === null)) {
    throw invalid("You must pass exactly one of percent_off and amount_off.", { param: "percent_off" });
  }
  if (percent !== null && (percent <= 0 || percent > 100)) {
    throw invalid("percent_off must be greater than 0 and at most 100.", { param: "percent_off" });
  }
  if (amount !== null && !currency) throw invalid("Missing required param: currency.", { param: "currency" });
  if ((duration === "repeating") !== (months !== null)) {
    throw invalid("duration_in_months is for coupons whose duration is repeating, and only for them.", {
      param: "duration_in_months",
    });
  }
  return {
    amount_off: amount,
    currency: amount === null ? null : (currency?.toLowerCase() ?? null),
    duration: duration ?? "once",
    duration_in_months: months,
    percent_off: percent,
  };
}

function updateCoupon(draft: Draft, id: string, params: ParamsOf<typeof changeable>): Rendered {
  const row = draft.get("coupon", id);
  const before = draft.render(row);
  const { name } = params;
  const next = { ...row, name: name === undefined ? row.name : name };
  const after = draft.render(draft.put({ ...next, metadata: mergeMetadata(row.metadata ?? {}, params.metadata) }));
  draft.emit("coupon.updated", after, { before });
  return after;
}

// Who has the discount keeps it; nobody can redeem it again.
function deleteCoupon(draft: Draft, id: string): Rendered {
  const last = draft.render(draft.get("coupon", id));
  const gone = draft.remove("coupon", id);
  draft.emit("coupon.deleted", last);
  return { ...gone };
}
