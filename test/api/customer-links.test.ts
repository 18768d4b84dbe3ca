import type { Product } from "../generated/operations";
import {
  buyOnce,
  linkDocuments,
  linkOperationsOf,
  makeCustomer,
  stockProduct,
  subscribe,
} from "../kit/link-operations";
import { keysOf, operationsOf, until } from "../kit/operations";
import { type Shop, startShop } from "../kit/start-shop";

let shop: Shop;
let links: ReturnType<typeof linkOperationsOf>;
let ops: ReturnType<typeof operationsOf>;
/** A linked product, by a subscription or bought once. */
let goods: Awaited<ReturnType<typeof stockProduct>> & { key: string };

beforeAll(async () => {
  shop = await startShop();
  links = linkOperationsOf(shop);
  ops = operationsOf(shop.latchkey);
  const stocked = await stockProduct(shop, "Membership");
  const { key } = await ops.createProduct({ name: "Membership" });
  await links.linkProduct({ product: key, stripeProductId: stocked.product, importExisting: false });
  goods = { ...stocked, key };
});
afterAll(() => shop.stop());

let made = 0;
const newUser = async (more: object = {}) => (await ops.createUser({ externalId: `user-${made++}`, ...more })).id;
/** Addresses of nobody whom we know: whose they are is only said by links. */
const newCustomer = () => makeCustomer(shop, `stranger-${made++}@nowhere.example`);
const allowed = async (user: string) => (await ops.access(goods.key, user)).allowed;
const keys = (products: Product[]) => keysOf(products);
const held = async (user: string) => (await links.customersOf(user)).filter(({ active }) => active);

/** What a purchase does by itself while users are made by purchases would blur what these tests are about. */
beforeAll(() =>
  shop.latchkey.get("mutation ($input: UpdatePolicyInput!) { updatePolicy(input: $input) { autoCreateUsers } }", {
    input: { autoCreateUsers: "NEVER" },
  }),
);

