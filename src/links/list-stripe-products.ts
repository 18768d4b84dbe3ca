import type Stripe from "stripe";
import type { ListOrder, Page, PageRequest } from "../base/page";
import { Refusal } from "../base/refusal";
import { type AccountDeps, askAccount } from "../connections/ask-account";
import type { ConnectionEntity } from "../connections/connection.entity";
import type { StripeProductRow } from "./catalogue";
import { drawObservation } from "./observations.store";
import { readStripeProduct } from "./read-catalogue";

export interface StripeProductFilter {
  search?: string | null | undefined;
  active?: boolean | null | undefined;
}

/** As Stripe lists them: newest first. */
export const stripeProductOrder: ListOrder = {
  list: "stripeProducts",
  columns: [{ sql: "id", type: "text" }],
  newestFirst: true,
};

const STRIPE_PAGE = 100;

/**
 * The account's own products. Stripe's search does not know what was made a moment ago, and is missing in some countries,
 * so its list is read on until the page is full, however far down the matches are.
 */
export async function listStripeProducts(
  deps: AccountDeps,
  connection: ConnectionEntity,
  filter: StripeProductFilter,
  page: PageRequest,
): Promise<Page<StripeProductRow>> {
  const seen = { connectionId: connection.id, observation: await drawObservation(deps.db) };
  const after = page.after?.[0] ?? null;
  const found = await take(deps, connection, filter, after, page.limit + 1);
  return {
    rows: found.slice(0, page.limit).map((product) => ({
      row: readStripeProduct(product, seen),
      position: [product.id],
    })),
    hasNext: found.length > page.limit,
    hasPrevious: after !== null,
    count: async () => (await take(deps, connection, filter, null, Infinity)).length,
  };
}

function take(
  deps: AccountDeps,
  connection: ConnectionEntity,
  filter: StripeProductFilter,
  after: string | null,
  wanted: number,
): Promise<Stripe.Product[]> {
  const isWanted = matcherOf(filter.search);
  return askAccount(deps, connection, async (stripe) => {
    const found: Stripe.Product[] = [];
    const listed = stripe.products.list({
      limit: STRIPE_PAGE,
      ...(isSaid(filter.active) ? { active: filter.active } : {}),
      ...(after === null ? {} : { starting_after: after }),
    });
    for await (const product of listed) {
      if (isWanted(product)) found.push(product);
      if (found.length >= wanted) break;
    }
    return found;
  }).catch((error: unknown) => {
    throw after === null ? error : (staleCursor(error) ?? error);
  });
}

function matcherOf(search: string | null | undefined): (product: Stripe.Product) => boolean {
  const text = search?.trim().toLowerCase() ?? "";
  if (text === "") return () => true;
  return ({ id, name, description }) =>
    [id, name, description ?? ""].some((where) => where.toLowerCase().includes(text));
}

/** The product where the last page ended was deleted in Stripe since. */
function staleCursor(error: unknown): Refusal | null {
  if (!(error instanceof Refusal) || error.code !== "STRIPE_REFUSED") return null;
  return new Refusal("INVALID_INPUT", {
    say: "The Stripe product at this cursor is gone; begin again without a cursor.",
    field: "after",
    cause: error,
  });
}

function isSaid<Value>(value: Value | null | undefined): value is Value {
  return value !== null && value !== undefined;
}
