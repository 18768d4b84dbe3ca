import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { type CliResult, runCli } from "../kit/run-cli";
import { type ShopCli, shopCli, startShopNow } from "../kit/shop-cli";
import { type Shop, SHOP_KEY } from "../kit/start-shop";
import { openStall } from "../kit/open-stall";
import { createEmptyDatabase } from "../kit/test-database";

let shop: Shop;
let cli: ShopCli;
beforeAll(async () => {
  shop = await startShopNow();
  cli = shopCli(shop);
  await shop.latchkey.key("ADMIN");
  const stall = await openStall(shop, "course");
  await stall.link();
});
afterAll(() => shop.stop());

interface Finding {
  check: string;
  state: "OK" | "WARNING" | "WRONG" | "SKIPPED";
  mode: string | null;
  found: string;
  fix: string | null;
}

async function examine(env: Record<string, string> = {}) {
  return read(await cli.run(["doctor", "--json"], env));
}

function read({ code, out, said }: CliResult) {
  expect(said).toBe("");
  const { ok, findings } = JSON.parse(out) as { ok: boolean; findings: Finding[] };
  const of = (state: Finding["state"]) => findings.filter((finding) => finding.state === state);
  return { code, ok, findings, wrong: of("WRONG"), warnings: of("WARNING"), skipped: of("SKIPPED"), text: out };
}

test("a healthy set-up: every check is good, warnings do not fail, and neither way shows a secret", async () => {
  const { code, ok, findings, wrong, skipped, text } = await examine();
  expect({ code, ok, wrong, skipped }).toEqual({ code: 0, ok: true, wrong: [], skipped: [] });
  const checks = new Set(findings.map(({ check }) => check));
  const expected =
    "settings database schema rights notices clock_database encryption api_keys public_url clock_stripe " +
    "account_connected key_accepted webhook_endpoint inbox jobs";
  for (const check of expected.split(" ")) expect(checks).toContain(check);
  const { code: same, out } = await cli.run(["doctor"]);
  expect(same).toBe(0);
  expect(out).toMatch(/^✓ database: PostgreSQL \d+/m);
  expect(out).toMatch(/^✓ key_accepted \(test\): Stripe takes the key\.$/m);
  for (const secret of [SHOP_KEY, cli.env["LATCHKEY_ENCRYPTION_KEY"] ?? "", cli.env["DATABASE_URL"] ?? "", "whsec_"]) {
    expect(text + out).not.toContain(secret);
  }
});

test("what Stripe says now counts, not what we hold: an endpoint that was deleted, disabled or lacks events is found", async () => {
  const [endpoint] = (await shop.stripe.webhookEndpoints.list()).data;
  const id = endpoint?.id ?? "";
  await shop.stripe.webhookEndpoints.update(id, { enabled_events: ["invoice.paid"] });
  expect((await examine()).wrong).toEqual([
    expect.objectContaining({ check: "webhook_events", mode: "TEST", fix: "repairWebhookEndpoint" }),
  ]);
  await shop.stripe.webhookEndpoints.del(id);
  const { code, ok, wrong } = await examine();
  expect([code, ok]).toEqual([1, false]);
  // One cause, told once.
  expect(wrong.map(({ check }) => check)).toEqual(["webhook_endpoint"]);
  // Looking has changed nothing, neither here nor there.
  expect((await shop.stripe.webhookEndpoints.list()).data).toEqual([]);
  const repair = "mutation ($id: ID!) { repairWebhookEndpoint(connection: $id) { id } }";
  await shop.latchkey.get(repair, { id: shop.connection });
  expect((await examine()).wrong).toEqual([]);
});

test("a key that lacks permissions is named with them, and a Stripe that does not answer is told from one that refuses", async () => {
  const key = "rk_test_latchkeyofthetests";
  const change = "mutation ($input: UpdateStripeConnectionInput!) { updateStripeConnection(input: $input) { id } }";
  await shop.latchkey.get(change, { input: { connection: shop.connection, secretKey: key } });
  shop.simulator.control.restrictKey(key, ["price_read", "dispute_read"]);
  const lacking = await examine();
  expect(lacking.wrong.find(({ check }) => check === "key_permissions")?.found).toMatch(/Prices: read; Disputes: read/);
  expect(lacking.text).not.toContain(key);
  shop.simulator.control.restrictKey(key, []);
  const away = await examine({ STRIPE_API_BASE: "http://127.0.0.1:9" });
  expect(away.wrong.map(({ check }) => check)).toEqual(["stripe"]);
  expect(away.code).toBe(1);
  expect((await examine()).wrong).toEqual([]);
});