describe("linking a customer", () => {
  test("RWS-S8 RWS-S9 RWS-S11 RWS-S13: what was bought opens before the answer, although nobody told us of it", async () => {
    const [user, customer] = [await newUser(), await newCustomer()];
    // Webhooks that never arrive.
    const endpoints = await shop.stripe.webhookEndpoints.list();
    const endpoint = endpoints.data[0]?.id ?? "";
    await shop.stripe.webhookEndpoints.update(endpoint, { disabled: true });
    await subscribe(shop, customer, goods.monthly);
    await buyOnce(shop, customer, goods.once);
    await shop.stripe.webhookEndpoints.update(endpoint, { disabled: false });
    const { link, gained, lost } = await links.linkCustomer({ user, customerId: customer });
    expect([keys(gained), keys(lost)]).toEqual([[goods.key], []]);
    expect(await allowed(user)).toBe(true);
    expect((await ops.grants(user)).map(({ source }) => source).toSorted()).toEqual(["PURCHASE", "SUBSCRIPTION"]);
    const apiKey = (await ops.apiKeys())[0]?.id;
    expect(link).toMatchObject({ customerId: customer, active: true, user: { id: user }, linkedBy: apiKey });
    expect(link.connection.id).toBe(shop.connection);
    expect(await links.customersOf(user)).toEqual([link]);
  });

  test("RWS-X13: it leads to the customer's page in Stripe's dashboard, that of the mode", async () => {
    const [user, customerId] = [await newUser(), await newCustomer()];
    const { link } = await links.linkCustomer({ user, customerId });
    expect(link.dashboardUrl).toBe(`https://dashboard.stripe.com/test/customers/${customerId}`);
    const node = "query ($id: ID!) { node(id: $id) { ... on StripeCustomerLink { customerId } } }";
    expect(await shop.latchkey.get(node, { id: link.id })).toEqual({ node: { customerId } });
  });

  test("RWS-X14: server keys see customers, the person themselves does not, and changing them takes a WRITE key", async () => {
    const [user, customerId] = [await newUser(), await newCustomer()];
    const { link } = await links.linkCustomer({ user, customerId }, await shop.latchkey.key("WRITE"));
    const token = await shop.latchkey.tokenOf(user);
    expect(await links.customersOf(user, await shop.latchkey.key("READ"))).toHaveLength(1);
    expect(await links.customersOf(user, token)).toEqual([]);
    expect(await shop.latchkey.get("query ($id: ID!) { node(id: $id) { id } }", { id: link.id }, token)).toEqual({
      node: null,
    });
    for (const credential of [token, await shop.latchkey.key("READ")]) {
      const { extensions } = await links.refused("linkCustomer", { input: { user, customerId } }, credential);
      expect(extensions.code).toBe("FORBIDDEN");
    }
  });

  test("RWS-X11 RWS-S12: the other mode knows nothing of it", async () => {
    const [user, customerId] = [await newUser(), await newCustomer()];
    await links.linkCustomer({ user, customerId });
    expect(await links.customersOf(user, await shop.latchkey.key("READ", "LIVE"))).toEqual([]);
  });

  test("the same again changes nothing, and looks again", async () => {
    const [user, customerId] = [await newUser(), await newCustomer()];
    const first = await links.linkCustomer({ user, customerId });
    const again = await links.linkCustomer({ user, customerId });
    expect(again).toEqual(first);
    expect(await ops.activities({ user, types: ["CUSTOMER_LINKED"] })).toHaveLength(1);
  });

  test("RWS-S12: of many who ask for one customer at once, one gets it", async () => {
    const customerId = await newCustomer();
    const users = await Promise.all(Array.from({ length: 6 }, () => newUser()));
    const answers = await Promise.all(
      users.map((user) => shop.latchkey.ask(linkDocuments.linkCustomer, { input: { user, customerId } })),
    );
    expect(answers.filter(({ errors }) => !errors)).toHaveLength(1);
    const codes = answers.flatMap(({ errors = [] }) => errors.map(({ extensions }) => extensions.code));
    expect(new Set(codes)).toEqual(new Set(["CUSTOMER_ALREADY_LINKED"]));
    const counts = await Promise.all(users.map(async (user) => (await held(user)).length));
    expect(counts.toSorted()).toEqual([0, 0, 0, 0, 0, 1]);
  });

  const mistakes: [string, () => Promise<object>, string, string][] = [
    ["a user who does not exist", async () => ({ user: "nobody" }), "NOT_FOUND", "input.user"],
    [
      "a customer who does not exist",
      async () => ({ customerId: "cus_nobody" }),
      "CUSTOMER_NOT_FOUND",
      "input.customerId",
    ],
    ["what is no id at all", async () => ({ customerId: "../charges" }), "CUSTOMER_NOT_FOUND", "input.customerId"],
    [
      "a customer who was deleted",
      async () => {
        const customerId = await newCustomer();
        await shop.stripe.customers.del(customerId);
        return { customerId };
      },
      "CUSTOMER_NOT_FOUND",
      "input.customerId",
    ],
  ];
  test.each(mistakes)("TA-X14: %s is refused", async (_, mistake, code, field) => {
    const user = await newUser();
    const input = { user, customerId: await newCustomer(), ...(await mistake()) };
    const { extensions } = await links.refused("linkCustomer", { input });
    expect([extensions.code, extensions.field]).toEqual([code, field]);
    expect(await links.customersOf(user)).toEqual([]);
  });
});

