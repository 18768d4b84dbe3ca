import fc from "fast-check";
import { type AppliedBatch, applyFacts } from "../../src/access/apply-facts";
import type { SourceFacts } from "../../src/access/fact";
import { ensureRemovalKey } from "../../src/access/ensure-removal-key";
import { replanMarked } from "../../src/access/replan";
import { newUuid } from "../../src/base/ids";
import { day, monthly, order, subscription, unpaidSince } from "../kit/describe-life";
import { dumpRows, operationsOf, until } from "../kit/operations";
import { type Latchkey, startLatchkey } from "../kit/start-latchkey";
import { testClock } from "../kit/test-clock";

// Below the webhook and above the tables: what one transaction does with facts, whoever looked.
let latchkey: Latchkey;
let connectionId: string;
let observation = 0n;

beforeAll(async () => {
  // One for each of those that work at once: none waits for a connection.
  const env = { LATCHKEY_DATABASE_CONNECTIONS: "66" };
  latchkey = await startLatchkey({ clock: testClock(day(2)), env });
  const { db } = latchkey.server.deps;
  connectionId = newUuid();
  await db.rows(
    `/* test.connect */ insert into stripe_connections (id, account, mode, status, created_at, updated_at)
     values ($1, 'acct_1', 'TEST', 'CONNECTED', now(), now())`,
    [connectionId],
  );
  const { createProduct } = await latchkey.get<{ createProduct: { id: string } }>(
    `mutation { createProduct(input: { key: "course", name: "Course" }) { id } }`,
  );
  expect(createProduct.id).toMatch(/^prd_/);
  await db.rows(
    `/* test.link */ insert into product_links (id, connection_id, product_id, stripe_product, state, created_at, updated_at)
     select $1, $2, id, 'prod_course', 'ACTIVE', now(), now() from products where key = 'course'`,
    [newUuid(), connectionId],
  );
});
afterAll(() => latchkey.stop());

const apply = (...facts: SourceFacts[]): Promise<AppliedBatch> =>
  applyFacts(latchkey.server.deps, { origin: "WEBHOOK", facts });

/** A subscription of a person whom nobody knows but by their address. */
function bought(name: string, said: Parameters<typeof subscription>[0] = {}, more: Partial<SourceFacts> = {}) {
  const whose = { connectionId, source: `sub_${name}`, customer: `cus_${name}` };
  const buyer = { email: `${name}@shop.example`, name };
  return subscription(said, { ...whose, buyer, observation: ++observation, observedAt: day(2), ...more });
}

interface Person {
  id: string;
  email: string;
  access: { allowed: boolean; reason: string; asOf: string | null };
  grants: { nodes: { stripeObject: string; status: string }[] };
  activities: { nodes: { type: string; origin: string; at: string }[] };
}

async function person(name: string): Promise<Person | null> {
  const { userByEmail } = await latchkey.get<{ userByEmail: Person | null }>(
    `query ($email: String!) { userByEmail(email: $email) {
      id email access(product: "course") { allowed reason asOf }
      grants { nodes { stripeObject status } } activities(first: 50) { nodes { type origin at } } } }`,
    { email: `${name}@shop.example` },
  );
  return userByEmail;
}

const linesOf = (found: Person | null) => found?.activities.nodes.map((line) => line.type).sort() ?? [];
const FIRST = ["ACCESS_STARTED", "CUSTOMER_LINKED", "PRODUCT_PURCHASED", "SUBSCRIPTION_STARTED", "USER_CREATED"];

test("a purchase of somebody unknown makes a user, opens the product and writes each line once: RWS-S7, CH-S30, CH-S31", async () => {
  await apply(bought("ada"));
  await apply(bought("ada"));
  const ada = await person("ada");
  expect(ada?.access).toEqual({ allowed: true, reason: "SUBSCRIPTION", asOf: day(2).toISOString() });
  expect(ada?.grants.nodes).toEqual([{ stripeObject: "sub_ada", status: "ACTIVE" }]);
  expect(linesOf(ada)).toEqual(FIRST);
});

test("an older look never replaces a newer one", async () => {
  const old = bought("bob", { status: "active" });
  await apply(bought("bob", { status: "canceled", endedAt: day(1) }));
  const { sources } = await apply(old);
  expect(sources).toMatchObject([{ isNews: false }]);
  expect((await person("bob"))?.access).toBeUndefined();
});

test("the same purchase, applied fifty times at once, is one grant and one set of lines: F4", async () => {
  await Promise.all(Array.from({ length: 50 }, () => apply(bought("cleo"))));
  const cleo = await person("cleo");
  expect(cleo?.grants.nodes).toHaveLength(1);
  expect(linesOf(cleo)).toEqual(FIRST);
});

