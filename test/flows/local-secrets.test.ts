import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { readConfig } from "../../src/config/read-config";
import { keepLocalSecrets } from "../../src/local/local-secrets";

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "latchkey-secrets-"));
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

const fileIn = (dataDir: string) => path.join(dataDir, "secrets.json");

test("secrets are made once, and a restart finds the same", () => {
  const dataDir = path.join(folder, "deep/down");
  const first = keepLocalSecrets(dataDir);
  expect(keepLocalSecrets(dataDir)).toEqual(first);
  expect(readdirSync(dataDir)).toEqual(["secrets.json"]);
});

test("they are good enough for a server, and differ on every machine", () => {
  const [one, other] = [keepLocalSecrets(folder), keepLocalSecrets(path.join(folder, "other"))];
  const env = { DATABASE_URL: "postgres://db/latchkey", ...one };
  expect(readConfig(env, { localMode: false })).toMatchObject({ ok: true });
  expect(one.LATCHKEY_BOOTSTRAP_KEY).toMatch(/^lk_test_/);
  expect(one.LATCHKEY_ENCRYPTION_KEY).not.toBe(other.LATCHKEY_ENCRYPTION_KEY);
});

test("only the owner can read them, also after somebody opened the file to all", () => {
  keepLocalSecrets(folder);
  expect(statSync(fileIn(folder)).mode & 0o777).toBe(0o600);
  chmodSync(fileIn(folder), 0o644);
  keepLocalSecrets(folder);
  expect(statSync(fileIn(folder)).mode & 0o777).toBe(0o600);
});

test("no other account can list the folder", () => {
  const made = path.join(folder, "made");
  keepLocalSecrets(made);
  // Root's embedded PostgreSQL runs under another account, which passes through.
  expect(statSync(made).mode & 0o777).toBe(process.getuid?.() === 0 ? 0o711 : 0o700);
});

test.each(["", "{}", "not json", '{"LATCHKEY_ENCRYPTION_KEY":"x"}'])(
  "a damaged file (%s) is never replaced",
  (text) => {
    writeFileSync(fileIn(folder), text);
    expect(() => keepLocalSecrets(folder)).toThrow(/cannot be read any more/);
    expect(readFileSync(fileIn(folder), "utf8")).toBe(text);
  },
);
