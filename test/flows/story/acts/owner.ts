import type { Gift, Policy } from "../books";
import { type GoodName, GOODS } from "../goods";
import { heldUnder, opens } from "../oracle";
import { readStripe } from "../read-stripe";
import { type Act, DAY, HOUR, type Stage, does, nowOf } from "../stage";
import { customersOf, linkTo } from "./customers";

// What the shop's owner does in Latchkey: links, policy, access by hand.

const LINK_PRODUCT =
  "mutation ($input: LinkProductInput!) { linkProduct(input: $input) { link { id } job { id status } } }";

/** A thing of Stripe's opens a product of ours, all of its prices or some. */
export async function linkGood(stage: Stage, good: GoodName, terms: Terms = {}): Promise<string> {
  const { latchkey, books, goods } = stage;
  const { prices = [], days = null, endsAt = null } = terms;
  const stripeProduct = goods.products[good];
  const input = {
    product: good,
    stripeProductId: stripeProduct,
    importExisting: true,
    ...(prices.length > 0 && { priceIds: prices }),
    ...(days !== null && { accessDurationDays: days }),
    ...(endsAt !== null && { accessEndsAt: new Date(endsAt * 1_000).toISOString() }),
  };
  const answer = await latchkey.ask<{ linkProduct: { link: { id: string } } } | null>(LINK_PRODUCT, { input });
  const id = answer?.linkProduct.link.id ?? `link ${books.links.length}`;
  books.links.push({ id, product: good, stripeProduct, prices, days, endsAt, keeps: null });
  return `${good} was linked as ${id} ${JSON.stringify(terms)}`;
}

interface Terms {
  prices?: readonly string[];
  days?: number | null;
  endsAt?: number | null;
}

const linkAgain: Act = {
  weight: 5,
  run: async (stage) => {
    const { chance, books } = stage;
    const missing = GOODS.filter((good) => !books.links.some((link) => link.product === good && link.keeps === null));
    const good = chance.pick(missing);
    if (!good) return null;
    const prices = chance.yes(0.3) ? chance.some(pricesOf(stage, good), 1) : [];
    const now = nowOf(stage);
    const term = chance.pick([{}, {}, { days: chance.between(5, 120) }, { endsAt: now + chance.between(2, 90) * DAY }]);
    return linkGood(stage, good, { prices, ...term });
  },
};

function pricesOf({ goods }: Stage, good: GoodName): string[] {
  return [...goods.monthly, ...goods.yearly, ...goods.once, goods.free]
    .filter(({ product }) => product === goods.products[good])
    .map(({ id }) => id);
}

const NARROW = "mutation ($input: UpdateProductLinkInput!) { updateProductLink(input: $input) { link { id } } }";

const narrow: Act = {
  weight: 4,
  run: async (stage) => {
    const { chance, books, latchkey } = stage;
    const link = chance.pick(books.links.filter(({ keeps }) => keeps === null));
    if (!link) return null;
    const all = pricesOf(stage, GOODS.find((good) => good === link.product) ?? "alpha");
    const prices = link.prices.length > 0 ? [] : chance.some(all, chance.between(1, Math.max(1, all.length - 1)));
    await latchkey.ask(NARROW, { input: { link: link.id, priceIds: prices } });
    link.prices = prices;
    return `the link ${link.id} of ${link.product} is for ${prices.length === 0 ? "all prices" : prices.join(" ")}`;
  },
};

const UNLINK = "mutation ($input: UnlinkProductInput!) { unlinkProduct(input: $input) { preview { losing } } }";

const unlink: Act = {
  weight: 2,
  run: async (stage) => {
    const { chance, books, latchkey } = stage;
    const link = chance.pick(books.links.filter(({ keeps }) => keeps === null));
    if (!link) return null;
    const strategy = chance.yes(0.6) ? "END_GRANTS" : "KEEP_GRANTS";
    // What is kept depends on what is known at this moment.
    if (strategy === "KEEP_GRANTS" && !(await stage.bringUpToDate())) return null;
    await latchkey.ask(UNLINK, { input: { link: link.id, strategy } });
    if (strategy === "END_GRANTS") books.links.splice(books.links.indexOf(link), 1);
    else link.keeps = heldUnder(link, await readStripe(stage.stripe, nowOf(stage)), books);
    return `the link ${link.id} of ${link.product} was removed: ${strategy}`;
  },
};

const linkCustomer: Act = {
  weight: 6,
  run: async (stage) => {
    const { chance, people, books } = stage;
    const late = people.filter(({ kind }) => kind === "linked" || kind === "shadow");
    const pairs = late.flatMap((actor) => customersOf(stage, actor).map((customer) => ({ actor, customer })));
    const open = pairs.filter(({ customer }) => !books.customerLinks.some((link) => link.customer === customer));
    const pair = chance.pick(open);
    if (!pair) return null;
    await linkTo(stage, pair.actor, pair.customer);
    return `${pair.actor.email} was linked to ${pair.customer}`;
  },
};