test("two first purchases with one address at once create one user, who has both: F39", async () => {
  const same = { email: "dora@shop.example", name: "Dora" };
  const one = bought("dora", {}, { source: "sub_d1", customer: "cus_d1", buyer: same });
  const two = bought(
    "dora",
    {},
    { source: "sub_d2", customer: "cus_d2", buyer: { ...same, email: "DORA@shop.example" } },
  );
  const applied = await Promise.all([apply(one), apply(two)]);
  const owners = applied.flatMap(({ sources }) => sources.map((source) => source.ownerId));
  expect([owners.length, new Set(owners).size, owners.includes(null)]).toEqual([2, 1, false]);
  const dora = await person("dora");
  expect(dora?.grants.nodes.map(({ stripeObject }) => stripeObject).sort()).toEqual(["sub_d1", "sub_d2"]);
});

test("a subscription that ends leaves a lifetime purchase alone: F13, F15, TA-X20", async () => {
  await apply(bought("eve"));
  const lifetime = order({}, { connectionId, source: "pi_eve", customer: "cus_eve", observation: ++observation });
  await apply(lifetime);
  await apply(bought("eve", { status: "canceled", endedAt: day(1) }));
  expect((await person("eve"))?.access).toMatchObject({ allowed: true, reason: "PURCHASE" });
  const refunds = [{ id: "re_eve", amount: 5_000, status: "succeeded", createdAt: day(2) }];
  await apply({
    ...order({ refunds }, { connectionId, source: "pi_eve", customer: "cus_eve" }),
    observation: ++observation,
  });
  const eve = await person("eve");
  expect(eve?.access).toMatchObject({ allowed: false, reason: "REFUNDED" });
  expect(linesOf(eve)).toEqual(
    [
      ...FIRST,
      "ACCESS_ENDED",
      "PRODUCT_PURCHASED",
      "PURCHASE_REFUNDED",
      "SUBSCRIPTION_CANCELLED",
      "SUBSCRIPTION_ENDED",
    ].sort(),
  );
});

test("a question about the past is answered as it was then: TA-X35", async () => {
  await apply(bought("finn"));
  latchkey.clock.moveTo(day(5));
  await apply(bought("finn", { status: "paused" }, { observedAt: day(5) }));
  const { then, now } = await latchkey.get<Record<"then" | "now", { allowed: boolean; reason: string }>>(
    `query ($user: ID!, $at: DateTime!) {
      then: access(product: "course", user: $user, at: $at) { allowed reason }
      now: access(product: "course", user: $user) { allowed reason } }`,
    { user: (await person("finn"))?.id, at: day(3).toISOString() },
  );
  expect([then, now]).toEqual([
    { allowed: true, reason: "SUBSCRIPTION" },
    { allowed: false, reason: "PAUSED" },
  ]);
});

test("what is not linked opens nothing, makes nobody, and is kept until it is linked: F14", async () => {
  const items = [{ ...monthly, stripeProduct: "prod_unlinked" }];
  await apply(bought("gus", {}, { items }));
  expect(await person("gus")).toBeNull();
});

test.each(["before it", "along with it"])(
  "what opened nothing and was nobody's, %s, follows the customer to whoever buys by it later",
  async (when) => {
    const name = when === "before it" ? "lea" : "max";
    const expired = bought(name, { status: "incomplete_expired" }, { source: `sub_${name}_1` });
    const alive = bought(name);
    if (when === "before it") {
      await apply(expired);
      await apply(alive);
    } else {
      await apply(expired, alive);
    }
    const { db } = latchkey.server.deps;
    const owners = () =>
      db.rows<{ owner: string | null }>("select owner_id as owner from stripe_facts where customer = $1", [
        `cus_${name}`,
      ]);
    const known = await until(owners, (rows) => rows.every(({ owner }) => owner !== null));
    expect(new Set(known.map(({ owner }) => owner)).size).toBe(1);
    expect((await person(name))?.access).toMatchObject({ allowed: true });
  },
);

test("one of many at once does not keep the others out: 64 mixed changes on 4 customers end without a deadlock: F32", async () => {
  const names = ["hal", "ida", "jon", "kim"];
  const status = ["active", "past_due", "paused", "canceled"];
  await Promise.all(
    Array.from({ length: 64 }, (_, index) => {
      const facts = names.map((name, at) =>
        bought(name, { status: status[(index + at) % 4] ?? "active", endedAt: day(2) }),
      );
      return apply(...(index % 2 ? facts : facts.toReversed()));
    }),
  );
  await apply(...names.map((name) => bought(name)));
  for (const name of names)
    expect((await person(name))?.grants.nodes).toEqual([{ stripeObject: `sub_${name}`, status: "ACTIVE" }]);
});

