import { closeShop, openShop, type Shop } from "./billing-kit";
import { ask } from "./simulator-kit";

let shop: Shop;
beforeAll(async () => (shop = await openShop()));
afterAll(() => closeShop(shop));

async function emailsOf(query: string): Promise<(string | null)[]> {
  const { object, data } = await shop.stripe.customers.search({ query });
  expect(object).toBe("search_result");
  return data.map(({ email }) => email);
}

test("customers are found by field, metadata, part of a word, number and negation", async () => {
  await shop.stripe.customers.create({ email: "ada@search.example", name: "Ada", metadata: { plan: "gold" } });
  await shop.stripe.customers.create({ email: "bob@search.example", name: 'Bob "B"', phone: "123" });
  expect(await emailsOf("email:'ADA@search.example'")).toEqual(["ada@search.example"]);
  expect(await emailsOf("metadata['plan']:'gold' AND name:'ada'")).toEqual(["ada@search.example"]);
  expect(await emailsOf('email~"search" AND -metadata["plan"]:"gold"')).toEqual(["bob@search.example"]);
  expect(await emailsOf("email~'search' AND metadata['plan']:null")).toEqual(["bob@search.example"]);
  expect(await emailsOf("name:'ada' OR phone:'123'")).toEqual(["bob@search.example", "ada@search.example"]);
  expect(await emailsOf(String.raw`name:"Bob \"B\""`)).toEqual(["bob@search.example"]);
  expect(await emailsOf("email~'search' AND created<1")).toEqual([]);
});

test("a search is read page by page", async () => {
  for (let i = 0; i < 3; i++) await shop.stripe.products.create({ name: `Paged ${i}` });
  const names: string[] = [];
  for await (const { name } of shop.stripe.products.search({ query: "name~'paged'", limit: 2 })) names.push(name);
  expect(names).toEqual(["Paged 2", "Paged 1", "Paged 0"]);
});

test.each([
  ["colour:'red'", /unsupported search field/],
  ["email", /unable to parse/],
  ["name:'a' AND name:'b' OR name:'c'", /cannot mix/],
  ["metadata:'a'", /unsupported search field/],
])("the search %s is refused", async (query, message) => {
  const { status, body } = await ask(shop.simulator, "GET", `/v1/customers/search?query=${encodeURIComponent(query)}`);
  expect([status, body.error?.type, body.error?.message]).toEqual([
    400,
    "invalid_request_error",
    expect.stringMatching(message),
  ]);
});

test("the discount of a subscription is taken off, and told", async () => {
  const { stripe, buyer, monthly, told } = shop;
  const coupon = (await stripe.coupons.create({ percent_off: 10, duration: "forever" })).id;
  const terms = { items: [{ price: monthly }], discounts: [{ coupon }] };
  const { id } = await stripe.subscriptions.create({ customer: await buyer(), ...terms });
  await told();
  expect(await stripe.subscriptions.deleteDiscount(id)).toMatchObject({ object: "discount", deleted: true });
  expect((await stripe.subscriptions.retrieve(id)).discounts).toEqual([]);
  expect(await told()).toEqual(["customer.subscription.updated", "customer.discount.deleted"]);
  await expect(stripe.subscriptions.deleteDiscount(id)).rejects.toThrow(/No such active discount/);
});

test("a credit note is previewed with its lines, and nothing is written", async () => {
  const { stripe, buyer } = shop;
  const customer = await buyer();
  const { id: invoice } = await stripe.invoices.create({ customer });
  await stripe.invoiceItems.create({ customer, invoice, amount: 2_000, currency: "usd" });
  await stripe.invoices.finalizeInvoice(invoice);
  expect(await stripe.creditNotes.preview({ invoice, amount: 500 })).toMatchObject({
    amount: 500,
    type: "pre_payment",
  });
  const { data } = await stripe.creditNotes.listPreviewLineItems({ invoice });
  expect(data.map(({ amount }) => amount)).toEqual([2_000]);
  expect((await stripe.creditNotes.list({ invoice })).data).toEqual([]);
});
