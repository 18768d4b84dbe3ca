import type { Books, ProductLink } from "./books";
import type { Order, StripeState, Subscription } from "./read-stripe";

/**
 * Who may open what, said a second time and in another way than by the product: from Stripe's own state and from what the
 * story did, without a memory of events. It follows "What access means", sections 3 to 5, and shares no code with `src`.
 */
export interface Verdict {
  allowed: boolean;
  /** Why, when allowed; a word on why not, when denied. */
  reason: string;
  /** When it will end as things stand, in seconds. `UNSURE`: Stripe does not say when it began. */
  endsAt: number | null | "UNSURE";
  /** Nobody can tell whether it is over by now: Stripe does not say when a term began. */
  mayBeOver?: boolean;
  /** For whoever reads a failure: everything that was weighed. */
  weighed: string[];
}

/** One reason why one person may open one product. */
interface Right {
  product: string;
  reason: Reason;
  startsAt: number;
  /** The end that is shown. */
  endsAt: number | null | "UNSURE";
  /** When the clock closes it: after an end that Stripe announced, an hour is left for Stripe to say so. */
  closesAt: number | null;
  /** The earliest moment at which an unsure end can have come. */
  mayEndAt?: number;
  why: string;
}

const RANK = ["PURCHASE", "SUBSCRIPTION", "TRIAL", "MANUAL", "GIFT", "GRACE_PERIOD"] as const;
type Reason = (typeof RANK)[number];

const HOUR = 3_600;
const DAY = 24 * HOUR;

/** By person (their address) and product. Whoever is not here may open nothing. */
export function judge(stripe: StripeState, books: Books): Map<string, Map<string, Verdict>> {
  const rights = new Map<string, Right[]>();
  const refused = new Map<string, string[]>();
  const put = <T>(into: Map<string, T[]>, email: string, ...more: T[]): void => {
    into.set(email, [...(into.get(email) ?? []), ...more]);
  };
  const owners = findOwners(stripe, books);
  for (const subscription of stripe.subscriptions) {
    const owner = owners(subscription.customer, null, subscription.createdAt);
    const given = rightsOfSubscription(subscription, stripe.now, books);
    if (owner) put(rights, owner, ...given);
    put(refused, owner ?? "nobody", `${subscription.id} ${subscription.status}: ${given.length} rights`);
  }
  for (const order of stripe.orders) {
    const owner = owners(order.customer, order.email, order.boughtAt);
    const given = rightsOfOrder(order, books);
    if (owner) put(rights, owner, ...given);
    put(refused, owner ?? "nobody", `${order.key} ${order.payment}: ${given.length} rights`);
  }
  for (const gift of books.gifts) {
    if (!gift.revoked) put(rights, gift.email, rightOfGift(gift));
  }
  const emails = new Set([...books.people.map(({ email }) => email), ...rights.keys()]);
  return new Map(
    [...emails].map((email) => {
      const own = rights.get(email) ?? [];
      const verdicts = books.products.map(({ key }): [string, Verdict] => {
        const verdict = decide(key, own, books, stripe.now);
        return [key, { ...verdict, weighed: [...own.map(describe), ...(refused.get(email) ?? [])] }];
      });
      return [email, new Map(verdicts)];
    }),
  );
}

// ------------------------------------------------------------------------------------------- when a grant lives

function rightsOfSubscription(subscription: Subscription, now: number, books: Books): Right[] {
  if (subscription.ignored || isTakenBack(subscription.disputes, books)) return [];
  if (subscription.collectionPaused && books.policy.pausedCollectionSuspends) return [];
  return subscription.items.flatMap((item) =>
    linksOver(books.links, item.product, item.price, `${subscription.id}/${item.id}`).flatMap((link) => {
      const life = lifeOf(subscription, item.periodEnd, now, books.policy.pastDueGraceDays);
      const why = `${subscription.id} ${subscription.status} by ${link.id}`;
      return life ? [{ product: link.product, startsAt: 0, why, ...life }] : [];
    }),
  );
}

function lifeOf(
  { status, trialEnd, cancelAt, cancelAtPeriodEnd, graceFrom }: Subscription,
  periodEnd: number,
  now: number,
  graceDays: number,
): Pick<Right, "reason" | "endsAt" | "closesAt"> | null {
  const cancelled = earliest(cancelAt, cancelAtPeriodEnd ? periodEnd : null);
  if (status === "trialing") return announced("TRIAL", earliest(cancelled, trialEnd), now);
  if (status === "active") return announced("SUBSCRIPTION", cancelled, now);
  if (status !== "past_due") return null;
  const end = earliest(cancelled, (graceFrom ?? now) + graceDays * DAY);
  return { reason: "GRACE_PERIOD", endsAt: end, closesAt: end };
}

