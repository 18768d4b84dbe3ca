import { defineLoader, inOrder } from "../graphql/define-loader";
import type { ProductLinkEntity } from "./product-link.entity";
import { findLinksById, findLinksOfProducts } from "./product-links.store";

/** A link in the viewer's mode, also one that was removed. */
export const linkById = defineLoader<string, ProductLinkEntity | null>(async (ctx, ids) =>
  inOrder(ids, await findLinksById(ctx.db, ctx.identity.mode, ids), (link) => link.id),
);

/** The active links of a product in the viewer's mode, oldest first. */
export const linksOfProduct = defineLoader<string, ProductLinkEntity[]>(async (ctx, productIds) => {
  const links = await findLinksOfProducts(ctx.db, ctx.identity.mode, productIds);
  return productIds.map((id) => links.filter((link) => link.productId === id));
});
