import { mayAct } from "../graphql/allow";
import type { Context } from "../graphql/context";
import { connectionById } from "../connections/connections.loader";
import type { ConnectionEntity } from "../connections/connection.entity";
import { keptPrices, keptProduct } from "./catalogue.loader";
import {
  type Audience,
  type Offer,
  type PurchaseOption,
  type Sold,
  decidePurchaseOptions,
} from "./decide-purchase-options";
import type { ProductLinkEntity } from "./product-link.entity";
import { linksOfProduct } from "./product-links.loader";

type SoldProduct = Sold & { uuid: string };

/** A link of the product with everything that is known of its sale. */
export interface FoundOffer extends Offer {
  link: ProductLinkEntity;
  connection: ConnectionEntity;
}

/** What is for sale of a product, as this caller may see it: from our own rows, for it is asked with every denial. */
export function listPurchaseOptions(ctx: Context, product: SoldProduct): Promise<PurchaseOption<FoundOffer>[]> {
  const { role } = ctx.identity;
  return listFor(ctx, product, { sells: mayAct(role, ["ADMIN"]), isPublic: !mayAct(role, ["READ"]) });
}

/** Whether a visitor whom nobody knows can buy the product, whoever asks. */
export async function isOfferedToVisitors(ctx: Context, product: SoldProduct): Promise<boolean> {
  return (await listFor(ctx, product, { sells: false, isPublic: true })).length > 0;
}

async function listFor(ctx: Context, product: SoldProduct, audience: Audience): Promise<PurchaseOption<FoundOffer>[]> {
  return decidePurchaseOptions(product, await loadOffers(ctx, product), audience);
}

async function loadOffers(ctx: Context, product: SoldProduct): Promise<FoundOffer[]> {
  const links = product.purchaseMethod === "NONE" ? [] : await ctx.load(linksOfProduct, product.uuid);
  const offers = await Promise.all(links.map((link) => offerOf(ctx, link)));
  return offers.filter((offer) => offer !== null);
}

async function offerOf(ctx: Context, link: ProductLinkEntity): Promise<FoundOffer | null> {
  const key = { connectionId: link.connectionId, id: link.stripeProduct };
  const [connection, product, prices] = await Promise.all([
    ctx.load(connectionById, link.connectionId),
    ctx.load(keptProduct, key),
    ctx.load(keptPrices, key),
  ]);
  return connection && { link, connection, product, prices };
}
