import { ProductLinkEntity } from "../links/product-link.entity";
import { noPush } from "./read-link-terms";

/** A link that there is not, as the input of a job keeps it: moments are texts. */
export type ProposedLink = Omit<ProductLinkEntity, MomentName | OfferName> &
  Partial<Pick<ProductLinkEntity, OfferName>> &
  Record<MomentName, string | null>;

/** A job that an older version wrote names none of them. */
type OfferName = "maxQuantity" | "offeredPriceIds" | "pushName" | Exclude<keyof typeof noPush, MomentName>;

type MomentName = "accessEndsAt" | "createdAt" | "updatedAt" | "removedAt" | "pushDueAt";

export function formatProposedLink(link: ProductLinkEntity): ProposedLink {
  const { accessEndsAt, createdAt, updatedAt } = link;
  return {
    ...link,
    accessEndsAt: accessEndsAt && accessEndsAt.toISOString(),
    createdAt: createdAt.toISOString(),
    updatedAt: updatedAt.toISOString(),
    removedAt: null,
    pushDueAt: null,
  };
}

export function readProposedLink({ accessEndsAt, createdAt, updatedAt, ...link }: ProposedLink): ProductLinkEntity {
  return Object.assign(new ProductLinkEntity(), {
    offeredPriceIds: [],
    maxQuantity: 1,
    pushName: false,
    ...noPush,
    ...link,
    accessEndsAt: accessEndsAt === null ? null : new Date(accessEndsAt),
    createdAt: new Date(createdAt ?? 0),
    updatedAt: new Date(updatedAt ?? 0),
    removedAt: null,
    pushDueAt: null,
  });
}
