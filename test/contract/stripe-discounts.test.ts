import { redeemCoupon } from "../../src/local/stripe/discounts/redeem-coupon";
import { BEGIN, DAY_S } from "./billing-kit";
import { closeTill, openTill, type Till } from "./payments-kit";

let till: Till;
beforeEach(async () => {
  till = await openTill();
});
afterEach(() => closeTill(till));

const nowhere = { customer: null };
const forCoupon = (coupon: string) => ({ promotion: { type: "coupon", coupon } }) as const;

function redeem(wanted: Parameters<typeof redeemCoupon>[1]): ReturnType<typeof redeemCoupon> {
  return till.simulator.control.act((draft) => redeemCoupon(draft, wanted, nowhere));
}

test.each([
  [{ percent_off: 12.5 }, { percent_off: 12.5, amount_off: null, currency: null, duration: "once" }],
  [
    { amount_off: 500, currency: "USD" },
    { percent_off: null, amount_off: 500, currency: "usd" },
  ],
  [
    { percent_off: 100, duration: "forever" },
    { duration: "forever", duration_in_months: null },
  ],
  [
    { percent_off: 10, duration: "repeating", duration_in_months: 3 },
    { duration: "repeating", duration_in_months: 3 },
  ],
] as const)("a coupon of %j is %j", async (terms, shown) => {
  const made = await till.stripe.coupons.create(terms);
  expect(made).toMatchObject({ ...shown, valid: true, times_redeemed: 0 });
  expect(await till.stripe.coupons.retrieve(made.id)).toEqual(made);
  expect(till.told()).toEqual(["coupon.created"]);
});

test.each([
  [{}, "percent_off"],
  [{ percent_off: 10, amount_off: 100, currency: "usd" }, "percent_off"],
  [{ percent_off: 101 }, "percent_off"],
  [{ amount_off: 100 }, "currency"],
  [{ percent_off: 10, duration: "repeating" }, "duration_in_months"],
  [{ percent_off: 10, duration_in_months: 3 }, "duration_in_months"],
  [{ percent_off: 10, redeem_by: BEGIN }, "redeem_by"],
] as const)("a coupon of %j is refused because of %s", async (terms, param) => {
  await expect(till.stripe.coupons.create(terms)).rejects.toMatchObject({ statusCode: 400, param });
  expect(till.told()).toEqual([]);
});

test("a coupon has the id it was given, once; its name may change and its terms may not", async () => {
  const { stripe, events } = till;
  await stripe.coupons.create({ id: "SPRING", percent_off: 10 });
  await expect(stripe.coupons.create({ id: "SPRING", percent_off: 20 })).rejects.toMatchObject({
    code: "resource_already_exists",
  });
  events();
  await stripe.coupons.update("SPRING", { name: "Spring" });
  expect(events()).toMatchObject([{ type: "coupon.updated", data: { previous_attributes: { name: null } } }]);
  await expect(stripe.rawRequest("POST", "/v1/coupons/SPRING", { percent_off: 50 })).rejects.toMatchObject({
    code: "parameter_unknown",
  });
});

test("applies_to is shown when it is asked for", async () => {
  const { stripe } = till;
  const { id: product } = await stripe.products.create({ name: "Pro" });
  const { id, applies_to } = await stripe.coupons.create({ percent_off: 10, applies_to: { products: [product] } });
  expect(applies_to).toBeUndefined();
  const expanded = await stripe.coupons.retrieve(id, { expand: ["applies_to"] });
  expect(expanded.applies_to).toEqual({ products: [product] });
});

test("redeem_by ends a coupon and its codes, which then nobody can redeem", async () => {
  const { stripe, simulator } = till;
  const { id: coupon } = await stripe.coupons.create({ percent_off: 10, redeem_by: BEGIN + DAY_S });
  const code = await stripe.promotionCodes.create({ ...forCoupon(coupon), code: "SOON" });
  redeem({ coupon });
  simulator.control.moveBy(DAY_S + 1);
  expect(await stripe.coupons.retrieve(coupon)).toMatchObject({ valid: false, times_redeemed: 1 });
  expect((await stripe.promotionCodes.retrieve(code.id)).active).toBe(false);
  expect(() => redeem({ coupon })).toThrow("used up or expired");
  expect(() => redeem({ promotionCode: code.id })).toThrow("inactive or used up");
});

test("a coupon is redeemed as often as it says, and a code as often as it says and no more than its coupon", async () => {
  const { stripe } = till;
  const { id: coupon } = await stripe.coupons.create({ percent_off: 10, max_redemptions: 2 });
  const once = await stripe.promotionCodes.create({ ...forCoupon(coupon), code: "ONCE", max_redemptions: 1 });
  const often = await stripe.promotionCodes.create({ ...forCoupon(coupon), code: "OFTEN" });
  redeem({ promotionCode: once.id });
  expect(await stripe.promotionCodes.retrieve(once.id)).toMatchObject({ active: false, times_redeemed: 1 });
  expect(() => redeem({ promotionCode: once.id })).toThrow("used up");
  redeem({ promotionCode: often.id });
  expect(await stripe.coupons.retrieve(coupon)).toMatchObject({ valid: false, times_redeemed: 2 });
  expect(await stripe.promotionCodes.retrieve(often.id)).toMatchObject({ active: false, times_redeemed: 1 });
  expect(() => redeem({ coupon })).toThrow("used up");
});

