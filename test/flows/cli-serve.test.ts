import { startCli } from "../kit/run-cli";
import { createTestDatabase, type TestDatabase } from "../kit/test-database";

let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase();
});

afterAll(() => database.drop());

const KEY = "lk_live_Q8zT1vYk3Lw0PsXc5Rb7Nm2Hd9Jf4Ga6";
const SECRET = "q8Zt1vYk3Lw0PsXc5Rb7Nm2Hd9Jf4Ga6";

test("a server answers the bootstrap key, stops on SIGTERM with code 0, and writes no secret to its log", async () => {
  const cli = await startCli(["serve"], {
    PORT: "0",
    HOST: "127.0.0.1",
    DATABASE_URL: database.url,
    LATCHKEY_ENCRYPTION_KEY: SECRET,
    LATCHKEY_BOOTSTRAP_KEY: KEY,
  });
  const log = await cli.until(/"msg":"listening"/);
  const url = `http://127.0.0.1:${/"port":(\d+),"msg":"listening"/.exec(log)?.[1]}`;
  const response = await fetch(`${url}/graphql`, {
    method: "POST",
    headers: { "content-type": "application/json", authorization: `Bearer ${KEY}` },
    body: JSON.stringify({ query: "{ viewer { role mode } }" }),
  });
  expect(await response.json()).toEqual({ data: { viewer: { role: "ADMIN", mode: "LIVE" } } });
  expect((await fetch(`${url}/health/ready`)).status).toBe(200);
  cli.child.kill("SIGTERM");
  const { code, out, said } = await cli.ended;
  expect(code).toBe(0);
  expect(out).toContain('"msg":"stopped"');
  // A server that trusts everybody has no password to leak.
  const secrets = [KEY, SECRET, database.url, new URL(database.url).password].filter((secret) => secret !== "");
  for (const secret of secrets) {
    expect(out + said).not.toContain(secret);
  }
});
