import { Arg, Ctx, ID, Query, Resolver } from "type-graphql";
import { activityNode } from "../journal/journal.graphql";
import { grantNode } from "../access/grants.graphql";
import { unclaimedPurchaseNode } from "../access/unclaimed-purchases.graphql";
import { type IdKind, readPublicId } from "../base/ids";
import { Refusal } from "../base/refusal";
import { connectionNode } from "../connections/connection.graphql";
import { Allow, EVERYBODY } from "../graphql/allow";
import type { Context } from "../graphql/context";
import { Node, type NodeKind } from "../graphql/node";
import { jobNode } from "../work/jobs.graphql";
import { apiKeyNode } from "../keys/keys.graphql";
import { customerLinkNode } from "../links/customer-links.graphql";
import { productLinkNode } from "../links/product-links.graphql";
import { productNode } from "../products/products.graphql";
import { resourceNode } from "../resources/resources.graphql";
import { userNode } from "../users/users.graphql";

/** Everything that can be asked for by its id alone. */
const nodes = [
  userNode,
  productNode,
  resourceNode,
  grantNode,
  activityNode,
  apiKeyNode,
  connectionNode,
  productLinkNode,
  customerLinkNode,
  jobNode,
  unclaimedPurchaseNode,
];
const nodeKinds = new Map<IdKind, NodeKind>(nodes.map((node) => [node.kind, node]));

const IDS_MAX = 200;

@Resolver()
export class NodesResolver {
  @Allow(...EVERYBODY)
  @Query(() => Node, {
    nullable: true,
    description: "Anything by its id; null if there is none that this caller may see.",
  })
  node(@Ctx() ctx: Context, @Arg("id", () => ID, { description: "Any id of ours." }) id: string): Promise<Node | null> {
    return findNode(ctx, id);
  }

  @Allow(...EVERYBODY)
  @Query(() => [Node], { nullable: "items", description: "The same for up to 200 ids, in the order asked." })
  async nodes(
    @Ctx() ctx: Context,
    @Arg("ids", () => [ID], { description: "Any ids of ours." }) ids: string[],
  ): Promise<(Node | null)[]> {
    if (ids.length > IDS_MAX) {
      throw new Refusal("LIMIT_EXCEEDED", {
        say: `At most ${IDS_MAX} ids at once.`,
        field: "ids",
        details: { limit: "ids", max: IDS_MAX, actual: ids.length },
      });
    }
    // One that is refused is an error in its own place, and does not take the others with it.
    const found = ids.map((id) => findNode(ctx, id).catch((error: unknown) => error as Node));
    return Promise.all(found);
  }
}

async function findNode(ctx: Context, id: string): Promise<Node | null> {
  const read = readPublicId(id);
  const kind = read && nodeKinds.get(read.kind);
  return kind ? kind.find(ctx, read.uuid) : null;
}
