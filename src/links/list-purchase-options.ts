import { mayAct } from "../graphql/allow";
import type { Context } from "../graphql/context";
import { connectionById } from "../connections/connections.loader";
import { keptPrices, keptProduct } from "./catalogue.loader";
import { type Offer, type PurchaseOption, type Sold, decidePurchaseOptions } from "./decide-purchase-options";
import type { ProductLinkEntity } from "./product-link.entity";
import { linksOfProduct } from "./product-links.loader";

/** What is for sale of a product, as this caller may see it: from our own rows, for it is asked with every denial. */
export async function listPurchaseOptions(ctx: Context, product: Sold & { uuid: string }): Promise<PurchaseOption[]> {
  const { role } = ctx.identity;
  const audience = { sells: mayAct(role, ["ADMIN"]), isPublic: !mayAct(role, ["READ"]) };
  const sellsHere = product.purchaseMethod === "CHECKOUT" || product.purchaseMethod === "SALES_PAGE";
  const links = sellsHere ? await ctx.load(linksOfProduct, product.uuid) : [];
  const offers = await Promise.all(links.map((link) => offerOf(ctx, link)));
  return decidePurchaseOptions(
    product,
    offers.filter((offer) => offer !== null),
    audience,
  );
}

async function offerOf(ctx: Context, link: ProductLinkEntity): Promise<Offer | null> {
  const key = { connectionId: link.connectionId, id: link.stripeProduct };
  const [connection, product, prices] = await Promise.all([
    ctx.load(connectionById, link.connectionId),
    ctx.load(keptProduct, key),
    ctx.load(keptPrices, key),
  ]);
  return connection && { link, connection, product, prices };
}