describe("a customer who changes hands", () => {
  test("RWS-S12 RWS-S14: is refused unless it is said; then what was bought goes along, and what was granted by hand stays", async () => {
    const [first, second, customerId] = [await newUser(), await newUser(), await newCustomer()];
    await subscribe(shop, customerId, goods.monthly);
    await links.linkCustomer({ user: first, customerId });
    await ops.grantAccess({ user: first, product: goods.key, endsAt: "2099-01-01T00:00:00.000Z" });
    const refused = await links.refused("linkCustomer", { input: { user: second, customerId } });
    expect([refused.extensions.code, refused.extensions.field]).toEqual([
      "CUSTOMER_ALREADY_LINKED",
      "input.customerId",
    ]);
    expect(refused.extensions.details).toEqual({ user: first });
    expect([await allowed(first), await allowed(second)]).toEqual([true, false]);

    const { gained } = await links.linkCustomer({ user: second, customerId, replace: true });
    expect(keys(gained)).toEqual([goods.key]);
    expect((await ops.grants(first, true)).map(({ source }) => source)).toEqual(["MANUAL"]);
    expect((await ops.grants(second, true)).map(({ source }) => source)).toEqual(["SUBSCRIPTION"]);
    const [line] = await ops.activities({ user: second, types: ["CUSTOMER_LINKED"] });
    expect(line).toMatchObject({ actor: "ADMIN", data: { customer: customerId, previousUser: first } });
    const [unlinked] = await ops.activities({ user: first, types: ["CUSTOMER_UNLINKED"] });
    expect(unlinked).toMatchObject({ data: { customer: customerId, connection: shop.connection } });
    expect((await links.customersOf(first)).map(({ active }) => active)).toEqual([false]);
  });

  test("a user may have several customers, and names the one to be unlinked", async () => {
    const [user, first, second] = [await newUser(), await newCustomer(), await newCustomer()];
    await buyOnce(shop, first, goods.once);
    await links.linkCustomer({ user, customerId: first });
    const { gained, lost } = await links.linkCustomer({ user, customerId: second, replace: true });
    expect([keys(gained), keys(lost), await allowed(user)]).toEqual([[], [], true]);
    const idsOf = async () => (await held(user)).map((link) => link.customerId).sort();
    expect(await idsOf()).toEqual([first, second].sort());
    const { extensions } = await links.refused("unlinkCustomer", { user });
    expect([extensions.code, extensions.field]).toEqual(["AMBIGUOUS_CUSTOMER", "customerId"]);
    const named = [first, second].map((customerId) => ({ customerId, connection: shop.connection }));
    expect(extensions.details).toEqual({ customers: named });
    const wrong = await links.refused("unlinkCustomer", { user, customerId: await newCustomer() });
    expect(wrong.extensions.code).toBe("CUSTOMER_NOT_FOUND");
    expect((await links.unlinkCustomer(user, second)).lost).toEqual([]);
    expect([await idsOf(), await allowed(user)]).toEqual([[first], true]);
    expect(keys((await links.unlinkCustomer(user)).lost)).toEqual([goods.key]);
  });
});

describe("unlinking a customer", () => {
  test("RWS-S14: what came from it ends, nothing brings it back by itself, and linking it again undoes it", async () => {
    const [user, customerId] = [await newUser(), await newCustomer()];
    const subscription = await subscribe(shop, customerId, goods.monthly);
    await links.linkCustomer({ user, customerId });
    const { link, lost, gained } = await links.unlinkCustomer(user);
    expect([link.active, keys(lost), keys(gained)]).toEqual([false, [goods.key], []]);
    expect(await allowed(user)).toBe(false);
    await shop.stripe.subscriptions.update(subscription, { metadata: { touched: "yes" } });
    await shop.settled();
    expect(await allowed(user)).toBe(false);
    const [line] = await ops.activities({ user, types: ["CUSTOMER_UNLINKED"] });
    await links.linkCustomer({ user, customerId: String(line?.data["customer"]) });
    expect(await allowed(user)).toBe(true);
  });

  test("somebody who is linked to none is told so", async () => {
    const user = await newUser();
    expect((await links.refused("unlinkCustomer", { user })).extensions.code).toBe("NO_STRIPE_CUSTOMER");
    expect((await links.refused("unlinkCustomer", { user: "nobody" })).extensions.code).toBe("NOT_FOUND");
  });
});

