import { atOnce, operationsOf, type Operations } from "../kit/operations";
import { type Latchkey, startLatchkey } from "../kit/start-latchkey";

let latchkey: Latchkey;
let api: Operations;
const DAY = 86_400_000;

beforeAll(async () => {
  // Many grants and revocations are sent at once, many of them with a connection of their own.
  latchkey = await startLatchkey({ env: { LATCHKEY_DATABASE_CONNECTIONS: "16" } });
  api = operationsOf(latchkey);
});
afterAll(() => latchkey.stop());

const day = (days: number) => new Date(latchkey.clock.now().getTime() + days * DAY).toISOString();
const pair = async () => ({ user: (await api.createUser()).id, product: (await api.createProduct()).key });
const linesOf = async (user: string) => (await api.activities({ user })).map(({ type }) => type);
let refs = 0;
const newRef = () => `ref-${++refs}`;

describe("granting", () => {
  test("CH-X9 TA-X31 a server opens a product to a person by hand; the answer names the grant, its reason and its author", async () => {
    const { user, product } = await pair();
    const admin = await latchkey.key("WRITE");
    const grant = await api.grantAccess({ user, product, note: "won the raffle" }, admin);
    const plain = { source: "MANUAL", status: "ACTIVE", reason: "MANUAL", quantity: 1, note: "won the raffle" };
    expect(grant).toMatchObject({ ...plain, user: { id: user }, product: { key: product }, endsAt: null });
    expect(grant.startsAt).toBe(latchkey.clock.now().toISOString());
    expect(grant.grantedBy).toMatch(/^key_/);
    expect(await api.access(product, user)).toMatchObject({ allowed: true, grant: { id: grant.id } });
    const [line] = await api.activities({ user, types: ["ACCESS_GRANTED"] });
    expect(line).toMatchObject({ actor: "ADMIN", product: { key: product }, data: { grant: grant.id } });
  });

  test("a person and a product are named by our ids or by the caller's own names", async () => {
    const { externalId } = await api.createUser({ externalId: "by-name" });
    const product = await api.createProduct();
    await api.grantAccess({ user: externalId ?? "", product: product.id });
    expect(await api.access(product.key, "by-name")).toMatchObject({ allowed: true });
  });

  test("a gift is a gift", async () => {
    const { user, product } = await pair();
    expect(await api.grantAccess({ user, product, gift: true })).toMatchObject({ source: "GIFT", reason: "GIFT" });
    expect(await api.access(product, user)).toMatchObject({ allowed: true, reason: "GIFT" });
  });

  test("a grant needs a reason in words, dates in order, and somebody and something that exist", async () => {
    const { user, product } = await pair();
    const refused = async (input: object) =>
      (await api.refused("grantAccess", { input: { user, product, note: "x", ...input } })).extensions;
    for (const note of ["", "  \n", "x".repeat(1_001)]) {
      expect(await refused({ note })).toMatchObject({ code: "INVALID_INPUT", field: "input.note" });
    }
    for (const dates of [
      { endsAt: day(0) },
      { endsAt: day(-1) },
      { startsAt: day(2), endsAt: day(1) },
      { startsAt: day(1), endsAt: day(1) },
    ]) {
      expect(await refused(dates)).toMatchObject({ code: "INVALID_INPUT", field: "input.endsAt" });
    }
    expect(await refused({ user: "nobody" })).toMatchObject({ code: "NOT_FOUND" });
    expect(await refused({ product: "nothing" })).toMatchObject({ code: "NOT_FOUND", field: "input.product" });
    expect(await linesOf(user)).toEqual(["USER_CREATED"]);
  });

  test("without a reference each call is a grant of its own", async () => {
    const { user, product } = await pair();
    await api.grantAccess({ user, product });
    await api.grantAccess({ user, product });
    expect(await api.grants(user)).toHaveLength(2);
  });
});

