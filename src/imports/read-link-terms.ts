import { z } from "zod";
import { Refusal } from "../base/refusal";
import { readInput } from "../graphql/read-input";
import type { StripePriceRow } from "../links/catalogue";
import { covers, decideCheckoutPrice } from "../links/decide-checkout-price";
import type { ProductLinkEntity } from "../links/product-link.entity";

/** What may be said of a link: absent leaves, null clears. */
export interface LinkFields {
  priceIds?: string[] | null | undefined;
  checkoutEnabled?: boolean | null | undefined;
  checkoutPriceId?: string | null | undefined;
  offeredPriceIds?: string[] | null | undefined;
  maxQuantity?: number | null | undefined;
  accessDurationDays?: number | null | undefined;
  accessEndsAt?: Date | null | undefined;
  pushName?: boolean | null | undefined;
}

/** What a link says, apart from what it links. */
export type LinkTerms = Pick<
  ProductLinkEntity,
  | "priceIds"
  | "checkoutEnabled"
  | "checkoutPrice"
  | "offeredPriceIds"
  | "maxQuantity"
  | "accessDurationDays"
  | "accessEndsAt"
  | "pushName"
>;

export const usualTerms: LinkTerms = {
  priceIds: [],
  checkoutEnabled: true,
  checkoutPrice: null,
  offeredPriceIds: [],
  maxQuantity: 1,
  accessDurationDays: null,
  accessEndsAt: null,
  pushName: false,
};

/** No name of the product was written to Stripe yet. */
export const noPush: Pick<ProductLinkEntity, "pushedName" | "triedName" | "pushDueAt" | "pushAttempts" | "pushError"> =
  { pushedName: null, triedName: null, pushDueAt: null, pushAttempts: 0, pushError: null };

const PRICES_MAX = 100;
const DAYS_MAX = 36_500;
const QUANTITY_MAX = 999_999;

const linkSchema = z.object({
  priceIds: z.array(z.string()).max(PRICES_MAX, `A link names at most ${PRICES_MAX} prices.`).nullish(),
  offeredPriceIds: z.array(z.string()).max(PRICES_MAX, `A link offers at most ${PRICES_MAX} prices.`).nullish(),
  maxQuantity: z
    .int()
    .min(1, "The maximum is 1 or more.")
    .max(QUANTITY_MAX, `The maximum is at most ${QUANTITY_MAX}.`)
    .nullish(),
  accessDurationDays: z
    .int()
    .min(1, "Access lasts a day at least; leave it out for access without an end.")
    .max(DAYS_MAX, `Access lasts at most ${DAYS_MAX} days; leave it out for access without an end.`)
    .nullish(),
});

/** The terms as they are after the changes, held against the Stripe product as it is now. */
export function readLinkTerms(
  before: LinkTerms,
  fields: LinkFields,
  catalogue: { defaultPrice: string | null; prices: readonly StripePriceRow[] },
  now: Date,
): LinkTerms {
  const { priceIds, offeredPriceIds, maxQuantity, accessDurationDays } = fields;
  readInput(linkSchema, { priceIds, offeredPriceIds, maxQuantity, accessDurationDays });
  const after: LinkTerms = {
    priceIds: priceIds === undefined ? before.priceIds : [...new Set(priceIds ?? [])],
    checkoutEnabled: fields.checkoutEnabled ?? before.checkoutEnabled,
    checkoutPrice: fields.checkoutPriceId === undefined ? before.checkoutPrice : fields.checkoutPriceId,
    offeredPriceIds: offeredPriceIds === undefined ? before.offeredPriceIds : [...new Set(offeredPriceIds ?? [])],
    maxQuantity: maxQuantity === undefined ? before.maxQuantity : (maxQuantity ?? usualTerms.maxQuantity),
    pushName: fields.pushName === undefined ? before.pushName : (fields.pushName ?? usualTerms.pushName),
    ...readDuration(before, fields, now),
  };
  checkPrices(after, fields, catalogue.prices);
  if (fields.checkoutEnabled === true && !decideCheckoutPrice(after, catalogue, catalogue.prices)) {
    throw new Refusal("NO_PRICE", {
      say: "The Stripe product has no price that could be sold; make one in Stripe, or choose one by checkoutPriceId.",
      field: "input.checkoutEnabled",
    });
  }
  return after;
}

