import { atOnce, operationsOf, type Operations } from "../kit/operations";
import { type Latchkey, startLatchkey } from "../kit/start-latchkey";

let latchkey: Latchkey;
let api: Operations;

beforeAll(async () => {
  latchkey = await startLatchkey();
  api = operationsOf(latchkey);
});
afterAll(() => latchkey.stop());

const created = (user: string) => api.activities({ user, types: ["USER_CREATED"] });

describe("making a user", () => {
  test("TA-X36 a user is made with everything that was said, and the journal says so once", async () => {
    const said = { externalId: "ada-1", email: "Ada@Example.com", name: "Ada", metadata: { plan: "pro", nested: [1] } };
    const user = await api.createUser({ ...said, emailVerified: true });
    expect(user).toMatchObject({ ...said, emailVerified: true, createdAt: latchkey.clock.now().toISOString() });
    expect(user.id).toMatch(/^usr_[0-9a-z]{26}$/);
    expect(await created(user.id)).toMatchObject([{ actor: "ADMIN", origin: "API", user: { id: user.id } }]);
  });

  test("a user needs nothing but to exist", async () => {
    const user = await api.createUser();
    expect(user).toMatchObject({ externalId: null, email: null, emailVerified: false, name: null });
    expect(user.metadata).toEqual({});
  });

  test("a user is found by our id, by the caller's own, and by an address in any case", async () => {
    const user = await api.createUser({ externalId: "grace-1", email: "Grace.Hopper@Example.com" });
    expect(await api.user(user.id)).toEqual(user);
    expect(await api.user("grace-1")).toEqual(user);
    const byEmail = "query ($email: String!) { userByEmail(email: $email) { id } }";
    expect(await latchkey.get(byEmail, { email: "  GRACE.HOPPER@example.COM " })).toEqual({
      userByEmail: { id: user.id },
    });
    expect(await latchkey.get(byEmail, { email: "nobody@example.com" })).toEqual({ userByEmail: null });
    expect(await api.user("nobody")).toBeNull();
  });

  test.each(["", "plain", "a@", "@b.example", "a b@c.example", "a@b@c.example", `${"x".repeat(65)}@example.com`])(
    "%j is not an e-mail address",
    async (email) => {
      const refusal = { code: "EMAIL_INVALID", field: "input.email", retryable: false };
      expect((await api.refused("createUser", { input: { email } })).extensions).toEqual(refusal);
    },
  );

  test("an address that somebody has is EMAIL_TAKEN, in whatever case it comes", async () => {
    const { id: holder } = await api.createUser({ email: "taken@example.com" });
    const { extensions, message } = await api.refused("createUser", { input: { email: "TAKEN@Example.com" } });
    expect(extensions).toMatchObject({ code: "EMAIL_TAKEN", field: "input.email", details: { user: holder } });
    expect(message).not.toMatch(/usr_|taken@/i);
    const { id: user } = await api.createUser();
    for (const emailVerified of [false, true]) {
      const input = { user, email: "taken@example.com", emailVerified };
      if (emailVerified) await api.updateUser({ user: holder, emailVerified });
      expect((await api.refused("updateUser", { input })).extensions).toMatchObject({
        code: "EMAIL_TAKEN",
        field: "input.email",
        details: { user: holder },
      });
    }
  });

  test("an external id that somebody has is EXTERNAL_ID_TAKEN; it is compared to the letter", async () => {
    const { id: user } = await api.createUser({ externalId: "Case-1" });
    expect((await api.refused("createUser", { input: { externalId: "Case-1" } })).extensions).toMatchObject({
      code: "EXTERNAL_ID_TAKEN",
      field: "input.externalId",
      details: { user },
    });
    await expect(api.createUser({ externalId: "case-1" })).resolves.toMatchObject({ externalId: "case-1" });
  });

  test("an external id that looks like an id of ours is refused: one name never means two people", async () => {
    const { id } = await api.createUser();
    for (const externalId of [id, id.replace("usr_", "prd_"), " padded", "padded ", "", "x".repeat(256)]) {
      expect((await api.refused("createUser", { input: { externalId } })).extensions).toMatchObject({
        code: "INVALID_INPUT",
        field: "input.externalId",
      });
    }
    await expect(api.createUser({ externalId: "usr_42" })).resolves.toMatchObject({ externalId: "usr_42" });
  });
});