test("a purchase of a product that a bundle keeps open neither begins nor ends access to it", async () => {
  const api = operationsOf(latchkey);
  const { key } = await api.createProduct({ key: "pack", includes: ["course"] });
  await latchkey.server.deps.db.rows(
    `/* test.link */ insert into product_links (id, connection_id, product_id, stripe_product, state, created_at, updated_at)
     select $1, $2, id, 'prod_pack', 'ACTIVE', now(), now() from products where key = $3`,
    [newUuid(), connectionId, key],
  );
  const items = [{ ...monthly, stripeProduct: "prod_pack" }];
  const pack = (said = {}) => bought("rosa", said, { source: "sub_rosa_pack", items });
  const over = { status: "canceled", endedAt: latchkey.clock.now() };
  const turns = async () =>
    (await api.activities({ user: (await person("rosa"))?.id ?? "", types: ["ACCESS_STARTED", "ACCESS_ENDED"] }))
      .map(({ type, product }) => `${type} ${product?.key ?? ""}`)
      .sort();
  await apply(pack());
  await apply(bought("rosa"));
  await apply(bought("rosa", over));
  expect(await turns()).toEqual(["ACCESS_STARTED pack"]);
  await apply(pack(over));
  expect(await turns()).toEqual(["ACCESS_ENDED course", "ACCESS_ENDED pack", "ACCESS_STARTED pack"]);
  expect((await person("rosa"))?.access.allowed).toBe(false);
  await apply(pack());
  expect(await turns()).toEqual([
    "ACCESS_ENDED course",
    "ACCESS_ENDED pack",
    "ACCESS_STARTED course",
    "ACCESS_STARTED pack",
    "ACCESS_STARTED pack",
  ]);
});

describe("revokeAccess and grants that come from Stripe", () => {
  const revoke = (input: object) => operationsOf(latchkey).refused("revokeAccess", { input: { note: "x", ...input } });
  const grantIds = async (name: string) => {
    const { id, grants } = (await person(name)) ?? { id: "", grants: { nodes: [] } };
    const nodes = await operationsOf(latchkey).grants(id);
    return grants.nodes.map(({ stripeObject }, place) => ({ user: id, stripeObject, grant: nodes[place]?.id ?? "" }));
  };

  test("RWS-X4 a paid grant is refused by its id, with what to do in Stripe, and goes on; open or ended", async () => {
    const customer = "cus_nora";
    await apply(bought("nora"));
    await apply(order({}, { connectionId, source: "pi_nora", customer, observation: ++observation }));
    const before = await person("nora");
    for (const { grant, stripeObject } of await grantIds("nora")) {
      const { message, extensions } = await revoke({ grant });
      expect(extensions).toMatchObject({
        code: "ACTION_NOT_ALLOWED",
        field: "input.grant",
        details: { grant, stripeObject },
      });
      const inStripe =
        stripeObject === "pi_nora" ? "Refund the payment in Stripe" : "Cancel the subscription in Stripe";
      for (const word of [stripeObject, inStripe, "unlinkCustomer", "unlinkProduct"]) expect(message).toContain(word);
    }
    expect(await person("nora")).toEqual(before);
    await apply(bought("nora", { status: "canceled", endedAt: day(1) }));
    const ended = (await grantIds("nora")).find(({ stripeObject }) => stripeObject === "sub_nora");
    expect((await revoke({ grant: ended?.grant ?? "" })).extensions.code).toBe("ACTION_NOT_ALLOWED");
  });

  test("by user and product, and by a reference, only what was made by hand ends beside a paid grant", async () => {
    await apply(bought("olga"));
    const user = (await person("olga"))?.id ?? "";
    const api = operationsOf(latchkey);
    await api.grantAccess({ user, product: "course", note: "thanks", source: "keap", externalRef: "olga" });
    await api.grantAccess({ user, product: "course", note: "thanks", gift: true });
    for (const input of [
      { source: "keap", externalRef: "olga" },
      { user, product: "course" },
    ]) {
      for (const grant of await api.revokeAccess(input)) expect(["MANUAL", "GIFT"]).toContain(grant.source);
    }
    expect((await person("olga"))?.access).toMatchObject({ allowed: true, reason: "SUBSCRIPTION" });
    expect(await api.grants(user, true)).toMatchObject([{ source: "SUBSCRIPTION" }]);
  });

  test("a paid grant that an earlier version revoked stays revoked, and a grant by hand opens the product again", async () => {
    await apply(bought("pia"));
    await latchkey.server.deps.db.rows(
      `/* test */ update grants set ended_at = $2, revoked_at = $2, end_reason = 'REVOKED' where stripe_object = $1`,
      ["sub_pia", day(1)],
    );
    await apply(bought("pia"));
    const pia = await person("pia");
    expect(pia?.access).toMatchObject({ allowed: false, reason: "REVOKED" });
    await operationsOf(latchkey).grantAccess({ user: pia?.id ?? "", product: "course", note: "paid" });
    expect((await person("pia"))?.access).toMatchObject({ allowed: true, reason: "MANUAL" });
  });
});

