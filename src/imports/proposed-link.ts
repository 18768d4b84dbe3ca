import { ProductLinkEntity } from "../links/product-link.entity";

/** A link that there is not, as the input of a job keeps it: moments are texts. */
export type ProposedLink = Omit<ProductLinkEntity, MomentName | OfferName> &
  Partial<Pick<ProductLinkEntity, OfferName>> &
  Record<MomentName, string | null>;

/** A job that an older version wrote names none of them. */
type OfferName = "maxQuantity" | "offeredPriceIds";

type MomentName = "accessEndsAt" | "createdAt" | "updatedAt" | "removedAt";

export function formatProposedLink(link: ProductLinkEntity): ProposedLink {
  const { accessEndsAt, createdAt, updatedAt } = link;
  return {
    ...link,
    accessEndsAt: accessEndsAt && accessEndsAt.toISOString(),
    createdAt: createdAt.toISOString(),
    updatedAt: updatedAt.toISOString(),
    removedAt: null,
  };
}

export function readProposedLink({ accessEndsAt, createdAt, updatedAt, ...link }: ProposedLink): ProductLinkEntity {
  return Object.assign(new ProductLinkEntity(), {
    offeredPriceIds: [],
    maxQuantity: 1,
    ...link,
    accessEndsAt: accessEndsAt === null ? null : new Date(accessEndsAt),
    createdAt: new Date(createdAt ?? 0),
    updatedAt: new Date(updatedAt ?? 0),
    removedAt: null,
  });
}
