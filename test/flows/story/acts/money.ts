import { type Act, type Stage, anyRow, does } from "../stage";
import { customersOf, payBy } from "./customers";

/** Money that really came, by card or bank, of an order or a subscription. */
function anyCharge(stage: Stage) {
  return anyRow(stage, "charge", ({ status, refunded }) => status === "succeeded" && !refunded);
}

const refund: Act = {
  weight: 8,
  run: async (stage) => {
    const { chance } = stage;
    const charge = anyCharge(stage);
    if (!charge) return null;
    const left = charge.amount_captured - charge.amount_refunded;
    const amount = chance.yes(0.5) || left < 2 ? undefined : chance.between(1, left - 1);
    const status = chance.pick(["succeeded", "succeeded", "pending", "requires_action"]);
    const { id } = await does(stage, "refund", { charge: charge.id, amount, status });
    return `${charge.id} was refunded by ${id}: ${amount ?? "all"} ${status}`;
  },
};

const settleRefund: Act = {
  weight: 5,
  run: async (stage) => {
    const refunded = anyRow(stage, "refund", ({ status }) => status !== "failed" && status !== "canceled");
    if (!refunded) return null;
    const ends = refunded.status === "succeeded" ? ["failed"] : ["succeeded", "failed", "canceled"];
    const status = stage.chance.pick(ends);
    await does(stage, "settle-refund", { refund: refunded.id, status });
    return `the refund ${refunded.id} (${refunded.status}): ${status}`;
  },
};

/** A whole line, or a part of it, is given back on paper; the money goes back to the card or elsewhere. */
const creditLine: Act = {
  weight: 4,
  run: async (stage) => {
    const { chance, stripe } = stage;
    const found = anyRow(
      stage,
      "invoice",
      (row) => row.parent === null && ["paid", "open"].includes(row.status ?? "") && row.total > 0,
    );
    if (!found) return null;
    const notes = await stripe.creditNotes.list({ invoice: found.id });
    if (notes.data.length > 0) return null;
    const lines = await stripe.invoices.listLineItems(found.id, { limit: 100 }).autoPagingToArray({ limit: 1_000 });
    const line = chance.pick(lines);
    if (!line) return null;
    const isWhole = chance.yes(0.7);
    const amount = isWhole ? line.amount : Math.max(1, Math.floor(line.amount / 2));
    const back = found.status === "paid" ? { [chance.yes(0.5) ? "refund_amount" : "out_of_band_amount"]: amount } : {};
    const credit = isWhole ? {} : { amount };
    await stripe.creditNotes.create({
      invoice: found.id,
      lines: [{ type: "invoice_line_item", invoice_line_item: line.id, ...credit }],
      ...back,
    });
    return `a line of ${found.id} (${found.status}) was credited: ${isWhole ? "all of it" : "half"} ${JSON.stringify(back)}`;
  },
};

const openDispute: Act = {
  weight: 6,
  run: async (stage) => {
    const charge = anyRow(stage, "charge", ({ status, disputed }) => status === "succeeded" && !disputed);
    if (!charge) return null;
    const inquiry = stage.chance.yes(0.3);
    const { id } = await does(stage, "open-dispute", { charge: charge.id, inquiry });
    return `${charge.id} is disputed by ${id}${inquiry ? ", an inquiry" : ""}`;
  },
};

const moveDispute: Act = {
  weight: 7,
  run: async (stage) => {
    const dispute = anyRow(stage, "dispute", ({ status }) => !["won", "warning_closed", "prevented"].includes(status));
    const ways: Record<string, string[]> = {
      warning_needs_response: ["warning_under_review", "warning_closed", "needs_response", "prevented"],
      warning_under_review: ["warning_closed", "needs_response"],
      needs_response: ["under_review", "won", "lost", "prevented"],
      under_review: ["won", "lost"],
      lost: ["appeal_needs_response"],
      appeal_needs_response: ["appeal_under_review", "won", "lost"],
      appeal_under_review: ["won", "lost"],
    };
    const status = dispute && stage.chance.pick(ways[dispute.status] ?? []);
    if (!dispute || !status) return null;
    await does(stage, "move-dispute", { dispute: dispute.id, status });
    return `the dispute ${dispute.id} (${dispute.status}): ${status}`;
  },
};

/** Somebody in the office says that a sale or a subscription is not to count, or is to count again. */
const ignore: Act = {
  weight: 4,
  run: async (stage) => {
    const { chance, stripe } = stage;
    const mark = { metadata: { latchkey_ignore: chance.yes(0.6) ? "true" : "" } };
    const say = `${mark.metadata.latchkey_ignore ? "is ignored" : "counts"} from now on`;
    if (chance.yes(0.5)) {
      const found = anyRow(stage, "subscription", ({ status }) => status !== "canceled");
      if (!found) return null;
      await stripe.subscriptions.update(found.id, mark);
      return `${found.id} ${say}`;
    }
    const found = anyRow(stage, "invoice", ({ parent }) => parent === null);
    if (!found) return null;
    await stripe.invoices.update(found.id, mark);
    return `${found.id} ${say}`;
  },
};

/** In the shop's own room: what can no longer be bought, and other names, take nothing from anybody. */
const archive: Act = {
  weight: 1,
  run: async (stage) => {
    const { chance, stripe, goods } = stage;
    const product = chance.pick(Object.values(goods.products));
    if (!product) return null;
    await stripe.products.update(product, { active: chance.yes(0.5), name: `renamed ${chance.below(1_000)}` });
    return `${product} was archived or renamed`;
  },
};

/** A new card, one that declines, or none. */
const changeCard: Act = {
  weight: 3,
  run: async (stage) => {
    const { chance, people } = stage;
    const actor = chance.pick(people);
    const customer = actor && chance.pick(customersOf(stage, actor));
    if (!customer) return null;
    const card =
      chance.pick(["pm_card_visa", "pm_card_visa", "pm_card_chargeCustomerFail", "pm_card_authenticationRequired"]) ??
      "";
    await payBy(stage, customer, card);
    return `${customer} pays by ${card} from now on`;
  },
};

export const moneyActs: Record<string, Act> = {
  refund,
  settleRefund,
  creditLine,
  openDispute,
  moveDispute,
  ignore,
  archive,
  changeCard,
};
