import type { Actor } from "../people";
import type { Stage } from "../stage";

const GOOD_CARDS = ["pm_card_visa", "pm_card_visa", "pm_card_visa", "pm_card_visa"];
const CARDS = [...GOOD_CARDS, "pm_card_chargeCustomerFail", "pm_card_authenticationRequired", null];

/** A customer of somebody who may have one: theirs, or a new one. Null when this person has to do without. */
export async function customerFor(stage: Stage, actor: Actor): Promise<string | null> {
  const own = customersOf(stage, actor);
  if (actor.kind === "guest" || actor.kind === "plain") return null;
  // A shadow is linked by hand, so one customer is enough.
  const most = actor.kind === "shadow" || actor.kind === "linked" ? 1 : 2;
  if (own.length >= most || (own.length > 0 && stage.chance.yes(0.6))) return stage.chance.pick(own) ?? null;
  const customer = await openCustomer(stage, actor, addressFor(stage, actor));
  // The first of two is linked by hand, and the second one joins by its address.
  if (actor.kind === "twice" && own.length === 0) await linkTo(stage, actor, customer);
  return customer;
}

export function customersOf({ customers }: Stage, { email }: Actor): string[] {
  return [...customers].filter(([, owner]) => owner === email).map(([id]) => id);
}

/** Of the two customers of one person, the second has the address of the user. */
function addressFor({ addresses, customers }: Stage, { kind, email }: Actor): string {
  const hasOne = [...customers.values()].includes(email);
  if (kind === "linked" || (kind === "twice" && !hasOne)) return `bills-${addresses.size}-${email}`;
  return email;
}

async function openCustomer(stage: Stage, actor: Actor, email: string): Promise<string> {
  const { stripe, chance } = stage;
  const { id } = await stripe.customers.create({ email, name: actor.kind });
  noteCustomer(stage, actor, id, email);
  const card = chance.pick(CARDS) ?? null;
  if (card !== null) await payBy(stage, id, card);
  return id;
}

export function noteCustomer({ customers, addresses }: Stage, actor: Actor, id: string, email: string): void {
  customers.set(id, actor.email);
  addresses.add(email);
}

export async function payBy({ stripe }: Stage, customer: string, card: string): Promise<void> {
  const method = await stripe.paymentMethods.attach(card, { customer });
  await stripe.customers.update(customer, { invoice_settings: { default_payment_method: method.id } });
}

const LINK = "mutation ($input: LinkCustomerInput!) { linkCustomer(input: $input) { link { id } } }";

export async function linkTo({ latchkey, books }: Stage, { email }: Actor, customer: string): Promise<void> {
  await latchkey.ask(LINK, { input: { user: email, customerId: customer, replace: true } });
  books.customerLinks = books.customerLinks.filter((link) => link.customer !== customer);
  books.customerLinks.push({ customer, email });
  books.unlinked.delete(customer);
}
