import type { Fact, SourceFacts } from "../access/fact";
import { type Life, planLife } from "../access/plan-life";
import { coversPrice } from "../links/covers-price";
import type { Chain, ChainLink } from "./decide-chain";
import { describeSource } from "./describe-source";
import { type ChainStep, failed, passed } from "./chain-step";
import { forEverybody, formatCall, formatClaimFix, formatGrantFix } from "./format-fix";

/** What was bought of this product, by this user or by nobody yet, and what each purchase says now. */
export function decidePurchaseSteps(chain: Chain): ChainStep[] {
  const held = chain.sources.flatMap((source) => coverOf(source, chain) ?? []);
  const unclaimed = chain.candidates
    .flatMap((source) => coverOf(source, chain) ?? [])
    .filter((cover) => opens(lifeOf(cover, chain), chain.now));
  const standings = held.map((cover) => standingStep(cover, chain));
  const claims = unclaimed.map(({ source }) => claimStep(source, chain));
  if (claims.length > 0) return [...claims, ...standings];
  return [boughtStep(held, chain), ...standings];
}

interface Cover {
  source: SourceFacts;
  item: Fact;
  link: ChainLink;
}

/** The item of the source that a link of this product covers, and that link. */
function coverOf(source: SourceFacts, { links }: Chain): Cover | null {
  for (const link of links) {
    if (link.state === "REMOVED" || link.connectionId !== source.connectionId) continue;
    const item = source.items.find((each) => coversPrice(link, each));
    if (item) return { source, item, link };
  }
  return null;
}

function claimStep({ source, customer }: SourceFacts, { names }: Chain): ChainStep {
  const by = customer === null ? "" : ` of ${customer}`;
  const detail = `${source}${by} was paid and belongs to nobody. It may be this user's: the address is not proved.`;
  return failed("the purchase has an owner", detail, formatClaimFix(names.user, source), source);
}

function boughtStep(held: readonly Cover[], chain: Chain): ChainStep {
  const check = "the product was bought";
  if (held.length > 0) return passed(check, `Bought by ${held.map(({ source }) => source.source).join(", ")}.`);
  const [missed] = chain.sources.flatMap((source) => missedBy(source, chain) ?? []);
  if (missed) {
    const { source, price, link } = missed;
    const detail = `The user holds ${price} of ${link.stripeProduct}, but the link ${link.id} names other prices.`;
    const call = formatCall("updateProductLink", { link: link.id, priceIds: [...link.priceIds, price] });
    return failed(check, detail, forEverybody(call, `who holds ${price}`, { hasDryRun: true }), source);
  }
  const detail = "Stripe knows of no purchase of it by this user.";
  return failed(check, detail, `${formatGrantFix(chain.names)}, or a purchase by createCheckoutSession`);
}

/** A price of the linked Stripe product that the active link does not name. */
function missedBy({ source, connectionId, items }: SourceFacts, { links }: Chain) {
  for (const link of links) {
    if (link.state !== "ACTIVE" || link.connectionId !== connectionId) continue;
    const item = items.find((each) => each.stripeProduct === link.stripeProduct);
    if (item) return { source, price: item.price, link };
  }
  return null;
}

function standingStep(cover: Cover, chain: Chain): ChainStep {
  const { source } = cover;
  const check = `what ${source.source} says`;
  if (source.ignored) {
    const detail = "It is marked latchkey_ignore in Stripe.";
    return failed(check, detail, `In Stripe: remove the metadata latchkey_ignore from ${source.source}`, source.source);
  }
  const life = lifeOf(cover, chain);
  const detail = describeSource(source);
  return opens(life, chain.now)
    ? passed(check, detail, source.source)
    : failed(check, detail, fixOf(life, cover, chain), source.source);
}

function lifeOf({ source, item, link }: Cover, { policy }: Chain): Life {
  return planLife(source, item, link, policy);
}

function opens(life: Life, now: Date): boolean {
  const allowing = ["SUBSCRIPTION", "TRIAL", "GRACE_PERIOD", "PURCHASE"].includes(life.reason);
  const end = life.endedAt ?? life.closesAt ?? life.endsAt;
  return allowing && (end === null || now < end);
}

/** A purchase that can revive is revived in Stripe. One that is over is replaced, for this user alone. */
function fixOf(life: Life, { source }: Cover, { names }: Chain): string {
  const { state } = source;
  const id = source.source;
  const isOver = life.endedAt !== null || (state.kind === "SUBSCRIPTION" && state.status === "canceled");
  const reason = life.endReason ?? life.reason;
  if (!isOver && (reason === "PAYMENT_FAILED" || reason === "PAYMENT_PENDING")) {
    const open =
      state.kind === "SUBSCRIPTION" ? (state.unpaid?.invoices.at(-1)?.id ?? state.latestInvoice?.id ?? id) : id;
    return `In Stripe: have ${open} paid`;
  }
  if (!isOver && reason === "PAUSED") return `In Stripe: resume ${id}`;
  if (!isOver && reason === "DISPUTED") return `In Stripe: settle the dispute of ${id}; or ${formatGrantFix(names)}`;
  return `${formatGrantFix(names)}, or a new purchase`;
}
