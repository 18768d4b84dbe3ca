import type { Mode } from "../base/mode";
import type { ConnectionStatus } from "../connections/connection.entity";
import type { ProductLinkState } from "../links/product-link.entity";
import type { SourceFacts } from "../access/fact";
import { type Life, planLife } from "../access/plan-life";
import type { Policy } from "../access/policy";

export interface ChainConnection {
  id: string;
  account: string;
  mode: Mode;
  status: ConnectionStatus;
}

export interface ChainLink {
  connectionId: string;
  stripeProduct: string;
  priceIds: readonly string[];
  state: ProductLinkState;
}

export interface ChainCustomer {
  connectionId: string;
  customer: string;
  active: boolean;
  dead: boolean;
}

/** Everything between a person's payment and a product. */
export interface Chain {
  mode: Mode;
  connections: readonly ChainConnection[];
  /** Of the product and of the bundles that include it. */
  links: readonly ChainLink[];
  customers: readonly ChainCustomer[];
  sources: readonly SourceFacts[];
  policy: Policy;
  now: Date;
}

export interface ChainStep {
  check: string;
  ok: boolean;
  detail: string;
  stripeObject: string | null;
  fix: string | null;
}

/** From the account to the purchase: the first link that is broken is the last that is told. */
export function decideChain(chain: Chain): ChainStep[] {
  const steps: ChainStep[] = [];
  for (const look of [connected, linked, known, bought]) {
    const step = look(chain);
    steps.push(step);
    if (!step.ok) return steps;
  }
  return [...steps, ...holdings(chain).map((source) => standing(source, chain))];
}

function connected({ connections, mode }: Chain): ChainStep {
  const check = "Stripe is connected";
  const here = connections.filter((each) => each.mode === mode);
  const usable = here.filter((each) => each.status !== "DISCONNECTED");
  if (usable.length > 0) return good(check, `Connected in ${mode} mode: ${accounts(usable)}.`);
  if (here.length > 0) return bad(check, `Disconnected: ${accounts(here)}.`, "connectStripe");
  const elsewhere = connections.length > 0 ? ` ${accounts(connections)} is connected in the other mode.` : "";
  return bad(check, `No Stripe account is connected in ${mode} mode.${elsewhere}`, "connectStripe");
}

function linked({ connections, links, mode }: Chain): ChainStep {
  const check = "the product is linked";
  const active = links.filter((link) => link.state === "ACTIVE");
  const of = (link: ChainLink) => connections.find((each) => each.id === link.connectionId);
  const here = active.filter((link) => of(link)?.mode === mode && of(link)?.status !== "DISCONNECTED");
  const names = here.map((link) => link.stripeProduct);
  if (here.length > 0) return good(check, `Linked to ${names.join(", ")}.`);
  const inMode = active.find((link) => of(link)?.mode === mode);
  if (inMode) {
    const detail = `Wrong account: it is linked to ${inMode.stripeProduct} of ${of(inMode)?.account ?? "an account"}, which is disconnected.`;
    return bad(check, detail, "connectStripe, or linkProduct", inMode.stripeProduct);
  }
  const [other] = active;
  if (other) {
    const detail = `Wrong mode: it is linked to ${other.stripeProduct} in ${of(other)?.mode ?? "the other"} mode only.`;
    return bad(check, detail, "linkProduct", other.stripeProduct);
  }
  return bad(check, "Neither the product nor a bundle that includes it is linked to Stripe.", "linkProduct");
}

function known(chain: Chain): ChainStep {
  const { connections, customers, links, mode, sources } = chain;
  const check = "the user is known to Stripe";
  const linkedIn = new Set(links.filter((link) => link.state === "ACTIVE").map((link) => link.connectionId));
  const of = (customer: ChainCustomer) => connections.find((each) => each.id === customer.connectionId);
  const here = customers.filter((each) => (each.active || each.dead) && linkedIn.has(each.connectionId));
  const [mine] = here.filter((each) => of(each)?.mode === mode);
  if (mine) return good(check, `The user is ${mine.customer}${mine.dead ? ", deleted in Stripe" : ""}.`, mine.customer);
  // A guest has no customer, and bought all the same.
  if (sources.some((source) => linkedIn.has(source.connectionId))) return good(check, "The user bought as a guest.");
  const [other] = customers.filter((each) => each.active);
  if (other) {
    const place = of(other)?.mode === mode ? "account" : "mode";
    const where = `${of(other)?.account ?? "another account"} in ${of(other)?.mode ?? mode} mode`;
    return bad(check, `Wrong ${place}: the user is ${other.customer} of ${where}.`, "linkCustomer", other.customer);
  }
  return bad(check, "No customer: the user is linked to none in this account.", "linkCustomer, or claimPurchase");
}

