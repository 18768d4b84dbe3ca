import { ProductLinkEntity } from "../links/product-link.entity";

/** A link that there is not, as the input of a job keeps it: moments are texts. */
export type ProposedLink = Omit<ProductLinkEntity, MomentName> & Record<MomentName, string | null>;

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
    ...link,
    accessEndsAt: accessEndsAt === null ? null : new Date(accessEndsAt),
    createdAt: new Date(createdAt ?? 0),
    updatedAt: new Date(updatedAt ?? 0),
    removedAt: null,
  });
}
