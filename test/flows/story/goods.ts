import type Stripe from "stripe";

/** What is for sale in Stripe. Four things are sold on their own, one as a bundle; the others only fill long lists. */
export interface Goods {
  products: Record<GoodName, string>;
  /** By price id, so that a plan switch finds others. */
  monthly: Price[];
  yearly: Price[];
  once: Price[];
  free: Price;
  /** Things that nobody links: a monthly and a single price of each. */
  fillers: { monthly: Price[]; once: Price[] };
  /** A payment link for one thing, one that makes an invoice and a customer, one for a subscription. */
  paymentLinks: { guest: string; invoiced: string; subscription: string };
}

export interface Price {
  id: string;
  product: string;
}

export const GOODS = ["alpha", "beta", "gamma", "delta", "bundle"] as const;
export type GoodName = (typeof GOODS)[number];

/** More than a page of any list that hangs on an object. */
const FILLERS = 12;

export async function stockGoods(stripe: Stripe): Promise<Goods> {
  const product = async (name: string): Promise<string> => (await stripe.products.create({ name })).id;
  const price = async (of: string, unit_amount: number, interval?: "month" | "year"): Promise<Price> => {
    const recurring = interval ? { recurring: { interval } } : {};
    const { id } = await stripe.prices.create({ product: of, currency: "usd", unit_amount, ...recurring });
    return { id, product: of };
  };
  const products: Goods["products"] = { alpha: "", beta: "", gamma: "", delta: "", bundle: "" };
  for (const name of GOODS) products[name] = await product(name);
  const { alpha, beta, gamma, delta, bundle } = products;
  const monthly = [await price(alpha, 1_000, "month"), await price(alpha, 2_000, "month")];
  monthly.push(await price(beta, 700, "month"), await price(delta, 500, "month"), await price(bundle, 3_000, "month"));
  const yearly = [await price(alpha, 10_000, "year"), await price(beta, 7_000, "year")];
  const once = [await price(beta, 5_000), await price(gamma, 3_000), await price(gamma, 4_500)];
  once.push(await price(delta, 1_500), await price(bundle, 9_000));
  const free = await price(gamma, 0);
  const fillers: Goods["fillers"] = { monthly: [], once: [] };
  for (let at = 0; at < FILLERS; at++) {
    const filler = await product(`filler ${at}`);
    fillers.monthly.push(await price(filler, 100, "month"));
    fillers.once.push(await price(filler, 100));
  }
  const link = async (sold: Price | undefined, more: Partial<Stripe.PaymentLinkCreateParams>): Promise<string> => {
    const line_items = [{ price: sold?.id ?? "", quantity: 1 }];
    return (await stripe.paymentLinks.create({ line_items, ...more })).id;
  };
  const paymentLinks = {
    guest: await link(once[1], {}),
    invoiced: await link(once[0], { customer_creation: "always", invoice_creation: { enabled: true } }),
    subscription: await link(monthly[0], {}),
  };
  return { products, monthly, yearly, once, free, fillers, paymentLinks };
}
