import type Stripe from "stripe";
import { type Act, DAY, type Stage, anyRow, does, nowOf } from "../stage";
import { customerFor } from "./customers";

const LIVING = ["active", "trialing", "past_due", "unpaid", "incomplete", "paused"];

function anySubscription(stage: Stage, statuses: readonly string[] = LIVING) {
  return anyRow(stage, "subscription", ({ status }) => statuses.includes(status));
}

/** An act on a subscription in one of these states. */
function on(
  weight: number,
  statuses: readonly string[],
  change: (stage: Stage, subscription: Stripe.Subscription) => Promise<string | null>,
): Act {
  return {
    weight,
    run: async (stage) => {
      const found = anySubscription(stage, statuses);
      if (!found) return null;
      const told = await change(stage, await stage.stripe.subscriptions.retrieve(found.id));
      return told && `${found.id} (${found.status}) ${told}`;
    },
  };
}

const GOING = ["active", "trialing"];

/** By the portal it is a moment, by the API a flag, and both can be there. */
const cancelLater = on(9, [...GOING, "past_due"], async ({ stripe, chance, ...stage }, { id, items }) => {
  const periodEnd = items.data[0]?.current_period_end ?? 0;
  const now = stage.simulator.control.now();
  const shapes: Stripe.SubscriptionUpdateParams[] = [
    { cancel_at: Math.max(periodEnd, now + 60) },
    { cancel_at: now + chance.between(1, 60) * DAY },
    { cancel_at_period_end: true },
    { cancel_at_period_end: true, cancel_at: now + chance.between(1, 20) * DAY },
  ];
  const shape = chance.pick(shapes) ?? {};
  await stripe.subscriptions.update(id, shape);
  return `will be cancelled ${JSON.stringify(shape)}`;
});

const undoCancel: Act = {
  weight: 4,
  run: async (stage) => {
    const found = anyRow(
      stage,
      "subscription",
      (row) => GOING.includes(row.status) && (row.cancel_at !== null || row.cancel_at_period_end),
    );
    if (!found) return null;
    await stage.stripe.subscriptions.update(found.id, { cancel_at: "", cancel_at_period_end: false });
    return `${found.id} is not to be cancelled after all`;
  },
};

const cancelNow = on(4, LIVING, async ({ stripe, chance }, { id }) => {
  await stripe.subscriptions.cancel(id, chance.yes(0.3) ? { prorate: true, invoice_now: true } : {});
  return "was cancelled";
});

const switchPlan = on(7, [...GOING, "past_due"], async ({ stripe, chance, goods }, { id, items }) => {
  const [item] = items.data;
  const interval = item?.price.recurring?.interval;
  const taken = items.data.map(({ price }) => price.id);
  const offered = (interval === "year" ? goods.yearly : goods.monthly).filter((price) => !taken.includes(price.id));
  const price = chance.pick(offered)?.id;
  if (!item || !price) return null;
  const terms: Stripe.SubscriptionUpdateParams[] = [
    { proration_behavior: "none" },
    { proration_behavior: "create_prorations" },
    { proration_behavior: "always_invoice" },
    { payment_behavior: "pending_if_incomplete", proration_behavior: "always_invoice" },
  ];
  await stripe.subscriptions.update(id, { items: [{ id: item.id, price }], ...chance.pick(terms) });
  return `was switched from ${item.price.id} to ${price}`;
});

/** Bought as a thing that nobody links, and switched to a linked one later. */
const subscribeToFiller: Act = {
  weight: 4,
  run: async (stage) => {
    const { chance, goods, stripe, people } = stage;
    const actor = chance.pick(people.filter(({ kind }) => kind !== "guest" && kind !== "plain"));
    const customer = actor && (await customerFor(stage, actor));
    const price = chance.pick(goods.fillers.monthly)?.id;
    if (!customer || !price) return null;
    const { id } = await stripe.subscriptions.create({ customer, items: [{ price }] });
    return `${actor.email} (${customer}) was subscribed to an unlinked thing ${id}`;
  },
};

const switchFromFiller = on(6, GOING, async (stage, { id, items, schedule }) => {
  const { stripe, chance, goods, books } = stage;
  const [item, ...others] = items.data;
  const isFiller = goods.fillers.monthly.some((price) => price.id === item?.price.id);
  const price = chance.pick(goods.monthly)?.id;
  if (!item || !price || !isFiller || others.length > 0 || schedule) return null;
  await stripe.subscriptions.update(id, { items: [{ id: item.id, price }], proration_behavior: "none" });
  books.switches.push({ subscription: id, at: nowOf(stage) });
  return `was switched from an unlinked thing to ${price}`;
});

const changeItems = on(5, GOING, async ({ stripe, chance, goods }, { id, items }) => {
  const [first] = items.data;
  if (!first) return null;
  if (items.data.length > 1 && chance.yes(0.5)) {
    const item = chance.pick(items.data) ?? first;
    await stripe.subscriptions.update(id, { items: [{ id: item.id, deleted: true }] });
    return `lost ${item.price.id}`;
  }
  const offered = goods.monthly.filter((price) => !items.data.some((item) => item.price.id === price.id));
  const price = chance.pick(offered)?.id;
  if (!price || first.price.recurring?.interval !== "month" || items.data.length > 15) return null;
  await stripe.subscriptions.update(id, { items: [{ price, quantity: chance.between(1, 3) }] });
  return `got ${price}`;
});