describe("changing a user", () => {
  test("what is absent stays, and null clears", async () => {
    const before = await api.createUser({
      externalId: "keep-1",
      email: "keep@example.com",
      emailVerified: true,
      name: "Keep",
      metadata: { a: 1 },
    });
    expect(await api.updateUser({ user: "keep-1", name: "Kept" })).toEqual({ ...before, name: "Kept" });
    const cleared = { externalId: null, email: null, name: null, metadata: null };
    const after = await api.updateUser({ user: before.id, ...cleared });
    expect(after).toEqual({ ...before, ...cleared, emailVerified: false, metadata: {} });
    expect(await api.user(before.id)).toEqual(after);
    expect(await api.user("keep-1")).toBeNull();
  });

  test("a new address is not verified until somebody says so; another spelling of the old one stays verified", async () => {
    const { id } = await api.createUser({ email: "old@example.com", emailVerified: true });
    expect(await api.updateUser({ user: id, email: "OLD@example.com" })).toMatchObject({ emailVerified: true });
    expect(await api.updateUser({ user: id, email: "new@example.com" })).toMatchObject({ emailVerified: false });
    expect(await api.updateUser({ user: id, email: "next@example.com", emailVerified: true })).toMatchObject({
      emailVerified: true,
    });
    expect(await api.updateUser({ user: id, emailVerified: null })).toMatchObject({ emailVerified: false });
  });

  test("a user without an address has no verified one", async () => {
    const { id } = await api.createUser({ emailVerified: true });
    expect(await api.updateUser({ user: id, emailVerified: true })).toMatchObject({ emailVerified: false });
  });

  test("somebody else's address and external id are refused, and one's own again is fine", async () => {
    await api.createUser({ email: "first@example.com", externalId: "first" });
    const { id } = await api.createUser({ email: "second@example.com", externalId: "second" });
    const refused = async (input: object) =>
      (await api.refused("updateUser", { input: { user: id, ...input } })).extensions.code;
    expect(await refused({ email: "First@example.com" })).toBe("EMAIL_TAKEN");
    expect(await refused({ externalId: "first" })).toBe("EXTERNAL_ID_TAKEN");
    expect(await refused({ email: "nonsense" })).toBe("EMAIL_INVALID");
    await expect(
      api.updateUser({ user: id, email: "second@example.com", externalId: "second" }),
    ).resolves.toBeDefined();
    expect((await api.refused("updateUser", { input: { user: "nobody", name: "x" } })).extensions.code).toBe(
      "NOT_FOUND",
    );
  });

  test("the journal names the fields that changed and never what they held; no change writes no line", async () => {
    const { id } = await api.createUser({ name: "Before" });
    await api.updateUser({ user: id, name: "Before" });
    await api.updateUser({ user: id, name: "Afterwards", email: "told@example.com" });
    const lines = await api.activities({ user: id, types: ["USER_UPDATED"] });
    expect(lines).toHaveLength(1);
    expect(lines[0]?.data).toEqual({ fields: ["email", "name"] });
    expect(JSON.stringify(lines)).not.toMatch(/Afterwards|told@/);
  });

  test("twenty changes of different fields at once all stay", async () => {
    const { id } = await api.createUser();
    await Promise.all([
      ...Array.from({ length: 10 }, () => api.updateUser({ user: id, name: "Parallel" })),
      ...Array.from({ length: 10 }, () => api.updateUser({ user: id, email: "parallel@example.com" })),
    ]);
    expect(await api.user(id)).toMatchObject({ name: "Parallel", email: "parallel@example.com" });
  });
});

describe("an idempotency key", () => {
  test("the same key with the same input is the same user, in whatever order the fields come", async () => {
    const user = await api.createUser({ name: "Once", metadata: { a: 1, b: 2 }, idempotencyKey: "once-1" });
    const again = await api.createUser({ idempotencyKey: "once-1", metadata: { b: 2, a: 1 }, name: "Once" });
    expect(again).toEqual(user);
    expect(await created(user.id)).toHaveLength(1);
  });

  test("the same key with other input is refused; without a key each call makes a user", async () => {
    const user = await api.createUser({ name: "First", idempotencyKey: "once-2" });
    const input = { name: "Second", idempotencyKey: "once-2" };
    const { extensions } = await api.refused("createUser", { input });
    expect(extensions).toMatchObject({ code: "IDEMPOTENCY_MISMATCH", field: "input.idempotencyKey" });
    expect((await api.createUser({ name: "First" })).id).not.toBe(user.id);
  });

  test("twenty requests at once with one key make one user and one line in the journal", async () => {
    const input = { email: "twenty@example.com", idempotencyKey: "once-3" };
    const users = await atOnce(20, () => api.createUser(input));
    expect(new Set(users.map((user) => user.id)).size).toBe(1);
    expect(await created(users[0]?.id ?? "")).toHaveLength(1);
  });

  test("twenty requests at once for one address without a key make one user and refuse nineteen", async () => {
    const email = "race@example.com";
    const answers = await atOnce(20, () =>
      latchkey.ask("mutation ($input: CreateUserInput!) { createUser(input: $input) { id } }", { input: { email } }),
    );
    const codes = answers.map((answer) => answer.errors?.[0]?.extensions.code ?? "made").sort();
    expect(codes).toEqual([...Array.from({ length: 19 }, () => "EMAIL_TAKEN"), "made"]);
  });

  test("a refused request leaves its key unused", async () => {
    await api.createUser({ externalId: "occupied" });
    const input = { externalId: "occupied", name: "Late", idempotencyKey: "once-4" };
    expect((await api.refused("createUser", { input })).extensions.code).toBe("EXTERNAL_ID_TAKEN");
    await api.updateUser({ user: "occupied", externalId: null });
    await expect(api.createUser(input)).resolves.toMatchObject({ name: "Late" });
  });

  test("the key of a user who was removed since is a conflict, and makes nobody anew", async () => {
    const input = { name: "Gone", idempotencyKey: "once-5" };
    await api.deleteUser((await api.createUser(input)).id);
    expect((await api.refused("createUser", { input })).extensions.code).toBe("CONFLICT");
  });
});
