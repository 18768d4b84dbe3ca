import { API_VERSION } from "../../src/local/stripe/stored";
import type { TableName } from "../../src/local/stripe/tables";
import { check, closeShop, type Shop } from "./billing-kit";

const TABLES: readonly TableName[] = [
  "charge",
  "checkout.session",
  "coupon",
  "discount",
  "dispute",
  "payment_intent",
  "payment_link",
  "payment_method",
  "promotion_code",
  "refund",
  "setup_intent",
];

/** Closes the shop; a test fails when an object of payments, an event or an invoice has not the shape of its type. */
export async function closeSales(shop: Shop): Promise<void> {
  const rendered = shop.simulator.control.act((draft) =>
    TABLES.flatMap((table) => draft.rows(table).map((row) => draft.render(row))),
  );
  // Checking takes its time, in which an idle connection would be closed: so it comes after the last request.
  await closeShop(shop);
  expect([...new Set(rendered.flatMap(check))]).toEqual([]);
}

/** Without it, a caller speaks the words of an older version. */
export const pinned = { "Stripe-Version": API_VERSION };