describe("a user who is a customer from the beginning", () => {
  test("RWS-S16: createUser takes the customer, and what it bought is theirs at once", async () => {
    const customer = await newCustomer();
    await subscribe(shop, customer, goods.monthly);
    const input = { externalId: "from-the-start", stripeCustomerId: customer, idempotencyKey: "start" };
    const { id } = await ops.createUser(input);
    expect(await allowed(id)).toBe(true);
    expect((await held(id)).map(({ customerId }) => customerId)).toEqual([customer]);
    expect((await ops.createUser(input)).id).toBe(id);
    const other = { ...input, stripeCustomerId: await newCustomer() };
    expect((await ops.refused("createUser", { input: other })).extensions.code).toBe("IDEMPOTENCY_MISMATCH");
  });

  test("RWS-S16: a customer who does not exist, or is somebody's, makes no user", async () => {
    const customer = await newCustomer();
    await links.linkCustomer({ user: await newUser(), customerId: customer });
    for (const [stripeCustomerId, code] of [
      ["cus_none", "CUSTOMER_NOT_FOUND"],
      [customer, "CUSTOMER_ALREADY_LINKED"],
    ] as const) {
      const input = { externalId: "never-made", stripeCustomerId };
      const { extensions } = await ops.refused("createUser", { input });
      expect([extensions.code, extensions.field]).toEqual([code, "input.stripeCustomerId"]);
    }
    expect(await ops.user("never-made")).toBeNull();
    const { extensions } = await ops.refused("createUser", {
      input: { email: "no address", stripeCustomerId: customer },
    });
    expect(extensions.code).toBe("EMAIL_INVALID");
  });

  test("RWS-S16 TA-X14: a Stripe that stops answering in between makes no user, and links nothing", async () => {
    const customer = await newCustomer();
    const fault = { kind: "error-before" } as const;
    for (const path of ["/v1/subscriptions", "/v1/invoices", "/v1/checkout/sessions"]) {
      shop.simulator.control.plan({ fault, path, count: 2 });
      const input = { externalId: "cut-off", stripeCustomerId: customer };
      const { extensions } = await ops.refused("createUser", { input });
      shop.simulator.control.faults.clear();
      expect([extensions.code, extensions.retryable]).toEqual(["STRIPE_UNAVAILABLE", true]);
    }
    expect(await ops.user("cut-off")).toBeNull();
    const { id } = await ops.createUser({ externalId: "cut-off", stripeCustomerId: customer });
    expect(await held(id)).toHaveLength(1);
  });

  test("RWS-S17: updateUser changes it, null lets go of it, and a customer who does not exist changes nothing", async () => {
    const [user, first, second] = [await newUser(), await newCustomer(), await newCustomer()];
    await buyOnce(shop, second, goods.once);
    await ops.updateUser({ user, stripeCustomerId: first });
    expect(await allowed(user)).toBe(false);
    await ops.updateUser({ user, stripeCustomerId: second, name: "Ada" });
    expect((await held(user)).map(({ customerId }) => customerId)).toEqual([second]);
    expect(await allowed(user)).toBe(true);
    const { extensions } = await ops.refused("updateUser", {
      input: { user, name: "Bob", stripeCustomerId: "cus_none" },
    });
    expect(extensions.code).toBe("CUSTOMER_NOT_FOUND");
    expect(await ops.user(user)).toMatchObject({ name: "Ada" });
    await ops.updateUser({ user, name: "Ada Lovelace" });
    expect(await held(user)).toHaveLength(1);
    await ops.updateUser({ user, stripeCustomerId: null });
    expect(await held(user)).toEqual([]);
    expect(await allowed(user)).toBe(false);
    await ops.updateUser({ user, stripeCustomerId: null });
  });

  test("RWS-S9: users are listed by whether they are linked", async () => {
    const [linked, other] = [await newUser({ name: "Listed A" }), await newUser({ name: "Listed B" })];
    await links.linkCustomer({ user: linked, customerId: await newCustomer() });
    const list = async (linkedToStripe: boolean, credential?: string) => {
      const query = `query ($filter: UserFilter) { users(filter: $filter) { nodes { id } } }`;
      const filter = { search: "Listed", linkedToStripe };
      const { users } = await shop.latchkey.get<{ users: { nodes: { id: string }[] } }>(query, { filter }, credential);
      return users.nodes.map(({ id }) => id);
    };
    expect([await list(true), await list(false)]).toEqual([[linked], [other]]);
    expect(await list(true, await shop.latchkey.key("READ", "LIVE"))).toEqual([]);
  });
});

describe("a person who is removed", () => {
  test("is not brought back by what Stripe says later, and their customer can be somebody else's", async () => {
    const customer = await newCustomer();
    const subscription = await subscribe(shop, customer, goods.monthly);
    const user = await newUser({ stripeCustomerId: customer });
    await ops.deleteUser(user);
    const { users: before } = await shop.latchkey.get<{ users: { totalCount: number } }>("{ users { totalCount } }");
    await shop.stripe.subscriptions.update(subscription, { metadata: { touched: "yes" } });
    await shop.stripe.customers.update(customer, { name: "Still there" });
    await shop.settled();
    const { users: after } = await shop.latchkey.get<{ users: { totalCount: number } }>("{ users { totalCount } }");
    expect(after).toEqual(before);
    const next = await newUser();
    expect(keys((await links.linkCustomer({ user: next, customerId: customer })).gained)).toEqual([goods.key]);
  });
});

