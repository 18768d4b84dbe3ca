import { runCli } from "../kit/run-cli";
import { startLatchkeyOn } from "../kit/start-latchkey";
import { TEST_SECRETS } from "../kit/start-latchkey";
import { type Shop, startShop } from "../kit/start-shop";

const OLD = TEST_SECRETS.LATCHKEY_ENCRYPTION_KEY;
const NEW = "d81f7b2e40c95a63f1e8b7d20a4c6935e7f18b2d4c60a9e3";

let shop: Shop;
beforeAll(async () => {
  shop = await startShop();
  const change = "mutation ($input: UpdateStripeConnectionInput!) { updateStripeConnection(input: $input) { id } }";
  await shop.latchkey.get(change, { input: { connection: shop.connection, webhookSecret: "whsec_thesecondsecret" } });
});
afterAll(() => shop.stop());

const reseal = (keys: string, ...args: string[]) =>
  runCli(["keys", "reseal", ...args], { DATABASE_URL: shop.latchkey.database.url, LATCHKEY_ENCRYPTION_KEY: keys });

const sealedTexts = async () => {
  const rows = await shop.latchkey.server.deps.db.rows<{ texts: string[] }>(
    `/* test */ select array[secret_key_sealed, webhook_secret_sealed, previous_webhook_secret_sealed] as texts
     from stripe_connections union all select array[private_sealed] from signing_keys
     union all select array[key_sealed] from removal_keys`,
  );
  return rows.flatMap(({ texts }) => texts);
};
const sealedBy = async () => new Set((await sealedTexts()).map((text) => text.split(".")[1]));

test("with the new key in front, every secret is sealed anew, once; then the old key can go", async () => {
  const [before] = await sealedBy();
  expect(await reseal(`${NEW},${OLD}`)).toMatchObject({ code: 0, out: expect.stringMatching(/^5 secrets are sealed/) });
  const [after, ...others] = await sealedBy();
  expect(others).toEqual([]);
  expect(after).not.toBe(before);
  const texts = await sealedTexts();
  expect(await reseal(`${NEW},${OLD}`, "--json")).toMatchObject({ code: 0, out: '{"resealed":0}\n' });
  expect(await reseal(NEW, "--json")).toMatchObject({ code: 0, out: '{"resealed":0}\n' });
  expect(await sealedTexts()).toEqual(texts);

  const only = await startLatchkeyOn(shop.latchkey.database, {
    env: { LATCHKEY_ENCRYPTION_KEY: NEW, STRIPE_API_BASE: shop.simulator.url },
    clock: shop.clock,
  });
  try {
    const tested = `mutation { testStripeConnection(connection: "${shop.connection}") { id lastError } }`;
    expect(await only.get(tested)).toMatchObject({ testStripeConnection: { id: shop.connection } });
  } finally {
    await only.stop();
  }
});

test("without the key that sealed them, nothing is touched, and it is said which setting mends it", async () => {
  const texts = await sealedTexts();
  const { code, out, said } = await reseal("0f2b7c91d3e84a65b7c0d1e2f3a49586778695a4b3c2d1e0");
  expect([code, out]).toEqual([1, ""]);
  expect(said).toMatch(/LATCHKEY_ENCRYPTION_KEY/);
  expect(await sealedTexts()).toEqual(texts);
});

test("without any key it says that it needs one", async () => {
  const { code, said } = await reseal("");
  expect(code).toBe(2);
  expect(said).toMatch(/LATCHKEY_ENCRYPTION_KEY/);
});

test("secrets at rest: a dump of the database holds no key and no secret of Stripe", async () => {
  const { db } = shop.latchkey.server.deps;
  const tables = await db.rows<{ name: string }>(
    `/* test */ select table_name as name from information_schema.tables where table_schema = 'public' and table_type = 'BASE TABLE'`,
  );
  const dumps = await Promise.all(
    tables.map(({ name }) => db.rows<{ row: string }>(`/* test */ select t::text as row from "${name}" t`)),
  );
  expect(dumps.flat().length).toBeGreaterThan(3);
  expect(JSON.stringify(dumps)).not.toMatch(/\b(?:sk|rk)_(?:test|live)_|whsec_/);
});