const UNLINK_CUSTOMER =
  "mutation ($user: ID!, $customer: String) { unlinkCustomer(user: $user, customerId: $customer) { lost { key } } }";

const unlinkCustomer: Act = {
  weight: 2,
  run: async ({ chance, people, books, latchkey, customers }) => {
    const isApart = (email: string): boolean => people.some((one) => one.email === email && one.kind === "linked");
    const link = chance.pick(
      books.customerLinks.filter(({ email, customer }) => isApart(email) && customers.has(customer)),
    );
    if (!link) return null;
    await latchkey.ask(UNLINK_CUSTOMER, { user: link.email, customer: link.customer });
    books.customerLinks.splice(books.customerLinks.indexOf(link), 1);
    books.unlinked.add(link.customer);
    return `${link.email} was unlinked from ${link.customer}`;
  },
};

const POLICY = "mutation ($input: UpdatePolicyInput!) { updatePolicy(input: $input) { pastDueGraceDays } }";

export async function changePolicy({ latchkey, books }: Stage, change: Partial<Policy>): Promise<string> {
  await latchkey.ask(POLICY, { input: change });
  Object.assign(books.policy, change);
  return `the policy is ${JSON.stringify(change)} from now on`;
}

const policy: Act = {
  weight: 4,
  run: (stage) => {
    const { chance } = stage;
    const change: Partial<Policy> | undefined = chance.pick([
      { pastDueGraceDays: chance.pick([0, 1, 3, 7, 14, 30]) ?? 7 },
      { disputeOpened: chance.pick(["KEEP", "SUSPEND", "REVOKE"] as const) ?? "SUSPEND" },
      { fullRefundEndsAccess: chance.yes(0.7) },
      { partialRefundEndsAccess: chance.yes(0.4) },
      { pausedCollectionSuspends: chance.yes(0.5) },
    ]);
    return changePolicy(stage, change ?? {});
  },
};

const GRANT = "mutation ($input: GrantAccessInput!) { grantAccess(input: $input) { id } }";
const REVOKE = "mutation ($input: RevokeAccessInput!) { revokeAccess(input: $input) { id } }";
const SOURCE = "story";

const give: Act = {
  weight: 6,
  run: async (stage) => {
    const { chance, people, books, latchkey } = stage;
    const email = chance.pick(people.filter(({ isUser }) => isUser))?.email ?? "";
    const product = chance.pick(GOODS) ?? "alpha";
    const now = nowOf(stage);
    const startsAt = chance.yes(0.7) ? now : now + chance.between(1, 20) * DAY;
    const endsAt = chance.yes(0.2) ? null : startsAt + chance.between(1, 400) * HOUR;
    const gift: Gift = {
      ref: `gift ${books.gifts.length}`,
      email,
      product,
      startsAt,
      endsAt,
      isGift: chance.yes(0.4),
      revoked: false,
    };
    await latchkey.ask(GRANT, {
      input: {
        user: email,
        product,
        startsAt: new Date(startsAt * 1_000).toISOString(),
        ...(endsAt !== null && { endsAt: new Date(endsAt * 1_000).toISOString() }),
        note: "the story says so",
        source: SOURCE,
        externalRef: gift.ref,
        gift: gift.isGift,
      },
    });
    books.gifts.push(gift);
    return `${email} was given ${JSON.stringify(gift)}`;
  },
};

const takeBack: Act = {
  weight: 3,
  run: async ({ chance, books, latchkey }) => {
    const gift = chance.pick(books.gifts.filter(({ revoked }) => !revoked));
    if (!gift) return null;
    await latchkey.ask(REVOKE, { input: { source: SOURCE, externalRef: gift.ref, note: "the story says so" } });
    gift.revoked = true;
    return `${gift.ref} was taken back`;
  },
};

/** Its link is dead from then on; what was bought stays with whoever it belonged to. */
const deleteCustomer: Act = {
  weight: 2,
  run: async (stage) => {
    const { chance, people, books, customers } = stage;
    const actor = chance.pick(people.filter(({ kind }) => kind !== "twice" && kind !== "shadow"));
    const customer = actor && chance.pick(customersOf(stage, actor));
    if (!customer) return null;
    const isUpToDate = await stage.bringUpToDate();
    const { owner, opened } = opens(await readStripe(stage.stripe, nowOf(stage)), books, customer);
    // Somebody who never opened anything may be unknown still, and a deleted customer has no address to be known by.
    const isKnown = books.customerLinks.some((link) => link.customer === customer);
    if (!isUpToDate && !isKnown) return null;
    if (owner !== null && !isKnown && !opened) return null;
    await does(stage, "delete-customer", { customer });
    books.buried.set(customer, owner);
    customers.delete(customer);
    return `the customer ${customer} of ${actor.email} was deleted, and its things stay with ${owner ?? "nobody"}`;
  },
};

export const ownerActs: Record<string, Act> = {
  linkAgain,
  narrow,
  unlink,
  linkCustomer,
  unlinkCustomer,
  policy,
  give,
  takeBack,
  deleteCustomer,
};