describe("RWS-X12, CH-X12: a new e-mail address or name", () => {
  const emailOf = async (customer: string) => {
    const found = await shop.stripe.customers.retrieve(customer);
    return found.deleted ? null : found.email;
  };

  test("is written to the customer in Stripe, in the background; other changes and cleared fields are not", async () => {
    const customer = await newCustomer();
    const old = await emailOf(customer);
    const user = await newUser({ stripeCustomerId: customer, email: "before@push.example", name: "Before" });
    await ops.updateUser({ user, metadata: { a: 1 } });
    await ops.updateUser({ user, email: null });
    const inStripe = async () => {
      const found = await shop.stripe.customers.retrieve(customer);
      return found.deleted ? null : { email: found.email, name: found.name ?? null };
    };
    const written = (email: string | null, name: string | null) =>
      until(inStripe, (seen) => seen?.email === email && seen.name === name);
    // The name alone: the address in Stripe stays, though it is another one than the user's.
    await ops.updateUser({ user, name: "Another name" });
    expect(await written(old, "Another name")).toEqual({ email: old, name: "Another name" });
    await ops.updateUser({ user, email: "After@push.example", name: null });
    const now = { email: "After@push.example", name: "Another name" };
    expect(await written(now.email, now.name)).toEqual(now);

    // A change in Stripe is shown on the link. The user stays as they are, and nothing is written back.
    await shop.settled();
    const typed = { email: "typed@push.example", name: "Typed in Stripe" };
    await shop.stripe.customers.update(customer, typed);
    await shop.settled();
    const shown = `query ($id: ID!) { user(id: $id) { email name stripeCustomers { email name } } }`;
    const answer = () => shop.latchkey.get<{ user: object }>(shown, { id: user });
    expect(await answer()).toEqual({ user: { email: now.email, name: null, stripeCustomers: [typed] } });
    await ops.updateUser({ user, email: "last@push.example" });
    const last = { email: "last@push.example", name: typed.name };
    expect(await written(last.email, last.name)).toEqual(last);
    await shop.settled();
    expect(await answer()).toEqual({ user: { email: last.email, name: null, stripeCustomers: [last] } });
  });

  test("of a list reaches Stripe as well", async () => {
    const customer = await newCustomer();
    await newUser({ externalId: "listed", stripeCustomerId: customer, email: "listed@push.example", name: "Before" });
    await shop.latchkey.get(`mutation ($rows: [ImportUserRow!]!) { importUsers(input: { rows: $rows }) { id } }`, {
      rows: [{ externalId: "listed", name: "From the list" }],
    });
    const nameOf = async () => {
      const found = await shop.stripe.customers.retrieve(customer);
      return found.deleted ? null : found.name;
    };
    expect(await until(nameOf, (name) => name === "From the list")).toBe("From the list");
  });

  test("that cannot be told is written down once, and told as soon as Stripe answers", async () => {
    const customer = await newCustomer();
    const user = await newUser({ stripeCustomerId: customer, email: "first@push.example" });
    shop.simulator.control.plan({
      fault: { kind: "error-before" },
      method: "POST",
      path: `/v1/customers/${customer}`,
      count: 4,
    });
    await ops.updateUser({ user, email: "second@push.example" });
    const failures = () => ops.activities({ user, types: ["CUSTOM"] });
    expect(await until(failures, (lines) => lines.length > 0)).toMatchObject([
      { customType: "customer.push-failed", actor: "SYSTEM", data: { code: "STRIPE_UNAVAILABLE", willRetry: true } },
    ]);
    expect((await failures())[0]?.message).not.toContain("@");
    const told = await until(
      () => emailOf(customer),
      (email) => email === "second@push.example",
    );
    expect(told).toBe("second@push.example");
    expect(await failures()).toHaveLength(1);
  });
});

test("a refusal names the other user by id and says nothing else of them", async () => {
  const first = await newUser({ email: "hidden@person.example", name: "Hidden Person" });
  const [second, customerId] = [await newUser(), await newCustomer()];
  await links.linkCustomer({ user: first, customerId });
  const answer = await shop.latchkey.ask(linkDocuments.linkCustomer, { input: { user: second, customerId } });
  expect(answer.text).toContain(first);
  expect(answer.text).not.toMatch(/hidden/i);
});