/** Whoever names one of the two means it instead of the other. */
function readDuration(
  before: LinkTerms,
  { accessDurationDays: days, accessEndsAt: endsAt }: LinkFields,
  now: Date,
): Pick<LinkTerms, "accessDurationDays" | "accessEndsAt"> {
  if (isSaid(days) && isSaid(endsAt)) {
    throw new Refusal("INVALID_INPUT", {
      say: "Access ends after some days or at a date, not both.",
      field: "input.accessEndsAt",
    });
  }
  if (isSaid(endsAt) && endsAt <= now && endsAt.getTime() !== before.accessEndsAt?.getTime()) {
    throw new Refusal("INVALID_INPUT", { say: "That date is over already.", field: "input.accessEndsAt" });
  }
  if (isSaid(days)) return { accessDurationDays: days, accessEndsAt: null };
  if (isSaid(endsAt)) return { accessDurationDays: null, accessEndsAt: endsAt };
  return {
    accessDurationDays: days === undefined ? before.accessDurationDays : null,
    accessEndsAt: endsAt === undefined ? before.accessEndsAt : null,
  };
}

function checkPrices(terms: LinkTerms, fields: LinkFields, prices: readonly StripePriceRow[]): void {
  // What was named before may be gone since; whoever changes something else is not stopped by it.
  const named = fields.priceIds ? terms.priceIds : [];
  const stranger = named.find((id) => !prices.some((price) => price.id === id));
  if (stranger !== undefined) throw notOfProduct(stranger, "input.priceIds");
  checkOffered(terms, fields, prices);
  const chosen = terms.checkoutPrice;
  if (chosen === null) return;
  const price = prices.find(({ id }) => id === chosen);
  const isNew = isSaid(fields.checkoutPriceId);
  if (isNew && !price) throw notOfProduct(chosen, "input.checkoutPriceId");
  if (!covers(terms, chosen)) {
    throw new Refusal("PRICE_NOT_OF_PRODUCT", {
      say: "Checkout would sell a price that the link does not count: name it among priceIds, or choose another one.",
      field: isNew ? "input.checkoutPriceId" : "input.priceIds",
      details: { price: chosen },
    });
  }
  if (isNew && !price?.active) throw archivedPrice(chosen, "input.checkoutPriceId");
}

/** The public is offered prices of the link only. */
function checkOffered(terms: LinkTerms, fields: LinkFields, prices: readonly StripePriceRow[]): void {
  const named = fields.offeredPriceIds ? terms.offeredPriceIds : [];
  const field = "input.offeredPriceIds";
  const stranger = named.find((id) => !prices.some((price) => price.id === id));
  if (stranger !== undefined) throw notOfProduct(stranger, field);
  const uncovered = terms.offeredPriceIds.find((id) => !covers(terms, id));
  if (uncovered !== undefined) {
    throw new Refusal("PRICE_NOT_OF_PRODUCT", {
      say: "The link would offer a price that it does not count. Name the price among priceIds, or offer others.",
      field: fields.offeredPriceIds ? field : "input.priceIds",
      details: { price: uncovered },
    });
  }
  const archived = named.find((id) => !prices.some((price) => price.id === id && price.active));
  if (archived !== undefined) throw archivedPrice(archived, field);
}

function archivedPrice(price: string, field: string): Refusal {
  return new Refusal("PRICE_INACTIVE", {
    say: "This price is archived in Stripe and can no longer be bought.",
    field,
    details: { price },
  });
}

function notOfProduct(price: string, field: string): Refusal {
  return new Refusal("PRICE_NOT_OF_PRODUCT", {
    say: "The Stripe product has no such price.",
    field,
    details: { price },
  });
}

function isSaid<Value>(value: Value | null | undefined): value is Value {
  return value !== null && value !== undefined;
}
