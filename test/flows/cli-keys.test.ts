import { runCli } from "../kit/run-cli";
import { createTestDatabase, type TestDatabase } from "../kit/test-database";

let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase();
});

afterAll(() => database.drop());

const keys = (...args: string[]) => runCli(["keys", ...args], { DATABASE_URL: database.url });

interface Key {
  id: string;
  name: string;
  revokedAt: string | null;
}

async function listed(): Promise<Key[]> {
  return JSON.parse((await keys("list", "--json")).out) as Key[];
}

test("a new key's secret is alone on standard output, and nowhere afterwards", async () => {
  const made = await keys("create", "--name", "shop server", "--role", "write", "--mode", "live");
  expect(made.code).toBe(0);
  expect(made.out).toMatch(/^lk_live_\w{32,}\n$/);
  expect(made.said).not.toContain(made.out.trim());
  const list = await keys("list");
  expect(list.out).toMatch(/key_\w+ {2}LIVE {2}WRITE .* never used {2}shop server/);
  expect(list.out + (await keys("list", "--json")).out).not.toContain(made.out.trim());
});

test("programs get the id and the secret as JSON", async () => {
  const { out } = await keys("create", "--name", "deploy", "--json", "--expires", "2099-01-31");
  expect(JSON.parse(out)).toMatchObject({
    id: expect.stringMatching(/^key_/),
    secret: expect.stringMatching(/^lk_test_/),
    role: "ADMIN",
    mode: "TEST",
    expiresAt: "2099-01-31T00:00:00.000Z",
  });
});

test("a revoked key stays in the list with its end", async () => {
  const { id } = JSON.parse((await keys("create", "--name", "short-lived", "--json")).out) as Key;
  expect(await keys("revoke", id)).toMatchObject({ code: 0, out: `${id} (short-lived) opens nothing any more.\n` });
  const [key] = (await listed()).filter((candidate) => candidate.id === id);
  expect(key?.revokedAt).not.toBeNull();
  expect(await keys("revoke", id)).toMatchObject({ code: 0 });
});

test.each(["key_00000000000000000000000000", "nonsense"])(
  "revoking %s, which is no key, fails in a sentence",
  async (id) => {
    const { code, out, said } = await keys("revoke", id);
    expect([code, out]).toEqual([1, ""]);
    expect(said).toMatch(/^There is no such key\./);
  },
);

test("a key that would have expired already is not made", async () => {
  const before = (await listed()).length;
  const { code, said } = await keys("create", "--name", "late", "--expires", "2001-01-01");
  expect(code).toBe(1);
  expect(said).toMatch(/expired already/);
  expect(await listed()).toHaveLength(before);
});
