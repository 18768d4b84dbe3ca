import type {
  CreateStripePriceInput,
  CreateStripeProductInput,
  Job,
  LinkCustomerInput,
  LinkCustomerPayload,
  LinkProductInput,
  LinkProductPayload,
  StripeProductLink,
  UnlinkProductInput,
  UnlinkProductPayload,
  UpdateProductLinkInput,
} from "../generated/operations";
import type { TestError } from "./ask-graphql";
import type { Shop } from "./start-shop";

export const linkFields = `id stripeProductId stripeProductName stripeProductActive priceIds checkoutEnabled
  offeredPriceIds maxQuantity pushName
  accessDurationDays accessEndsAt activeSubscriptions checkoutPrice { id formatted } product { key }
  connection { id account mode } import { id kind }`;
const previewFields = "preview { gaining losing unchanged sample { id } }";
const customerFields = "id customerId active linkedBy linkedAt dashboardUrl user { id } connection { id }";
const changeFields = `link { ${customerFields} } gained { key } lost { key }`;

export const linkDocuments = {
  linkProduct: `mutation ($input: LinkProductInput!) {
    answer: linkProduct(input: $input) { link { ${linkFields} } ${previewFields} job { id kind } } }`,
  updateProductLink: `mutation ($input: UpdateProductLinkInput!) {
    answer: updateProductLink(input: $input) { link { ${linkFields} } ${previewFields} job { id } } }`,
  unlinkProduct: `mutation ($input: UnlinkProductInput!) {
    answer: unlinkProduct(input: $input) { ${previewFields} } }`,
  createStripeProduct: `mutation ($input: CreateStripeProductInput!) {
    answer: createStripeProduct(input: $input) { ${linkFields} } }`,
  createStripePrice: `mutation ($input: CreateStripePriceInput!) {
    answer: createStripePrice(input: $input) { ${linkFields} } }`,
  linkCustomer: `mutation ($input: LinkCustomerInput!) { answer: linkCustomer(input: $input) { ${changeFields} } }`,
  unlinkCustomer: `mutation ($user: ID!, $connection: ID, $customerId: String) {
    answer: unlinkCustomer(user: $user, connection: $connection, customerId: $customerId) { ${changeFields} } }`,
  customersOf: `query ($user: ID!) { answer: user(id: $user) { stripeCustomers { ${customerFields} } } }`,
  linksOf: `query ($key: String!) { answer: product(key: $key) { isLinked links { ${linkFields} } } }`,
} as const;

type Name = keyof typeof linkDocuments;

/** What links products and customers, by its names. Without a credential an administrator's test key asks. */
export function linkOperationsOf({ latchkey }: Pick<Shop, "latchkey">) {
  const run = async <Answer>(name: Name, variables: object, credential?: string) =>
    (await latchkey.get<{ answer: Answer }>(linkDocuments[name], { ...variables }, credential)).answer;
  return {
    linkProduct: (input: LinkProductInput) => run<LinkProductPayload & { job?: Job | null }>("linkProduct", { input }),
    updateProductLink: (input: UpdateProductLinkInput) => run<LinkProductPayload>("updateProductLink", { input }),
    unlinkProduct: (input: UnlinkProductInput) => run<UnlinkProductPayload>("unlinkProduct", { input }),
    createStripeProduct: (input: CreateStripeProductInput, credential?: string) =>
      run<StripeProductLink>("createStripeProduct", { input }, credential),
    createStripePrice: (input: CreateStripePriceInput) => run<StripeProductLink>("createStripePrice", { input }),
    linkCustomer: (input: LinkCustomerInput, credential?: string) =>
      run<LinkCustomerPayload>("linkCustomer", { input }, credential),
    unlinkCustomer: (user: string, customerId?: string) =>
      run<LinkCustomerPayload>("unlinkCustomer", { user, customerId }),
    customersOf: async (user: string, credential?: string) =>
      (await run<{ stripeCustomers: LinkCustomerPayload["link"][] }>("customersOf", { user }, credential))
        .stripeCustomers,
    linksOf: (key: string, credential?: string) =>
      run<{ isLinked: boolean; links: StripeProductLink[] }>("linksOf", { key }, credential),
    refused: (name: Name, variables: object, credential?: string): Promise<TestError> =>
      latchkey.refused(linkDocuments[name], { ...variables }, credential),
  };
}

/** A Stripe product with a monthly and a one-off price. */
export async function stockProduct({ stripe }: Pick<Shop, "stripe">, name: string) {
  const product = await stripe.products.create({ name });
  const monthly = await stripe.prices.create({
    product: product.id,
    currency: "eur",
    unit_amount: 900,
    recurring: { interval: "month" },
  });
  const once = await stripe.prices.create({ product: product.id, currency: "eur", unit_amount: 4_900 });
  await stripe.products.update(product.id, { default_price: monthly.id });
  return { product: product.id, monthly: monthly.id, once: once.id };
}

/** Somebody in Stripe with a good card. */
export async function makeCustomer({ stripe }: Pick<Shop, "stripe">, email: string): Promise<string> {
  const { id } = await stripe.customers.create({ email });
  const method = await stripe.paymentMethods.attach("pm_card_visa", { customer: id });
  await stripe.customers.update(id, { invoice_settings: { default_payment_method: method.id } });
  return id;
}

/** A one-off purchase by an invoice that was paid elsewhere; answers the invoice. */
export async function buyOnce(shop: Pick<Shop, "control">, customer: string, price: string): Promise<string> {
  return (await shop.control<{ id: string }>("dashboard-invoice", { customer, price })).id;
}

export async function subscribe({ stripe }: Pick<Shop, "stripe">, customer: string, price: string): Promise<string> {
  return (await stripe.subscriptions.create({ customer, items: [{ price }] })).id;
}