describe("granting under a reference of another system", () => {
  test("CH-X10 the same source and reference again are the same grant and one line in the journal", async () => {
    const { user, product } = await pair();
    const input = { user, product, source: "keap", externalRef: newRef(), endsAt: day(30) };
    const grant = await api.grantAccess(input);
    expect(grant.grantedBy).toBe("keap");
    latchkey.clock.moveBy(DAY);
    expect(await api.grantAccess({ ...input, note: "said again" })).toEqual(grant);
    expect(await linesOf(user)).toEqual(["ACCESS_GRANTED", "USER_CREATED"]);
  });

  test("a repetition that comes after the grant has run out still answers that grant", async () => {
    const { user, product } = await pair();
    const input = { user, product, externalRef: newRef(), endsAt: day(1) };
    const grant = await api.grantAccess(input);
    latchkey.clock.moveBy(2 * DAY);
    expect(await api.grantAccess(input)).toMatchObject({ id: grant.id, status: "ENDED", reason: "EXPIRED" });
  });

  test("CH-X10 twenty requests at once under one reference make one grant and one line", async () => {
    const { user, product } = await pair();
    const input = { user, product, externalRef: newRef() };
    const grants = await atOnce(20, () => api.grantAccess(input));
    expect(new Set(grants.map(({ id }) => id)).size).toBe(1);
    expect(await linesOf(user)).toEqual(["ACCESS_GRANTED", "USER_CREATED"]);
  });

  test("a reference that stands for another grant is refused and says which one", async () => {
    const { user, product } = await pair();
    const input = { user, product, externalRef: newRef(), note: "x" };
    const grant = await api.grantAccess(input);
    const other = await pair();
    for (const change of [{ user: other.user }, { product: other.product }, { endsAt: day(1) }, { gift: true }]) {
      const { extensions } = await api.refused("grantAccess", { input: { ...input, ...change } });
      expect(extensions).toMatchObject({
        code: "IDEMPOTENCY_MISMATCH",
        field: "input.externalRef",
        details: { grant: grant.id },
      });
    }
  });

  test("CH-X10 twenty requests at once for different people under one reference make one grant, and refuse the others", async () => {
    const { product } = await pair();
    const users = await atOnce(20, () => api.createUser());
    const externalRef = newRef();
    const answers = await Promise.all(
      users.map(({ id }) =>
        latchkey.ask("mutation ($input: GrantAccessInput!) { grantAccess(input: $input) { id } }", {
          input: { user: id, product, externalRef, note: "x" },
        }),
      ),
    );
    const codes = answers.map(({ errors }) => errors?.[0]?.extensions.code ?? "granted").sort();
    expect(codes).toEqual([...Array.from({ length: 19 }, () => "IDEMPOTENCY_MISMATCH"), "granted"]);
  });

  test("two systems may use the same reference for different things", async () => {
    const [a, b] = [await pair(), await pair()];
    const externalRef = newRef();
    const first = await api.grantAccess({ ...a, source: "keap", externalRef });
    const second = await api.grantAccess({ ...b, source: "thrivecart", externalRef });
    expect(second.id).not.toBe(first.id);
    await api.revokeAccess({ source: "keap", externalRef });
    expect(await api.access(a.product, a.user)).toMatchObject({ allowed: false });
    expect(await api.access(b.product, b.user)).toMatchObject({ allowed: true });
  });

  test("CH-X10 after a revocation the same reference opens anew; what ended stays ended", async () => {
    const { user, product } = await pair();
    const input = { user, product, source: "keap", externalRef: newRef() };
    const first = await api.grantAccess(input);
    await api.revokeAccess({ source: "keap", externalRef: input.externalRef });
    expect(await api.access(product, user)).toMatchObject({ allowed: false, reason: "REVOKED" });
    latchkey.clock.moveBy(1);
    const second = await api.grantAccess(input);
    expect(second.id).not.toBe(first.id);
    expect(await api.access(product, user)).toMatchObject({ allowed: true, grant: { id: second.id } });
    expect(await api.grants(user, false)).toMatchObject([{ id: first.id, status: "ENDED" }]);
  });
});

