import { type AccountDeps, askAccount } from "../connections/ask-account";
import type { ConnectionEntity } from "../connections/connection.entity";
import type { ProductLinkEntity } from "../links/product-link.entity";
import { listTestClocks } from "../surveys/list-test-clocks";
import { type Walk, planWalks } from "../surveys/plan-walks";
import { type Listed, wantedItem } from "../surveys/read-listed";

interface Linked {
  link: ProductLinkEntity;
  connection: ConnectionEntity;
}

/** The lists of an import. All prices count, archived ones too: whoever bought at them holds the product. */
export async function listLinkWalks(deps: Pick<AccountDeps, "config">, { link, connection }: Linked): Promise<Walk[]> {
  const prices = link.priceIds.length > 0 ? link.priceIds : await listPrices(deps, connection, link.stripeProduct);
  return planWalks({ clocks: await listTestClocks(deps, connection), prices });
}

/** Whether a row counts. A subscription with several of the prices stands in several lists, and counts in one. */
export function isOfLink(row: Listed, link: ProductLinkEntity, walk: Walk): boolean {
  const item = wantedItem(row, [link]);
  return item !== undefined && (walk.price === undefined || item.price === walk.price);
}

async function listPrices(
  deps: Pick<AccountDeps, "config">,
  connection: ConnectionEntity,
  product: string,
): Promise<string[]> {
  return askAccount(deps, connection, async (stripe) => {
    const ids: string[] = [];
    for await (const price of stripe.prices.list({ product, limit: 100 })) ids.push(price.id);
    return ids;
  });
}