const changeQuantity = on(2, GOING, async ({ stripe, chance }, { id, items }) => {
  const [item] = items.data;
  if (!item) return null;
  await stripe.subscriptions.update(id, { items: [{ id: item.id, quantity: chance.between(1, 9) }] });
  return "has another quantity";
});

const pause = on(4, ["active", "trialing", "past_due"], async ({ stripe }, { id }) => {
  await stripe.subscriptions.pause(id, { type: "subscription" });
  return "was paused";
});

const resume = on(4, ["paused"], async ({ stripe, chance }, { id }) => {
  const anchor = chance.yes(0.5) ? ("now" as const) : ("unchanged" as const);
  const { status } = await stripe.subscriptions.resume(id, { billing_cycle_anchor: { type: anchor } });
  return `was resumed: ${status}`;
});

const pauseCollection = on(4, [...GOING, "past_due"], async ({ stripe, chance }, { id, pause_collection: paused }) => {
  const behavior = chance.pick(["keep_as_draft", "mark_uncollectible", "void"] as const) ?? "void";
  await stripe.subscriptions.update(id, { pause_collection: paused ? "" : { behavior } });
  return paused ? "is collected again" : `is not collected: ${behavior}`;
});

const endTrial = on(2, ["trialing"], async ({ stripe, chance, ...stage }, { id }) => {
  const now = stage.simulator.control.now();
  const trial_end = chance.yes(0.5) ? ("now" as const) : now + chance.between(1, 10) * DAY;
  await stripe.subscriptions.update(id, { trial_end, proration_behavior: "none" });
  return `has its trial until ${trial_end}`;
});

/** What is planned gives nothing before its time. */
const planChange = on(2, ["active"], async ({ stripe, chance, goods }, { id, items, schedule }) => {
  const [item] = items.data;
  const price = chance.pick(goods.monthly)?.id;
  if (!item || !price || schedule || items.data.length > 1 || item.price.recurring?.interval !== "month") return null;
  const made = await stripe.subscriptionSchedules.create({ from_subscription: id });
  const begin = made.phases[0]?.start_date ?? 0;
  await stripe.subscriptionSchedules.update(made.id, {
    phases: [
      { items: [{ price: item.price.id, quantity: 1 }], start_date: begin, end_date: item.current_period_end },
      { items: [{ price, quantity: 1 }] },
    ],
  });
  return `will be switched to ${price} by a schedule`;
});

const renewNow = on(8, ["active", "trialing"], async (stage, { id }) => {
  const ends = stage.chance.yes(0.6) ? "fails" : "succeeds";
  await does(stage, "renew-now", { subscription: id, ends });
  return `was renewed, and its payment ${ends}`;
});

const failNext = on(4, ["active", "trialing"], async (stage, { id }) => {
  await does(stage, "next-payment", { subscription: id, ends: "fails" });
  return "will not be paid next time";
});

const retry = on(4, ["past_due", "unpaid", "incomplete"], async (stage, { id }) => {
  const ends = stage.chance.yes(0.7) ? "succeeds" : "fails";
  await does(stage, "next-payment", { subscription: id, ends });
  await does(stage, "retry-now", { subscription: id });
  return `was tried again: ${ends}`;
});

const settleElsewhere: Act = {
  weight: 3,
  run: async (stage) => {
    const { stripe, chance } = stage;
    const open = anyRow(stage, "invoice", (row) => row.status === "open" && row.ours.subscription !== null);
    if (!open) return null;
    const end = chance.pick(["pay", "void", "uncollectible"] as const);
    if (end === "pay") await stripe.invoices.pay(open.id, { paid_out_of_band: true });
    if (end === "void") await stripe.invoices.voidInvoice(open.id);
    if (end === "uncollectible") await stripe.invoices.markUncollectible(open.id);
    return `the invoice ${open.id} of a subscription: ${end}`;
  },
};

const changeBilling: Act = {
  weight: 2,
  run: async (stage) => {
    const after_retries = stage.chance.pick(["cancel", "unpaid", "pause", "past_due"]);
    const pause_at_first_failure = stage.chance.yes(0.15);
    await does(stage, "billing-settings", { after_retries, pause_at_first_failure });
    return `after the last try a subscription will be: ${after_retries}`;
  },
};

export const subscriptionActs: Record<string, Act> = {
  cancelLater,
  undoCancel,
  cancelNow,
  switchPlan,
  subscribeToFiller,
  switchFromFiller,
  changeItems,
  changeQuantity,
  pause,
  resume,
  pauseCollection,
  endTrial,
  planChange,
  renewNow,
  failNext,
  retry,
  settleElsewhere,
  changeBilling,
};
