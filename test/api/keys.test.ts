import { delayedLine } from "../kit/delayed-line";
import { documents, dumpRows, operationsOf, type Operations } from "../kit/operations";
import { type Latchkey, startLatchkey, startLatchkeyOn } from "../kit/start-latchkey";
import { testClock } from "../kit/test-clock";

const BOOTSTRAP = "lk_test_BootstrapKeyOfThisTestFile0123456789";

let latchkey: Latchkey;
let api: Operations;

beforeAll(async () => {
  latchkey = await startLatchkey({
    env: { LATCHKEY_BOOTSTRAP_KEY: BOOTSTRAP },
    clock: testClock(),
  });
  api = operationsOf(latchkey);
});
afterAll(() => latchkey.stop());

const wrong = async (secret: string, at = latchkey) =>
  (await at.ask(documents.viewer, {}, secret)).errors?.[0]?.extensions.code === "UNAUTHENTICATED";

describe("what each role may do", () => {
  const created = { createUser: { input: {} }, recordActivity: { input: { type: "matrix" } } };
  const readable = { user: { id: "nobody" }, activities: {}, resource: { key: "none" } };
  const asked = {
    catalogue: { product: { key: "none" }, access: { product: "none" }, viewer: {} },
    read: readable,
    write: { ...created, deleteUser: { user: "nobody" } },
    admin: {
      createProduct: { input: { key: "!", name: "x" } },
      setResource: { input: { key: "" } },
      apiKeys: {},
      createApiKey: { name: "", role: "READ" },
      revokeApiKey: { id: "none" },
    },
  } satisfies Record<string, Partial<Record<keyof typeof documents, object>>>;

  test.each([
    ["PUBLISHABLE", ["catalogue"]],
    ["READ", ["catalogue", "read"]],
    ["WRITE", ["catalogue", "read", "write"]],
    ["ADMIN", ["catalogue", "read", "write", "admin"]],
  ] as const)("TA-X31 a %s key may ask for %j and is FORBIDDEN everything else", async (role, allowed) => {
    const key = await latchkey.key(role);
    for (const [group, operations] of Object.entries(asked)) {
      for (const [name, variables] of Object.entries(operations)) {
        const { errors } = await latchkey.ask(documents[name as keyof typeof documents], { ...variables }, key);
        const isForbidden = errors?.[0]?.extensions.code === "FORBIDDEN";
        expect([name, isForbidden]).toEqual([name, !(allowed as readonly string[]).includes(group)]);
      }
    }
    expect(await api.viewer(key)).toEqual({ role, mode: "TEST", user: null });
  });

  test("a publishable key asks about nobody: known and unknown people are refused alike", async () => {
    const { id } = await api.createUser({ externalId: "known-person" });
    const key = await latchkey.key("PUBLISHABLE");
    const refusals = [];
    for (const user of [id, "known-person", "unknown-person"]) {
      refusals.push(await api.refused("access", { product: "none", user }, key));
    }
    expect(new Set(refusals.map(({ extensions, message }) => `${extensions.code} ${message}`)).size).toBe(1);
    expect(refusals[0]?.extensions.code).toBe("FORBIDDEN");
  });

  test("without a credential nothing is answered", async () => {
    const response = await fetch(latchkey.graphqlUrl, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ query: documents.viewer }),
    });
    expect(response.status).toBe(401);
    expect(await response.text()).toContain("UNAUTHENTICATED");
  });
});

