import type { Mode } from "../base/mode";
import type { Reader } from "../database/db";
import { findLinksOfUsers } from "../links/customer-links.store";
import { findUsersById } from "../users/users.store";
import { findAccountsOfMode } from "./accounts.store";
import { hashTrial } from "./hash-removal";
import { removalKeyOf } from "./removal-key";
import { countMarkedTrials } from "./removal-markers.store";

/** How many trials of these Stripe products were used by removed users with the same address or customer. */
export async function countRemovedTrials(
  db: Reader,
  { userId, mode, stripeProducts }: { userId: string; mode: Mode; stripeProducts: readonly string[] },
): Promise<number> {
  const key = await removalKeyOf(db);
  if (!key) return 0;
  const [user] = await findUsersById(db, [userId]);
  const links = (await findLinksOfUsers(db, [userId], { mode })).filter(({ active }) => active);
  const accounts = await findAccountsOfMode(db, mode);
  const hashes = [...accounts].flatMap(([connectionId, account]) => {
    const customers = links.filter((link) => link.connectionId === connectionId).map(({ customer }) => customer);
    const buyers = [user?.emailKey ?? [], customers].flat();
    return stripeProducts.flatMap((product) => buyers.map((buyer) => hashTrial(key, account, product, buyer)));
  });
  return countMarkedTrials(db, hashes);
}
