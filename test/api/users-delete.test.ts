import { dumpRows, operationsOf, type Operations } from "../kit/operations";
import { type Latchkey, startLatchkey } from "../kit/start-latchkey";

let latchkey: Latchkey;
let api: Operations;

beforeAll(async () => {
  latchkey = await startLatchkey();
  api = operationsOf(latchkey);
});
afterAll(() => latchkey.stop());

const rows = (text: string, values: unknown[] = []) =>
  latchkey.server.deps.db.rows<Record<string, unknown>>(text, values);

test("a removed person is nowhere in the database any more; the journal keeps its lines without them", async () => {
  const live = await latchkey.key("WRITE", "LIVE");
  const product = await api.createProduct();
  const said = { email: "Zebulon@secret.example", externalId: "zebulon-7", name: "Zebulon Pike" };
  const user = await api.createUser({ ...said, metadata: { shoe: "zebulon-size-45" } });
  await api.updateUser({ user: user.id, name: "Zebulon P." });
  await api.grantAccess({
    user: user.id,
    product: product.key,
    note: "zebulon asked",
    source: "zebulon-crm",
    externalRef: "zebulon-ref",
  });
  await api.grantAccess({ user: user.id, product: product.key, note: "zebulon live" }, live);
  await api.revokeAccess({ user: user.id, product: product.key, note: "zebulon moved" });
  await api.recordActivity({ type: "login", user: user.id, message: "zebulon logged in", data: { ip: "zebulon-ip" } });
  await api.recordActivity({ type: "login", user: user.id, message: "zebulon live login" }, live);
  expect(await dumpRows(latchkey)).toMatch(/zebulon/i);
  const before = await api.activities();

  // A test key does not remove somebody who has anything live.
  expect(await api.deleteUser("zebulon-7", live)).toBe(user.id);

  expect(await dumpRows(latchkey)).not.toMatch(/zebulon/i);
  const after = await api.activities();
  expect(after.map(({ id }) => id).slice(1)).toEqual(before.map(({ id }) => id));
  expect(after[0]).toMatchObject({ type: "USER_DELETED", user: null, actor: "ADMIN" });
  expect(after.filter(({ user }) => user !== null)).toEqual([]);
  for (const lines of [after, await api.activities({}, live)]) {
    const [login] = lines.filter(({ type }) => type === "CUSTOM");
    expect(login).toMatchObject({ customType: "login", message: "Removed with the user." });
    expect(login?.data).toEqual({});
  }
  expect(after.find(({ type }) => type === "ACCESS_GRANTED")?.data).toMatchObject({ grant: expect.any(String) });
});

test("a removed person is found in no way, and their address and external id are free again", async () => {
  const said = { email: "free@example.com", externalId: "free-1" };
  const { id } = await api.createUser(said);
  await api.deleteUser(id);
  expect(await api.user(id)).toBeNull();
  expect(await api.user("free-1")).toBeNull();
  const found = await latchkey.get(
    `query ($id: ID!) { node(id: $id) { id } userByEmail(email: "free@example.com") { id }
      users(filter: { search: "free@" }) { totalCount } }`,
    { id },
  );
  expect(found).toEqual({ node: null, userByEmail: null, users: { totalCount: 0 } });
  expect((await api.refused("deleteUser", { user: id })).extensions.code).toBe("NOT_FOUND");
  expect((await api.refused("updateUser", { input: { user: id, name: "x" } })).extensions.code).toBe("NOT_FOUND");
  const again = await api.createUser(said);
  expect(again.id).not.toBe(id);
});

test("access ends at once, in both modes, running and coming grants alike; who is gone is unknown", async () => {
  const live = await latchkey.key("ADMIN", "LIVE");
  const product = await api.createProduct();
  const { id } = await api.createUser();
  await api.grantAccess({ user: id, product: product.key });
  await api.grantAccess({ user: id, product: product.key }, live);
  await api.grantAccess({ user: id, product: product.key, startsAt: "2031-01-01T00:00:00Z" });
  expect((await api.refused("deleteUser", { user: id })).extensions.code).toBe("FORBIDDEN");
  await api.deleteUser(id, live);
  for (const key of [undefined, live]) {
    expect(await api.access(product.key, id, key)).toMatchObject({
      allowed: false,
      reason: "UNKNOWN_USER",
      grant: null,
    });
  }
  const open = await rows(
    "select * from grants where product_id in (select id from products where key = $1) and ended_at is null",
    [product.key],
  );
  expect(open).toEqual([]);
});

test("the token of a removed user opens nothing from then on", async () => {
  const { id } = await api.createUser();
  const token = await latchkey.tokenOf(id);
  expect(await api.viewer(token)).toMatchObject({ user: { id } });
  await api.deleteUser(id);
  expect((await api.refused("viewer", {}, token)).extensions.code).toBe("UNAUTHENTICATED");
});

test("what was granted under a reference to somebody removed can be granted under it to somebody else", async () => {
  const product = await api.createProduct();
  const first = await api.createUser();
  await api.grantAccess({ user: first.id, product: product.key, externalRef: "seat-1" });
  await api.deleteUser(first.id);
  const second = await api.createUser();
  const grant = await api.grantAccess({ user: second.id, product: product.key, externalRef: "seat-1" });
  expect(grant).toMatchObject({ status: "ACTIVE", user: { id: second.id } });
});

test("removing somebody twice at once removes them once", async () => {
  const { id } = await api.createUser();
  const answers = await Promise.all(
    Array.from({ length: 10 }, () => latchkey.ask("mutation ($u: ID!) { deleteUser(user: $u) }", { u: id })),
  );
  const codes = answers.map((answer) => answer.errors?.[0]?.extensions.code ?? "removed").sort();
  expect(codes).toEqual([...Array.from({ length: 9 }, () => "NOT_FOUND"), "removed"]);
  const lines = await rows(
    "select mode from activities where type = 'USER_DELETED' and user_id = (select user_id from activities where type = 'USER_DELETED' order by id desc limit 1) order by mode",
  );
  expect(lines).toEqual([{ mode: "LIVE" }, { mode: "TEST" }]);
});

test("a grant that races with the removal of its user is refused or ended, never left open", async () => {
  const product = await api.createProduct();
  for (let round = 0; round < 10; round++) {
    const { id } = await api.createUser();
    await Promise.all([
      latchkey.ask(`mutation ($i: GrantAccessInput!) { grantAccess(input: $i) { id } }`, {
        i: { user: id, product: product.key, note: "race" },
      }),
      api.deleteUser(id),
    ]);
  }
  const open = await rows(
    "select g.id from grants g join users u on u.id = g.user_id where u.deleted_at is not null and g.ended_at is null",
  );
  expect(open).toEqual([]);
});

test("lines of the journal can be neither changed nor removed, not even with SQL", async () => {
  await api.createUser();
  for (const statement of [
    "update activities set message = 'forged'",
    "delete from activities",
    "update activities set user_id = null",
  ]) {
    await expect(rows(statement)).rejects.toThrow("the journal is append-only");
  }
});