test("wrong settings are all told, and the rest is looked at all the same", async () => {
  const seen = await examine({
    PORT: "hunter2",
    LATCHKEY_ENCRYPTION_KEY: "",
    LATCHKEY_PUBLC_URL: "https://hunter2.example",
  });
  expect(seen.wrong.filter(({ check }) => check === "settings").map(({ found }) => found.split(":")[0])).toEqual([
    "PORT",
    "LATCHKEY_PUBLC_URL",
    "LATCHKEY_ENCRYPTION_KEY",
  ]);
  expect(seen.wrong.map(({ check }) => check)).toEqual(["settings", "settings", "settings"]);
  expect(seen.findings.find(({ check }) => check === "schema")?.state).toBe("OK");
  expect(seen.skipped.map(({ check }) => check)).toEqual(["encryption", "stripe"]);
  expect(seen.text).not.toContain("hunter2");
});

test("another encryption key opens nothing, and an older one asks for a reseal", async () => {
  const other = "d81f7b2e40c95a63f1e8b7d20a4c6935e7f18b2d4c60a9e3";
  expect((await examine({ LATCHKEY_ENCRYPTION_KEY: other })).wrong.map(({ check }) => check)).toContain("encryption");
  const both = `${other},${cli.env["LATCHKEY_ENCRYPTION_KEY"]}`;
  const { wrong, warnings } = await examine({ LATCHKEY_ENCRYPTION_KEY: both });
  expect(wrong).toEqual([]);
  expect(warnings.find(({ check }) => check === "encryption")?.fix).toMatch(/keys reseal/);
});

test("a clock that is seconds off is a warning, one that is minutes off is wrong, once where PostgreSQL and Stripe agree", async () => {
  const skewed = async (ms: number) => {
    const env = {
      NODE_OPTIONS: `--require ${path.join(__dirname, "../kit/skewed-clock.cjs")}`,
      TEST_CLOCK_SKEW_MS: String(ms),
    };
    const { ended } = await cli.start(["doctor", "--json"], env);
    return read(await ended);
  };
  const late = await skewed(-120_000);
  // The clock that is off is ours, so it is told once.
  expect(late.wrong.map(({ check }) => check)).toEqual(["clock_database"]);
  expect(late.wrong[0]?.found).toMatch(/^PostgreSQL's clock is 1[12]\d\.\d s ahead of ours\.$/);
  const little = await skewed(20_000);
  expect(little.wrong).toEqual([]);
  expect(little.warnings.map(({ check }) => check)).toContain("clock_database");
});

test("no database, and one whose schema is behind: said with what to do, and left as it was", async () => {
  const nowhere = await examine({ DATABASE_URL: "postgres://latchkey:hunter2secret@127.0.0.1:1/latchkey" });
  expect(nowhere.code).toBe(1);
  expect(nowhere.wrong).toEqual([
    expect.objectContaining({ check: "database", fix: expect.stringMatching(/DATABASE_URL/) }),
  ]);
  expect(nowhere.text).not.toContain("hunter2");
  const empty = await createEmptyDatabase();
  try {
    for (let time = 0; time < 2; time++) {
      const behind = await examine({ DATABASE_URL: empty.url });
      expect(behind.wrong).toEqual([
        expect.objectContaining({ check: "schema", fix: expect.stringMatching(/latchkey migrate/) }),
      ]);
    }
  } finally {
    await empty.drop();
  }
});

test("on a machine where nothing was started yet, it says how to begin, and makes nothing", async () => {
  const dataDir = mkdtempSync(path.join(tmpdir(), "latchkey-doctor-"));
  try {
    const { code, out } = await runCli(["doctor"], { LATCHKEY_DATA_DIR: dataDir });
    expect(code).toBe(0);
    expect(out).toMatch(/^! database: Nothing was started in .* yet\.\n {4}npm start$/m);
    expect(readdirSync(dataDir)).toEqual([]);
  } finally {
    rmSync(dataDir, { recursive: true, force: true });
  }
});