describe("what comes after the removal of a user", () => {
  const remove = async (name: string) => {
    await operationsOf(latchkey).deleteUser((await person(name))?.id ?? "");
  };
  /** What Stripe says of them, with name and address each time. All of it was bought before the removal. */
  const storyOf = (name: string) => {
    const buyer = { email: `${name}@shop.example`, name };
    const whose = { connectionId, buyer, observedAt: day(2) };
    const guest = (source: string, said = {}) =>
      apply(order(said, { ...whose, source, customer: null, observation: ++observation }));
    const refund = (amount: number) => ({ id: `re_${amount}`, amount, status: "succeeded", createdAt: day(2) });
    return {
      "the guest's purchase": () => guest(`pi_${name}`),
      "a refund": () => guest(`pi_${name}`, { refunds: [refund(100)] }),
      "a dispute": () => guest(`pi_${name}`, { disputes: [{ id: "du_1", status: "lost", createdAt: day(2) }] }),
      "the subscription": () => apply(bought(name)),
      "a failed renewal": () => apply(bought(name, { status: "past_due", unpaid: unpaidSince(day(1)) })),
      "a purchase that was not seen before": () => guest(`pi_${name}_unseen`),
      "another subscription of the customer": () => apply(bought(name, {}, { source: `sub_${name}_2` })),
      "another customer with the address": () =>
        apply(bought(name, {}, { source: `sub_${name}_3`, customer: `cus_${name}_3` })),
      "the customer": async () => {
        const customer = { customer: `cus_${name}`, email: buyer.email, name, deleted: false };
        const seen = { ...customer, connectionId, observation: ++observation, observedAt: day(2) };
        await applyFacts(latchkey.server.deps, { origin: "WEBHOOK", facts: [], customers: [seen] });
      },
      "a change of the policy": async () => {
        await latchkey.server.deps.db.rows("/* test */ update stripe_facts set needs_plan = true");
        await replanMarked(latchkey.server.deps);
      },
    };
  };

  test("creates nobody and keeps no name or address, in whatever order it comes; a later purchase creates a new user", async () => {
    const steps = Object.keys(storyOf(""));
    const orders = fc.array(fc.constantFrom(...steps), { minLength: 4, maxLength: 10 });
    for (const [round, names] of fc.sample(orders, { seed: 4, numRuns: 6 }).entries()) {
      const name = `zebulon${round}`;
      const story = storyOf(name) as Record<string, () => Promise<unknown>>;
      if (round % 3 !== 1) await story["the subscription"]?.();
      if (round % 3 !== 2) await story["the guest's purchase"]?.();
      await remove(name);
      for (const step of names) {
        await story[step]?.();
        expect([names, step, await person(name)]).toEqual([names, step, null]);
      }
      expect(await dumpRows(latchkey)).not.toMatch(/zebulon\d+@|"zebulon/);
      const again = { source: `sub_${name}_new`, boughtAt: new Date(latchkey.clock.now().getTime() + 1_000) };
      await apply(bought(name, {}, again));
      expect((await person(name))?.grants.nodes).toMatchObject([{ stripeObject: again.source }]);
      for (const step of names) await story[step]?.();
      expect((await person(name))?.grants.nodes).toMatchObject([{ stripeObject: again.source }]);
      await remove(name);
    }
  });

  test("creates nobody either when the user was removed by a version that left no markers", async () => {
    const [guest, payer] = [storyOf("yarrow"), storyOf("yule")];
    await guest["the guest's purchase"]();
    await payer["the subscription"]();
    for (const name of ["yarrow", "yule"]) await remove(name);
    const { db } = latchkey.server.deps;
    for (const table of ["removal_markers", "removal_keys"]) await db.rows(`/* test */ delete from ${table}`);
    await ensureRemovalKey(latchkey.server.deps);
    await guest["a refund"]();
    await guest["a dispute"]();
    await payer["a failed renewal"]();
    await payer["another subscription of the customer"]();
    expect([await person("yarrow"), await person("yule")]).toEqual([null, null]);
  });
});
