import type { SourceFacts } from "../access/fact";
import type { Policy } from "../access/policy";
import type { Mode } from "../base/mode";
import type { ConnectionStatus } from "../connections/connection.entity";
import type { ProductLinkState } from "../links/product-link.entity";
import { decidePurchaseSteps } from "./decide-purchase-steps";
import { type ChainStep, failed, passed } from "./chain-step";
import { type FixNames, forEverybody, formatCall, formatGrantFix } from "./format-fix";

export interface ChainConnection {
  id: string;
  account: string;
  status: ConnectionStatus;
}

export interface ChainLink {
  /** The public id. */
  id: string;
  connectionId: string;
  stripeProduct: string;
  priceIds: readonly string[];
  state: ProductLinkState;
  accessDurationDays: number | null;
  accessEndsAt: Date | null;
}

export interface ChainCustomer {
  connectionId: string;
  customer: string;
  active: boolean;
  dead: boolean;
}

/** Everything between a person's payment and a product, in the mode of the caller alone. */
export interface Chain {
  names: FixNames;
  mode: Mode;
  connections: readonly ChainConnection[];
  /** Links of the product and of the live bundles that include it. */
  links: readonly ChainLink[];
  /** Whether the other mode has a link. No id of that mode is told. */
  isLinkedInOtherMode: boolean;
  customers: readonly ChainCustomer[];
  /** The subscriptions and orders of the user. */
  sources: readonly SourceFacts[];
  /** Purchases that belong to nobody and may be this user's. */
  candidates: readonly SourceFacts[];
  /** Stripe products, by connection and id, that some product is linked to. */
  linkedStripeProducts: ReadonlySet<string>;
  policy: Policy;
  now: Date;
}

/** From the account to the purchase: the first link that is broken is the last step. */
export function decideChain(chain: Chain): ChainStep[] {
  const steps: ChainStep[] = [];
  for (const decideStep of [connectedStep, linkedStep, customerStep]) {
    const step = decideStep(chain);
    steps.push(step);
    if (!step.ok) return steps;
  }
  return [...steps, ...decidePurchaseSteps(chain)];
}

function connectedStep({ connections, mode }: Chain): ChainStep {
  const check = "Stripe is connected";
  const usable = connections.filter(isUsable);
  if (usable.length > 0) return passed(check, `Connected in ${mode} mode: ${accounts(usable)}.`);
  const detail =
    connections.length > 0
      ? `Disconnected: ${accounts(connections)}.`
      : `No Stripe account is connected in ${mode} mode.`;
  return failed(check, detail, CONNECT);
}

const CONNECT = forEverybody("connectStripe", "whose purchases are in that account", {
  hasDryRun: false,
});

function linkedStep(chain: Chain): ChainStep {
  const check = "the product is linked";
  const active = chain.links.filter((link) => link.state !== "REMOVED");
  const usable = new Map(chain.connections.filter(isUsable).map((each) => [each.id, each]));
  const here = active.filter((link) => usable.has(link.connectionId));
  if (here.length > 0) return passed(check, `Linked to ${here.map((link) => link.stripeProduct).join(", ")}.`);
  const [inactive] = active;
  if (inactive) {
    const account = chain.connections.find((each) => each.id === inactive.connectionId)?.account ?? "an account";
    const detail = `Wrong account: it is linked to ${inactive.stripeProduct} of ${account}, which is disconnected.`;
    return failed(check, detail, CONNECT, inactive.stripeProduct);
  }
  const detail = chain.isLinkedInOtherMode
    ? "Wrong mode: the product is linked in the other mode only."
    : "Neither the product nor a live bundle that includes it is linked to Stripe.";
  const unlinked = findUnlinked(chain);
  if (!unlinked) return failed(check, `${detail} No purchase opens it.`, formatGrantFix(chain.names));
  return failed(
    check,
    `${detail} The user holds ${unlinked.stripeProduct}, which no product is linked to.`,
    forEverybody(
      formatCall("linkProduct", { product: chain.names.product, stripeProductId: unlinked.stripeProduct }),
      `who holds ${unlinked.stripeProduct}`,
      { hasDryRun: true },
    ),
    unlinked.source,
  );
}

/** Something of the user's that no product is linked to: linking it may be what was forgotten. */
function findUnlinked({ sources, linkedStripeProducts }: Chain): { source: string; stripeProduct: string } | null {
  for (const { source, connectionId, items } of sources) {
    const item = items.find(({ stripeProduct }) => !linkedStripeProducts.has(`${connectionId} ${stripeProduct}`));
    if (item) return { source, stripeProduct: item.stripeProduct };
  }
  return null;
}

function customerStep(chain: Chain): ChainStep {
  const check = "the user is known to Stripe";
  const { names, connections, customers, links, sources, candidates } = chain;
  const linkedIn = new Set(links.filter((link) => link.state !== "REMOVED").map((link) => link.connectionId));
  const isThere = ({ connectionId }: { connectionId: string }) => linkedIn.has(connectionId);
  const mine = customers.find((each) => (each.active || each.dead) && isThere(each));
  if (mine) {
    return passed(check, `The user is ${mine.customer}${mine.dead ? ", deleted in Stripe" : ""}.`, mine.customer);
  }
  // A guest has no customer and bought all the same.
  if (sources.some(isThere)) return passed(check, "The user bought as a guest.");
  if (candidates.some(isThere)) return passed(check, "A purchase that belongs to nobody may be the user's.");
  const other = customers.find((each) => each.active);
  const fix = `${formatGrantFix(names)}, a purchase, or linkCustomer with the customer that the user pays as`;
  if (!other) return failed(check, "No customer: the user is linked to none in this account.", fix);
  const account = connections.find((each) => each.id === other.connectionId)?.account ?? "another account";
  return failed(check, `Wrong account: the user is ${other.customer} of ${account}.`, fix, other.customer);
}

function isUsable({ status }: ChainConnection): boolean {
  return status !== "DISCONNECTED";
}

function accounts(connections: readonly ChainConnection[]): string {
  return connections.map((each) => each.account).join(", ");
}