describe("revoking", () => {
  test("CH-X9 TA-X31 all grants by hand of a person on a product end at once, gifts too", async () => {
    const { user, product } = await pair();
    const other = (await api.createProduct()).key;
    await api.grantAccess({ user, product: other });
    for (const input of [{}, { gift: true }, { startsAt: day(1) }]) await api.grantAccess({ user, product, ...input });
    const revoked = await api.revokeAccess({ user, product, note: "misused" });
    expect(revoked.map(({ status, reason }) => [status, reason])).toEqual(
      ["a", "b", "c"].map(() => ["ENDED", "REVOKED"]),
    );
    expect(await api.access(product, user)).toMatchObject({ allowed: false, reason: "REVOKED" });
    expect(await api.access(other, user)).toMatchObject({ allowed: true });
    latchkey.clock.moveBy(2 * DAY);
    expect(await api.access(product, user)).toMatchObject({ allowed: false, reason: "REVOKED" });
    const lines = await api.activities({ user, types: ["ACCESS_REVOKED"] });
    expect(lines.map(({ data }) => data["note"])).toEqual(["misused", "misused", "misused"]);
  });

  test("TA-X37 one grant ends by its id, and the others of the same product stay", async () => {
    const { user, product } = await pair();
    const [kept, ended] = [await api.grantAccess({ user, product }), await api.grantAccess({ user, product })];
    expect(await api.revokeAccess({ grant: ended.id })).toMatchObject([{ id: ended.id, status: "ENDED" }]);
    expect(await api.access(product, user)).toMatchObject({ allowed: true, grant: { id: kept.id } });
  });

  test("revoking twice changes nothing: the first end stands, and is told again", async () => {
    const { user, product } = await pair();
    const { id } = await api.grantAccess({ user, product, externalRef: "twice" });
    const first = await api.revokeAccess({ grant: id });
    latchkey.clock.moveBy(DAY);
    for (const input of [{ grant: id }, { externalRef: "twice" }, { user, product }]) {
      expect(await api.revokeAccess(input)).toEqual(first);
    }
    expect((await linesOf(user)).filter((type) => type === "ACCESS_REVOKED")).toHaveLength(1);
  });

  test("a grant that has run out by itself is not revoked afterwards", async () => {
    const { user, product } = await pair();
    await api.grantAccess({ user, product, endsAt: day(1) });
    latchkey.clock.moveBy(DAY);
    expect(await api.revokeAccess({ user, product })).toMatchObject([{ status: "ENDED", reason: "EXPIRED" }]);
    expect(await linesOf(user)).toEqual(["ACCESS_GRANTED", "USER_CREATED"]);
  });

  test("a revocation says exactly one thing and why", async () => {
    const { user, product } = await pair();
    const { id } = await api.grantAccess({ user, product, externalRef: "exactly" });
    const refused = async (input: object) =>
      (await api.refused("revokeAccess", { input: { note: "x", ...input } })).extensions;
    for (const input of [
      {},
      { user },
      { product },
      { source: "api" },
      { grant: id, externalRef: "exactly" },
      { grant: id, user, product },
      { externalRef: "exactly", user, product },
    ]) {
      expect(await refused(input)).toMatchObject({ code: "INVALID_INPUT", field: "input" });
    }
    expect(await refused({ grant: id, note: " " })).toMatchObject({ code: "INVALID_INPUT", field: "input.note" });
    expect(await refused({ grant: user })).toMatchObject({ code: "NOT_FOUND", field: "input.grant" });
    expect(await refused({ user: "nobody", product })).toMatchObject({ code: "NOT_FOUND" });
    expect(await refused({ user, product: "nothing" })).toMatchObject({ code: "NOT_FOUND" });
    expect(await api.revokeAccess({ externalRef: "never used" })).toEqual([]);
    expect(await api.access(product, user)).toMatchObject({ allowed: true });
  });

  test("grants and revocations at once end in one of the two states, told alike by grants, decision and journal", async () => {
    for (let round = 0; round < 3; round++) {
      const { user, product } = await pair();
      const externalRef = newRef();
      await atOnce(20, (i) =>
        i % 2 ? api.revokeAccess({ externalRef }).then(() => null) : api.grantAccess({ user, product, externalRef }),
      );
      const lines = await linesOf(user);
      const [granted, revoked] = ["ACCESS_GRANTED", "ACCESS_REVOKED"].map(
        (type) => lines.filter((line) => line === type).length,
      );
      const active = await api.grants(user, true);
      expect(active).toHaveLength((granted ?? 0) - (revoked ?? 0));
      expect((await api.access(product, user)).allowed).toBe(active.length === 1);
      expect(active.length).toBeLessThan(2);
    }
  });

  test("twenty revocations at once of one grant are one", async () => {
    const { user, product } = await pair();
    const { id } = await api.grantAccess({ user, product });
    await atOnce(20, (i) => api.revokeAccess(i % 2 ? { grant: id } : { user, product }));
    expect(await linesOf(user)).toEqual(["ACCESS_REVOKED", "ACCESS_GRANTED", "USER_CREATED"]);
  });
});

test("RWS-X14 who granted and why is for server keys; the person sees the grant without it", async () => {
  const { user, product } = await pair();
  const { id } = await api.grantAccess({ user, product, note: "a secret reason", source: "support-desk" });
  const token = await latchkey.tokenOf(user);
  const silent = { id, note: null, grantedBy: null };
  expect(await api.access(product, null, token)).toMatchObject({ allowed: true, grant: silent });
  expect(await api.grants(user, null, token)).toMatchObject([silent]);
  const node = "query ($id: ID!) { node(id: $id) { ... on Grant { id note grantedBy } } }";
  expect(await latchkey.get(node, { id }, token)).toEqual({ node: silent });
  const seen = { id, note: "a secret reason", grantedBy: "support-desk" };
  expect(await latchkey.get(node, { id }, await latchkey.key("READ"))).toEqual({ node: seen });
  const stranger = await latchkey.tokenOf((await api.createUser()).id);
  expect(await latchkey.get(node, { id }, stranger)).toEqual({ node: null });
  expect(await latchkey.get(node, { id }, await latchkey.key("PUBLISHABLE"))).toEqual({ node: null });
});

test("a revocation that says more than one way needs is refused, since it may mean less than would end", async () => {
  const { user, product } = await pair();
  const grant = await api.grantAccess({ user, product });
  for (const more of [
    { user, product, source: "keap" },
    { grant: grant.id, user },
    { externalRef: "order-1", user },
  ]) {
    expect((await api.refused("revokeAccess", { input: { ...more, note: "a mistake" } })).extensions).toMatchObject({
      code: "INVALID_INPUT",
      field: "input",
    });
  }
  expect(await api.access(product, user)).toMatchObject({ allowed: true });
});