test("a discount of some months ends when they are over, at the end of a month that is shorter", async () => {
  const { stripe, simulator } = till;
  const terms = { percent_off: 10, duration: "repeating", duration_in_months: 3 } as const;
  const { id: coupon } = await stripe.coupons.create(terms);
  simulator.control.moveTo(Date.parse("2026-11-30T10:00:00Z") / 1000);
  const { start, end } = redeem({ coupon });
  expect([start, end].map((at) => new Date((at ?? 0) * 1000).toISOString())).toEqual([
    "2026-11-30T10:00:00.000Z",
    "2027-02-28T10:00:00.000Z",
  ]);
});

test("a deleted coupon is gone, and its codes are inactive", async () => {
  const { stripe, told } = till;
  const { id } = await stripe.coupons.create({ percent_off: 10 });
  const code = await stripe.promotionCodes.create(forCoupon(id));
  told();
  expect(await stripe.coupons.del(id)).toMatchObject({ deleted: true });
  expect(told()).toEqual(["coupon.deleted"]);
  await expect(stripe.coupons.retrieve(id)).rejects.toMatchObject({ statusCode: 404 });
  expect((await stripe.promotionCodes.retrieve(code.id)).active).toBe(false);
  expect((await stripe.coupons.list()).data).toEqual([]);
});

test("a code is found by its word in any case, by its coupon and by whether it can be used", async () => {
  const { stripe, customer, told } = till;
  const { id: coupon } = await stripe.coupons.create({ percent_off: 10 });
  const { id: other } = await stripe.coupons.create({ percent_off: 20 });
  const owner = await customer();
  told();
  const spring = await stripe.promotionCodes.create({ ...forCoupon(coupon), code: "SPRING-26" });
  const mine = await stripe.promotionCodes.create({ ...forCoupon(other), customer: owner });
  expect(mine.code).toMatch(/^[A-Z0-9]{8}$/);
  await stripe.promotionCodes.update(mine.id, { active: false });
  const ids = async (by: object): Promise<string[]> => (await stripe.promotionCodes.list(by)).data.map(({ id }) => id);
  expect(await ids({ code: "spring-26" })).toEqual([spring.id]);
  expect(await ids({ code: "spring-26", coupon: other })).toEqual([]);
  expect(await ids({ coupon: other })).toEqual([mine.id]);
  expect(await ids({ customer: owner })).toEqual([mine.id]);
  expect(await ids({ active: true })).toEqual([spring.id]);
  expect(await ids({ active: false })).toEqual([mine.id]);
  expect(told()).toEqual(["promotion_code.created", "promotion_code.created", "promotion_code.updated"]);
});

test("one word is one active code, whatever its case, also when an old one comes back", async () => {
  const { stripe } = till;
  const { id: coupon } = await stripe.coupons.create({ percent_off: 10 });
  const first = await stripe.promotionCodes.create({ ...forCoupon(coupon), code: "SPRING" });
  const again = { ...forCoupon(coupon), code: "spring" };
  await expect(stripe.promotionCodes.create(again)).rejects.toMatchObject({ param: "code" });
  await stripe.promotionCodes.update(first.id, { active: false });
  await stripe.promotionCodes.create(again);
  await expect(stripe.promotionCodes.update(first.id, { active: true })).rejects.toMatchObject({ param: "code" });
});

test("a code shows what it asks of its buyer, and ends at its own time", async () => {
  const { stripe, simulator } = till;
  const { id: coupon } = await stripe.coupons.create({ amount_off: 500, currency: "usd" });
  const restrictions = { first_time_transaction: true, minimum_amount: 2_000, minimum_amount_currency: "USD" };
  const code = await stripe.promotionCodes.create({ ...forCoupon(coupon), restrictions, expires_at: BEGIN + 60 });
  expect(code).toMatchObject({ restrictions: { ...restrictions, minimum_amount_currency: "usd" }, active: true });
  simulator.control.moveBy(61);
  expect((await stripe.promotionCodes.retrieve(code.id)).active).toBe(false);
  expect((await stripe.coupons.retrieve(coupon)).valid).toBe(true);
});

test("a code without a coupon, of the past, or with an amount without a currency is refused", async () => {
  const { stripe } = till;
  const { id: coupon } = await stripe.coupons.create({ percent_off: 10 });
  const creating = (more: object) => stripe.promotionCodes.create({ ...forCoupon(coupon), ...more });
  await expect(creating(forCoupon("no"))).rejects.toMatchObject({
    code: "resource_missing",
    param: "promotion[coupon]",
  });
  await expect(creating({ expires_at: BEGIN - 1 })).rejects.toMatchObject({ param: "expires_at" });
  await expect(creating({ code: "two words" })).rejects.toMatchObject({ param: "code" });
  const restrictions = { minimum_amount: 100 };
  await expect(creating({ restrictions })).rejects.toMatchObject({ param: "restrictions[minimum_amount_currency]" });
});

test("a coupon takes off an invoice what it says, and never more than there is", async () => {
  const { stripe, customer } = till;
  const owner = await customer();
  const half = await stripe.coupons.create({ percent_off: 50 });
  const much = await stripe.coupons.create({ amount_off: 9_000, currency: "usd" });
  const foreign = await stripe.coupons.create({ amount_off: 100, currency: "eur" });
  const dueWith = async (coupon: string): Promise<number> => {
    await stripe.invoiceItems.create({ customer: owner, amount: 4_901, currency: "usd" });
    const invoice = await stripe.invoices.create({
      customer: owner,
      discounts: [{ coupon }],
      pending_invoice_items_behavior: "include",
    });
    return invoice.amount_due;
  };
  expect([await dueWith(half.id), await dueWith(much.id), await dueWith(foreign.id)]).toEqual([2_450, 0, 4_901]);
});