function announced(reason: Reason, end: number | null, now: number): Pick<Right, "reason" | "endsAt" | "closesAt"> {
  // Stripe was asked just now: if it still says the same after the end, it has an hour more.
  return { reason, endsAt: end, closesAt: end === null ? null : Math.max(end, now) + HOUR };
}

function rightsOfOrder(order: Order, books: Books): Right[] {
  const { policy } = books;
  if (order.ignored || order.payment !== "PAID" || isTakenBack(order.disputes, books)) return [];
  const refunded = order.refunds
    .filter(({ status }) => status === "succeeded")
    .reduce((sum, { amount }) => sum + amount, 0);
  const isFull = refunded > 0 && refunded >= order.amount;
  if (isFull && policy.fullRefundEndsAccess) return [];
  if (refunded > 0 && !isFull && policy.partialRefundEndsAccess) return [];
  return order.lines
    .filter(({ credited }) => !(credited && policy.fullRefundEndsAccess))
    .flatMap(({ product, price }) =>
      linksOver(books.links, product, price, `${order.key}/${price}`).map((link): Right => {
        const endsAt = endOfTerm(link, order);
        const closesAt = endsAt === "UNSURE" ? null : endsAt;
        return {
          product: link.product,
          reason: "PURCHASE",
          startsAt: 0,
          endsAt,
          closesAt,
          ...(endsAt === "UNSURE" ? { mayEndAt: order.boughtAt + (link.days ?? 0) * DAY } : {}),
          why: `${order.key} by ${link.id}`,
        };
      }),
    );
}

function endOfTerm({ days, endsAt }: ProductLink, { paidAt }: Order): Right["endsAt"] {
  if (days === null) return endsAt;
  return paidAt === null ? "UNSURE" : paidAt + days * DAY;
}

function rightOfGift({ ref, product, startsAt, endsAt, isGift }: Books["gifts"][number]): Right {
  return { product, reason: isGift ? "GIFT" : "MANUAL", startsAt, endsAt, closesAt: endsAt, why: ref };
}

/** Lost, or open while the policy does not wait for the end. Inquiries and what was prevented or won change nothing. */
function isTakenBack(disputes: readonly string[], { policy }: Books): boolean {
  const isOpen = (status: string): boolean =>
    status === "needs_response" || status === "under_review" || status.startsWith("appeal_");
  return disputes.some((status) => status === "lost" || (isOpen(status) && policy.disputeOpened !== "KEEP"));
}

function linksOver(links: readonly ProductLink[], product: string, price: string, held: string): ProductLink[] {
  return links.filter(
    ({ stripeProduct, prices, keeps }) =>
      stripeProduct === product &&
      (prices.length === 0 || prices.includes(price)) &&
      (keeps === null || keeps.has(held)),
  );
}

/** What a link gave when it was told to give nothing new: every item and line that it covers and that somebody holds. */
export function heldUnder(link: ProductLink, stripe: StripeState, books: Books): Set<string> {
  const owners = findOwners(stripe, books);
  const held = [
    ...stripe.subscriptions
      .filter(({ customer, ignored, createdAt }) => !ignored && owners(customer, null, createdAt))
      .flatMap(({ id, items }) => items.map((item) => ({ ...item, key: `${id}/${item.id}` }))),
    ...stripe.orders
      .filter(
        ({ customer, email, ignored, isBought, boughtAt }) => isBought && !ignored && owners(customer, email, boughtAt),
      )
      .flatMap(({ key, lines }) => lines.map((line) => ({ ...line, key: `${key}/${line.price}` }))),
  ];
  return new Set(
    held.filter(({ product, price, key }) => linksOver([link], product, price, key).length > 0).map(({ key }) => key),
  );
}

/** Whose a customer is, and whether anything that it bought opens something now. */
export function opens(stripe: StripeState, books: Books, customer: string): { owner: string | null; opened: boolean } {
  const rights = [
    ...stripe.subscriptions.flatMap((one) =>
      one.customer === customer ? rightsOfSubscription(one, stripe.now, books) : [],
    ),
    ...stripe.orders.flatMap((one) => (one.customer === customer ? rightsOfOrder(one, books) : [])),
  ];
  return { owner: findOwners(stripe, books)(customer, null, stripe.now), opened: rights.length > 0 };
}

