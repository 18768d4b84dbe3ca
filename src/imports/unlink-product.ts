import { countLiveSubscriptions } from "../access/link-subscriptions.store";
import { type Preview, previewPlan } from "../access/preview-plan";
import { replanSoon } from "../access/replan-soon";
import { readPublicIdOf } from "../base/ids";
import { Refusal } from "../base/refusal";
import type { Reader } from "../database/db";
import type { Deps, Identity } from "../graphql/context";
import type { ProductLinkEntity } from "../links/product-link.entity";
import { findLinksById, linkNotFound, lockLinks, lockProductLink } from "../links/product-links.store";
import { writeLink } from "./write-link";

export type UnlinkStrategy = "REFUSE_IF_ACTIVE" | "KEEP_GRANTS" | "END_GRANTS";

export interface UnlinkInput {
  link: string;
  strategy?: UnlinkStrategy | null | undefined;
  dryRun?: boolean | null | undefined;
}

/**
 * Ends a link. What happens to those who hold something by it is the caller's choice; unless they choose, nobody loses
 * anything, and subscriptions that go on are a reason to refuse. Nobody's money is touched.
 */
export async function unlinkProduct(deps: Deps & { identity: Identity }, input: UnlinkInput): Promise<Preview> {
  const strategy = input.strategy ?? "REFUSE_IF_ACTIVE";
  const id = readPublicIdOf("link", input.link);
  const [found] = id === null ? [] : await findLinksById(deps.db, deps.identity.mode, [id]);
  if (!found || found.state === "REMOVED") throw linkNotFound();
  if (strategy === "REFUSE_IF_ACTIVE") await refuseActive(deps.db, found);
  const now = deps.clock.now();
  const unlinked = (link: ProductLinkEntity): ProductLinkEntity => ({
    ...link,
    state: strategy === "END_GRANTS" ? "REMOVED" : "KEEPING",
    updatedAt: now,
    removedAt: now,
  });
  const preview = await previewPlan(deps, {
    filter: { connectionId: found.connectionId, stripeProduct: found.stripeProduct },
    changeLinks: (links) =>
      links.map((link) => (link.id === found.id ? unlinked(link) : link)).filter((link) => link.state !== "REMOVED"),
  });
  if (input.dryRun) return preview;
  await deps.db.transaction(async (tx) => {
    await lockLinks(tx, found.connectionId);
    const before = await lockProductLink(tx, found.id);
    if (strategy === "REFUSE_IF_ACTIVE") await refuseActive(tx, before);
    await writeLink(tx, deps.identity, { before, after: unlinked(before), catalogue: null });
  });
  await replanSoon(deps);
  return preview;
}

async function refuseActive(db: Reader, link: ProductLinkEntity): Promise<void> {
  const [count] = await countLiveSubscriptions(db, [link.id]);
  const { subscriptions = 0, people = 0 } = count ?? {};
  if (subscriptions === 0) return;
  throw new Refusal("ACTIVE_SUBSCRIPTIONS", {
    say:
      `${subscriptions} subscriptions of ${people} people are going on. KEEP_GRANTS lets them keep what they have, ` +
      "END_GRANTS takes it from them. Neither cancels anything in Stripe.",
    field: "input.strategy",
    details: { subscriptions, people },
  });
}