describe("a key's life", () => {
  test("a key is shown once: its secret is nowhere in the database, only its beginning and a hash", async () => {
    const { secret, apiKey } = await api.createApiKey("READ");
    expect(secret).toMatch(/^lk_test_[A-Za-z0-9]{40}$/);
    expect(apiKey).toMatchObject({ role: "READ", mode: "TEST", lastUsedAt: null, revokedAt: null, expiresAt: null });
    expect(secret.startsWith(apiKey.prefix)).toBe(true);
    expect(apiKey.prefix).toHaveLength("lk_test_1234".length);
    const rows = await dumpRows(latchkey);
    expect(rows).toContain(apiKey.prefix);
    expect(rows).not.toContain(secret);
    expect(rows).not.toContain(secret.slice("lk_test_1234".length));
    expect(latchkey.logged.join("\n")).not.toContain(secret);
    expect(JSON.stringify(await api.apiKeys())).not.toContain(secret);
    expect(await api.viewer(secret)).toMatchObject({ role: "READ" });
  });

  test("keys are made and listed in the mode of the key that asks, newest first", async () => {
    const live = await latchkey.key("ADMIN", "LIVE");
    const made = await api.createApiKey("WRITE", null, live);
    expect(made.secret).toMatch(/^lk_live_/);
    expect(made.apiKey.mode).toBe("LIVE");
    const [newest] = await api.apiKeys(live);
    expect(newest).toEqual(made.apiKey);
    expect((await api.apiKeys(live)).filter(({ mode }) => mode !== "LIVE")).toEqual([]);
    expect((await api.apiKeys()).filter(({ mode }) => mode !== "TEST")).toEqual([]);
    expect((await api.refused("revokeApiKey", { id: made.apiKey.id })).extensions.code).toBe("NOT_FOUND");
    expect(await wrong(made.secret)).toBe(false);
  });

  test("a key's role is one of the four, its name is not empty, and its end lies ahead", async () => {
    const refused = async (input: object) =>
      (await api.refused("createApiKey", { name: "x", role: "READ", ...input })).extensions;
    for (const role of ["USER", "ANONYMOUS"]) {
      expect(await refused({ role })).toMatchObject({ code: "INVALID_INPUT", field: "role" });
    }
    for (const name of ["", "  ", "x".repeat(201)]) {
      expect(await refused({ name })).toMatchObject({ code: "INVALID_INPUT", field: "name" });
    }
    const expiresAt = latchkey.clock.now();
    expect(await refused({ expiresAt })).toMatchObject({ code: "INVALID_INPUT", field: "expiresAt" });
  });

  test("a key ends by the clock at its own millisecond, also where it was used a moment before", async () => {
    const expiresAt = new Date(latchkey.clock.now().getTime() + 5_000);
    const { secret } = await api.createApiKey("READ", expiresAt);
    expect(await wrong(secret)).toBe(false);
    latchkey.clock.moveTo(new Date(expiresAt.getTime() - 1));
    expect(await wrong(secret)).toBe(false);
    latchkey.clock.moveTo(expiresAt);
    expect(await wrong(secret)).toBe(true);
  });

  test("when a key was last used is written down", async () => {
    const { secret, apiKey } = await api.createApiKey("READ");
    const replica = await latchkey.replica();
    await operationsOf(replica).viewer(secret);
    const usedAt = latchkey.clock.now().toISOString();
    await replica.stop();
    const listed = (await api.apiKeys()).find(({ id }) => id === apiKey.id);
    expect(listed?.lastUsedAt).toBe(usedAt);
  });
});

describe("a revoked key", () => {
  test("opens nothing from the answer on, here and in a second replica that had it in memory and hears of it late", async () => {
    const line = await delayedLine(latchkey.database.url, 100);
    const replica = await startLatchkeyOn(latchkey.database, {
      env: { LATCHKEY_DATABASE_LISTEN_URL: line.url },
      clock: latchkey.clock,
    });
    try {
      for (let round = 0; round < 10; round++) {
        const { secret, apiKey } = await api.createApiKey("READ");
        expect([await wrong(secret), await wrong(secret, replica)]).toEqual([false, false]);
        const revoked = await api.revokeApiKey(apiKey.id);
        expect(revoked.revokedAt).toBe(latchkey.clock.now().toISOString());
        expect([round, ...(await Promise.all([wrong(secret, replica), wrong(secret)]))]).toEqual([round, true, true]);
      }
    } finally {
      await replica.stop();
      await line.close();
    }
  });

  test("stays in the list, and revoking it again keeps the first moment", async () => {
    const { apiKey } = await api.createApiKey("READ");
    const first = await api.revokeApiKey(apiKey.id);
    latchkey.clock.moveBy(60_000);
    expect(await api.revokeApiKey(apiKey.id)).toEqual(first);
    expect((await api.apiKeys()).find(({ id }) => id === apiKey.id)).toEqual(first);
  });

  test("is refused like one that never was", async () => {
    const { secret, apiKey } = await api.createApiKey("READ");
    await api.revokeApiKey(apiKey.id);
    const revoked = await api.refused("viewer", {}, secret);
    const unknown = await api.refused(
      "viewer",
      {},
      secret.replace(/.$/, (letter) => (letter === "a" ? "b" : "a")),
    );
    expect([revoked.message, revoked.extensions]).toEqual([unknown.message, unknown.extensions]);
  });
});

test("the bootstrap key is registered once, by however many servers, and does not come back when it was revoked", async () => {
  expect(await api.viewer(BOOTSTRAP)).toEqual({ role: "ADMIN", mode: "TEST", user: null });
  const others = await Promise.all([latchkey.replica(), latchkey.replica(), latchkey.replica()]);
  const listed = (await api.apiKeys()).filter(({ name }) => name === "Bootstrap key");
  expect(listed).toHaveLength(1);
  await api.revokeApiKey(listed[0]?.id ?? "");
  const restarted = await latchkey.replica();
  for (const server of [latchkey, restarted, ...others]) expect(await wrong(BOOTSTRAP, server)).toBe(true);
  await Promise.all([restarted, ...others].map((server) => server.stop()));
});
