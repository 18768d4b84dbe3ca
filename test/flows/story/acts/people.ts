import type { Actor } from "../people";
import { type Act, nowOf, type Stage } from "../stage";
import { customersOf, noteCustomer, payBy } from "./customers";

// Acts on people: removals, returns, proofs of an address, and mistyped addresses.

const MINUTE = 60;
const FIND = "query ($email: String!) { userByEmail(email: $email) { id } }";
const DELETE = "mutation ($user: ID!) { deleteUser(user: $user) }";

const removePerson: Act = {
  weight: 2,
  run: async (stage) => {
    const { chance, people, latchkey, simulator } = stage;
    const kinds = ["matched", "stranger", "guest"];
    const actor = chance.pick(people.filter(({ kind }) => kinds.includes(kind)));
    if (!actor || !(await stage.bringUpToDate())) return null;
    const found = await latchkey.ask<{ userByEmail: { id: string } | null } | null>(FIND, { email: actor.email });
    if (found && !found.userByEmail) return null;
    // A purchase of the same second would be neither before nor after the removal.
    simulator.control.moveBy(MINUTE);
    await latchkey.ask(DELETE, { user: found?.userByEmail?.id ?? actor.email });
    noteRemoval(stage, actor);
    simulator.control.moveBy(MINUTE);
    return `${actor.email} was removed`;
  },
};

function noteRemoval(stage: Stage, actor: Actor): void {
  const { books } = stage;
  books.removals.push({ email: actor.email, at: nowOf(stage) });
  for (const gift of books.gifts) gift.revoked ||= gift.email === actor.email;
  setKnown(stage, actor, { isUser: false, verified: false });
}

function setKnown({ books }: Stage, actor: Actor, known: { isUser: boolean; verified: boolean }): void {
  Object.assign(actor, known);
  const person = books.people.find(({ email }) => email === actor.email);
  Object.assign(person ?? {}, known);
}

const CREATE = "mutation ($input: CreateUserInput!) { createUser(input: $input) { id } }";

/** Only what the person buys after the removal opens anything. */
const bringBack: Act = {
  weight: 2,
  run: async (stage) => {
    const { chance, people, latchkey } = stage;
    const actor = chance.pick(people.filter(({ kind, isUser }) => kind === "matched" && !isUser));
    if (!actor) return null;
    const { email } = actor;
    await latchkey.ask(CREATE, { input: { externalId: email, email, emailVerified: true, name: email } });
    setKnown(stage, actor, { isUser: true, verified: true });
    return `${email} is a user again`;
  },
};

const UPDATE = "mutation ($input: UpdateUserInput!) { updateUser(input: $input) { id } }";

/** The address of somebody is proved, or the proof is withdrawn. */
const prove: Act = {
  weight: 3,
  run: async (stage) => {
    const actor = stage.chance.pick(stage.people.filter(({ kind }) => kind === "shadow"));
    if (!actor) return null;
    const verified = !actor.verified;
    await stage.latchkey.ask(UPDATE, { input: { user: actor.email, emailVerified: verified } });
    setKnown(stage, actor, { isUser: true, verified });
    return `the address of ${actor.email} is ${verified ? "proved" : "no longer proved"}`;
  },
};

const mistype: Act = {
  weight: 3,
  run: async (stage) => {
    const { chance, people, goods, stripe } = stage;
    const actor = chance.pick(people.filter((one) => one.kind === "plain" && customersOf(stage, one).length === 0));
    const price = chance.pick(goods.monthly)?.id;
    if (!actor || !price) return null;
    const typed = `typo-${actor.email}`;
    const { id } = await stripe.customers.create({ email: typed });
    noteCustomer(stage, actor, id, typed);
    await payBy(stage, id, "pm_card_visa");
    await stripe.subscriptions.create({ customer: id, items: [{ price }] });
    return `${actor.email} subscribed as ${id} and typed ${typed}`;
  },
};

const correct: Act = {
  weight: 2,
  run: async (stage) => {
    const { chance, people, stripe, simulator } = stage;
    const isMistyped = (id: string): boolean =>
      simulator.world.shelves.customer.inOrder.some(({ row }) => row.id === id && row.email?.startsWith("typo-"));
    const pairs = people
      .filter(({ kind }) => kind === "plain")
      .flatMap((actor) => customersOf(stage, actor).map((id) => ({ actor, id })))
      .filter(({ id }) => isMistyped(id));
    const pair = chance.pick(pairs);
    if (!pair) return null;
    await stripe.customers.update(pair.id, { email: pair.actor.email });
    return `the address of ${pair.id} was corrected to ${pair.actor.email}`;
  },
};

export const peopleActs: Record<string, Act> = { removePerson, bringBack, prove, mistype, correct };