function bought(chain: Chain): ChainStep {
  const check = "the product was bought";
  const held = holdings(chain);
  if (held.length > 0) return good(check, `Bought by ${held.map((source) => source.source).join(", ")}.`);
  const others = chain.sources.flatMap((source) =>
    source.items.map((item) => `${item.price} of ${item.stripeProduct}`),
  );
  if (others.length > 0) {
    const detail = `Not linked: the user holds ${[...new Set(others)].slice(0, 10).join(", ")}, which no link covers.`;
    return bad(check, detail, "linkProduct, or updateProductLink", chain.sources[0]?.source);
  }
  return bad(check, "Stripe knows of no purchase of it by this user.", "createCheckoutSession, or reconcile");
}

/** The subscriptions and orders of the user that a link covers. */
function holdings({ sources, links }: Chain): SourceFacts[] {
  return sources.filter((source) => source.items.some((item) => links.some((link) => covers(link, source, item))));
}

function covers(link: ChainLink, source: SourceFacts, item: SourceFacts["items"][number]): boolean {
  const isNamed = link.priceIds.length === 0 || link.priceIds.includes(item.price);
  return (
    link.state !== "REMOVED" &&
    link.connectionId === source.connectionId &&
    link.stripeProduct === item.stripeProduct &&
    isNamed
  );
}

function standing(source: SourceFacts, { policy, now }: Chain): ChainStep {
  const check = `what ${source.source} says`;
  if (source.ignored)
    return bad(check, "It is marked latchkey_ignore in Stripe.", "the metadata in Stripe", source.source);
  const [item] = source.items;
  const life = item && planLife(source, item, { accessDurationDays: null, accessEndsAt: null }, policy);
  const { state } = source;
  const seen = `as of ${source.observedAt.toISOString()}`;
  const status = state.kind === "SUBSCRIPTION" ? `status ${state.status}` : `payment ${state.payment.toLowerCase()}`;
  const more = [...disputesOf(source), ...refundsOf(source), ...comingOf(source)].map((text) => `, ${text}`).join("");
  const isOpen = life !== undefined && opens(life, now);
  const detail = `${status}${more}, ${seen}.`;
  return isOpen ? good(check, detail, source.source) : bad(check, detail, fixOf(life), source.source);
}

function opens(life: Life, now: Date): boolean {
  const allowing = ["SUBSCRIPTION", "TRIAL", "GRACE_PERIOD", "PURCHASE"].includes(life.reason);
  const end = life.endedAt ?? life.closesAt ?? life.endsAt;
  return allowing && (end === null || now < end);
}

function fixOf(life: Life | undefined): string {
  const reason = life?.endReason ?? life?.reason;
  if (reason === "PAYMENT_FAILED" || reason === "PAYMENT_PENDING") return "the payment in Stripe";
  if (reason === "PAUSED") return "resuming the subscription in Stripe";
  if (reason === "DISPUTED") return "the dispute in Stripe, or updatePolicy";
  if (reason === "REFUNDED") return "a new purchase, or updatePolicy";
  return "a new purchase, or grantAccess";
}

function disputesOf({ state }: SourceFacts): string[] {
  return state.disputes.map((dispute) => `disputed by ${dispute.id} (${dispute.status})`);
}

function refundsOf({ state }: SourceFacts): string[] {
  if (state.kind !== "ORDER") return [];
  return state.refunds.map(
    (refund) => `refunded ${refund.amount} of ${state.amount} by ${refund.id} (${refund.status})`,
  );
}

function comingOf({ state }: SourceFacts): string[] {
  if (state.kind !== "SUBSCRIPTION") return [];
  const end = state.cancelAt ? [`cancelled for ${state.cancelAt.toISOString()}`] : [];
  const flag = state.cancelAtPeriodEnd && !state.cancelAt ? ["cancelled for the end of the period"] : [];
  const change = state.comingChange;
  const when = change?.startsAt ? `on ${change.startsAt.toISOString()}` : "once it is paid";
  return [...end, ...flag, ...(change ? [`changes to ${change.prices.join(", ")} ${when}`] : [])];
}

function accounts(connections: readonly ChainConnection[]): string {
  return connections.map((each) => each.account).join(", ");
}

function good(check: string, detail: string, stripeObject: string | null = null): ChainStep {
  return { check, ok: true, detail, stripeObject, fix: null };
}

function bad(check: string, detail: string, fix: string, stripeObject: string | null = null): ChainStep {
  return { check, ok: false, detail, stripeObject, fix };
}
