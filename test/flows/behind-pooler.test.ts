import { describeBehindPooler } from "../kit/describe-behind-pooler";
import { openStall, type Stall } from "../kit/open-stall";
import { runCli } from "../kit/run-cli";
import { type ShopCli, shopCli, startShopNow } from "../kit/shop-cli";
import { startLatchkeyOn } from "../kit/start-latchkey";
import { type Pooler, startPooler } from "../kit/start-pooler";
import type { Shop } from "../kit/start-shop";
import { createEmptyDatabase } from "../kit/test-database";
import { readTestSetting, SERVER_URL } from "../kit/test-server";

// PgBouncer in transaction mode stands between the servers and PostgreSQL: each transaction gets any free connection.

interface Finding {
  check: string;
  state: string;
  found: string;
  fix: string | null;
}

describeBehindPooler("servers behind PgBouncer in transaction mode", () => {
  /** With Debian's defaults it refuses the start-up parameters that limit statements. */
  let strict: Pooler;
  /** It ignores those parameters, so servers connect. Named statements get lost. */
  let lenient: Pooler;
  let shop: Shop;
  let stall: Stall;
  let cli: ShopCli;
  let direct: string;

  beforeAll(async () => {
    // A connection that nobody uses would keep the test from dropping its database.
    const few = { default_pool_size: "3", server_idle_timeout: "1" };
    strict = await startPooler(readTestSetting(SERVER_URL), few);
    const ignored = "statement_timeout,idle_in_transaction_session_timeout,lock_timeout";
    lenient = await startPooler(readTestSetting(SERVER_URL), { ...few, ignore_startup_parameters: ignored });
    shop = await startShopNow({
      databaseUrlOf: (url) => strict.through(url),
      env: { LATCHKEY_DATABASE_POOLER: "transaction", LATCHKEY_DATABASE_CONNECTIONS: "8" },
    });
    direct = shop.latchkey.database.url;
    cli = shopCli(shop);
    stall = await openStall(shop, "pro");
    await stall.link();
  });
  afterAll(async () => {
    await shop.stop();
    for (const pooler of [strict, lenient]) pooler.stop();
  });

  const findings = async (env: Record<string, string>) => {
    const { out } = await cli.run(["doctor", "--json"], env);
    return (JSON.parse(out) as { findings: Finding[] }).findings;
  };
  const OF_DATABASE = ["database", "schema", "rights", "owner", "pooler", "notices"];
  const wrong = async (env: Record<string, string>) =>
    (await findings(env)).filter(
      ({ check, state }) => state === "WRONG" || (state === "WARNING" && OF_DATABASE.includes(check)),
    );

  test("a purchase opens the product, and 150 checks at once over three connections are all answered", async () => {
    await stall.buyOnce({ email: "ada@shop.example" });
    await shop.settled();
    expect(await stall.allowed("ada@shop.example")).toBe(true);
    const read = await shop.latchkey.key("READ");
    const ask = (email: string) =>
      shop.latchkey.ask(
        `query ($email: String!) { userByEmail(email: $email) { access(product: "pro") { allowed } } }`,
        { email },
        read,
      );
    const answers = await Promise.all(Array.from({ length: 150 }, () => ask("ada@shop.example")));
    const texts = new Set(answers.map(({ text }) => text));
    expect([...texts]).toEqual(['{"data":{"userByEmail":{"access":{"allowed":true}}}}\n']);
  });

  test("a statement in a transaction keeps its limit of time, and leaves none on the shared connection", async () => {
    const { db } = shop.latchkey.server.deps;
    const limits = "select current_setting('statement_timeout') as one, current_setting('lock_timeout') as other";
    const inside = await db.transaction((tx) => tx.rows<{ one: string }>(`/* test.limits */ ${limits}`));
    expect(inside).toEqual([{ one: "15s", other: "0" }]);
    expect(await db.rows(`/* test.limits */ ${limits}`)).toEqual([{ one: "0", other: "0" }]);
  });

  test("a revoked key opens nothing in another replica: notices arrive past the pooler", async () => {
    const replica = await shop.latchkey.replica();
    try {
      const create = `mutation { createApiKey(name: "short", role: READ) { secret apiKey { id } } }`;
      const { createApiKey } = await shop.latchkey.get<{ createApiKey: { secret: string; apiKey: { id: string } } }>(
        create,
      );
      const ask = () => replica.ask("{ viewer { role } }", {}, createApiKey.secret);
      expect((await ask()).errors).toBeUndefined();
      await shop.latchkey.get("mutation ($id: ID!) { revokeApiKey(id: $id) { id } }", { id: createApiKey.apiKey.id });
      expect((await ask()).errors?.[0]?.extensions.code).toBe("UNAUTHENTICATED");
    } finally {
      await replica.stop();
    }
  });

  test("doctor tries the pool, and names one setting that is missing: of start-up parameters and named statements", async () => {
    for (const pooler of [strict, lenient]) {
      const seen = await wrong({ DATABASE_URL: pooler.through(direct) });
      expect(seen.map(({ check, state }) => `${check} ${state}`)).toEqual(["pooler WRONG"]);
      expect(seen[0]?.fix).toMatch(/LATCHKEY_DATABASE_POOLER=transaction.*LATCHKEY_DATABASE_LISTEN_URL/);
    }
    const lost = await wrong({ DATABASE_URL: lenient.through(direct), LATCHKEY_DATABASE_LISTEN_URL: direct });
    expect(lost.map(({ check }) => check)).toEqual(["pooler"]);
    expect(lost[0]?.found).toMatch(/named statements/);
    expect(lost[0]?.fix).not.toMatch(/LISTEN_URL/);
    const refused = await wrong({ DATABASE_URL: strict.through(direct), LATCHKEY_DATABASE_LISTEN_URL: direct });
    expect(refused[0]?.found).toMatch(/start-up parameter/);
  });

  test("doctor finds a line for notices and a role for migrations that lead through the pool as well", async () => {
    const through = strict.through(direct);
    const pooled = { DATABASE_URL: through, LATCHKEY_DATABASE_POOLER: "transaction" };
    const deaf = await wrong({ ...pooled, LATCHKEY_DATABASE_LISTEN_URL: through });
    expect(deaf.map(({ check, state }) => `${check} ${state}`)).toEqual(["notices WRONG"]);
    const right = { ...pooled, LATCHKEY_DATABASE_LISTEN_URL: direct };
    const owner = await wrong({ ...right, LATCHKEY_DATABASE_OWNER_URL: lenient.through(direct) });
    expect(owner.map(({ check, state }) => `${check} ${state}`)).toEqual(["owner WRONG"]);
    expect(owner[0]?.fix).toMatch(/PostgreSQL itself/);
    const all = await findings(right);
    expect(all.filter(({ state }) => state === "WRONG")).toEqual([]);
    expect(all.find(({ check }) => check === "pooler")).toMatchObject({ state: "OK" });
    expect((await findings({ DATABASE_URL: direct })).find(({ check }) => check === "pooler")?.state).toBe("OK");
  });

  test("without the setting a server refuses to start and names it, instead of waiting for a database", async () => {
    const { database } = shop.latchkey;
    const without = startLatchkeyOn(database, { env: { DATABASE_URL: strict.through(direct) } });
    await expect(without).rejects.toThrow(/LATCHKEY_DATABASE_POOLER=transaction/);
    const losing = startLatchkeyOn(database, { env: { DATABASE_URL: lenient.through(direct) } });
    await expect(losing).rejects.toThrow(/LATCHKEY_DATABASE_POOLER=transaction/);
  });

  test("migrations go past the pool", async () => {
    const empty = await createEmptyDatabase();
    try {
      const env = { DATABASE_URL: strict.through(empty.url), LATCHKEY_DATABASE_POOLER: "transaction" };
      const { code, out } = await runCli(["migrate"], { ...env, LATCHKEY_DATABASE_LISTEN_URL: empty.url });
      expect([code, out]).toEqual([0, expect.stringMatching(/^Applied:/)]);
    } finally {
      await empty.drop();
    }
  });
});