// -------------------------------------------------------------------------------------- whose purchase it is

/** The owner of what was begun at this moment. Null: nobody, until somebody is linked or proves the address. */
export type FindOwner = (customer: string | null, typed: string | null, begunAt: number) => string | null;

/** The person of a customer, or of a guest who only left an address. */
export function findOwners({ customers }: StripeState, books: Books): FindOwner {
  const ownerOf = (id: string | null, typed: string | null): string | null => {
    if (id === null) return ownerByAddress(typed, books);
    if (books.buried.has(id)) return books.buried.get(id) ?? null;
    const linked = books.customerLinks.find(({ customer }) => customer === id);
    if (!linked && books.unlinked.has(id)) return null;
    return linked?.email ?? ownerByAddress(customers.get(id)?.email ?? null, books);
  };
  return (id, typed, begunAt) => {
    const owner = ownerOf(id, typed);
    const wasRemoved = books.removals.some(({ email, at }) => email === owner && begunAt <= at);
    return wasRemoved ? null : owner;
  };
}

/** Whoever proved the address, or whoever came to be by a purchase with it. An unproved claim to it counts nothing. */
function ownerByAddress(address: string | null, { people, policy }: Books): string | null {
  const email = address?.toLowerCase();
  if (!email) return null;
  const known = people.find((person) => person.isUser && person.email === email);
  if (known) return known.verified ? email : null;
  return policy.autoCreateUsers === "ON_PURCHASE" ? email : null;
}

// ----------------------------------------------------------------------------------------------- the decision

function decide(product: string, rights: readonly Right[], books: Books, now: number): Omit<Verdict, "weighed"> {
  const bundles = bundlesOf(product, books);
  const usable = rights.filter((right) => right.product === product || bundles.has(right.product));
  const [best] = usable
    .filter((right) => isLive(right, now))
    .toSorted(
      (a, b) =>
        later(b.closesAt, a.closesAt) ||
        Number(b.product === product) - Number(a.product === product) ||
        RANK.indexOf(a.reason) - RANK.indexOf(b.reason),
    );
  if (usable.some(({ endsAt }) => endsAt === "UNSURE")) {
    const isSure = usable.some((right) => isLive(right, now) && (right.mayEndAt === undefined || now < right.mayEndAt));
    return { allowed: true, reason: best?.reason ?? "", endsAt: "UNSURE", mayBeOver: !isSure };
  }
  if (!best) return { allowed: false, reason: "no live right", endsAt: null };
  return { allowed: true, reason: best.reason, endsAt: endOfRun(best, usable) };
}

function isLive({ startsAt, closesAt }: Right, now: number): boolean {
  return startsAt <= now && (closesAt === null || now < closesAt);
}

/** Rights that follow one another without a gap are one time of access. */
function endOfRun(first: Right, rights: readonly Right[]): Right["endsAt"] {
  let last = first;
  for (;;) {
    const reached = last.closesAt;
    if (reached === null) return last.endsAt;
    const [next] = rights
      .filter((right) => right.startsAt <= reached && later(right.closesAt, reached) > 0)
      .toSorted((a, b) => later(b.closesAt, a.closesAt));
    if (!next) return last.endsAt;
    last = next;
  }
}

function bundlesOf(product: string, { products }: Books): Set<string> {
  const found = new Set<string>();
  const look = (inside: string): void => {
    for (const { key, includes } of products) {
      if (!includes.includes(inside) || found.has(key)) continue;
      found.add(key);
      look(key);
    }
  };
  look(product);
  return found;
}

/** Above zero when the first is later; no end is later than any. */
function later(a: number | null, b: number | null): number {
  return (a ?? Infinity) === (b ?? Infinity) ? 0 : (a ?? Infinity) - (b ?? Infinity);
}

function earliest(...moments: (number | null)[]): number | null {
  const given = moments.filter((moment) => moment !== null);
  return given.length > 0 ? Math.min(...given) : null;
}

function describe({ product, reason, endsAt, why }: Right): string {
  return `${product}: ${reason} until ${typeof endsAt === "number" ? new Date(endsAt * 1000).toISOString() : endsAt} (${why})`;
}
