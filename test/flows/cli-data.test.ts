import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { until } from "../kit/operations";
import { type RunningCli, runCli, startCli } from "../kit/run-cli";
import { type Latchkey, startLatchkey } from "../kit/start-latchkey";
import { testClock } from "../kit/test-clock";

// A server runs beside the commands; that they also work alone is told by cli-work.

let latchkey: Latchkey;
let folder: string;
let running: RunningCli | undefined;
beforeAll(async () => {
  latchkey = await startLatchkey({ clock: testClock(new Date()) });
  folder = mkdtempSync(path.join(tmpdir(), "latchkey-lists-"));
  await latchkey.get('mutation { createProduct(input: { key: "course", name: "Course" }) { id } }');
});
afterEach(async () => {
  running?.child.kill("SIGKILL");
  await running?.ended;
  running = undefined;
});
afterAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  await latchkey.stop();
});

const envOf = () => ({ DATABASE_URL: latchkey.database.url });
const cli = (...args: string[]) => runCli(args, envOf());
const fileOf = (name: string) => path.join(folder, name);
const usersNow = async () =>
  (await latchkey.get<{ users: { totalCount: number } }>("{ users { totalCount } }")).users.totalCount;

const LIST = `external id,email,name,products
u1,ada@example.com,Ada,course
u2,bob@example.com,Bob,
u3,,Cem,nonsense
`;

test("import: a dry run says what would be, the run does it, and rows that did not go in are told with code 3", async () => {
  writeFileSync(fileOf("members.csv"), LIST);
  const dry = await cli("import", fileOf("members.csv"), "--dry-run", "--json");
  const answer = JSON.parse(dry.out) as Record<string, unknown>;
  expect([dry.code, dry.said]).toEqual([3, ""]);
  expect(answer).toMatchObject({
    kind: "USER_IMPORT",
    mode: "TEST",
    status: "SUCCEEDED",
    dryRun: true,
    createdBy: "command line",
    total: 3,
    done: 3,
    created: 2,
    failed: 1,
    problemCount: 1,
    problems: [{ row: 3, subject: "u3", code: expect.any(String), message: expect.stringContaining("nonsense") }],
  });
  expect(await usersNow()).toBe(0);

  const wet = await cli("import", fileOf("members.csv"));
  expect(wet.code).toBe(3);
  expect(wet.out).toMatch(
    /^Import of users: done\.\n {2}3 rows: 2 new, 1 did not go in\.\n\n {2}3 {2}u3 {2}.*nonsense/,
  );
  expect(await usersNow()).toBe(2);
  latchkey.clock.moveTo(new Date());
  const { access } = await latchkey.get<{ access: object }>(
    '{ access(user: "u1", product: "course") { allowed reason } }',
  );
  expect(access).toMatchObject({ allowed: true });
});

test("import from a pipe: Ctrl-C before its end takes over nothing, and a whole list goes in", async () => {
  const before = await usersNow();
  const rows = ["a", "b"].map((id) => `${JSON.stringify({ externalId: `pipe-${id}`, name: id })}\n`);
  const cut = await startCli(["import", "-", "--format", "jsonl"], envOf());
  running = cut;
  cut.child.stdin?.write(rows[0]);
  await until(openImports, (count) => count > 0);
  cut.child.kill("SIGINT");
  const { code, out, said } = await cut.ended;
  expect([code, out]).toEqual([130, ""]);
  expect(said).toMatch(/Nothing was taken over/);
  expect(await openImports()).toBe(0);
  expect(await usersNow()).toBe(before);

  const whole = await startCli(["import", "-", "--format", "jsonl", "--json"], envOf());
  running = whole;
  whole.child.stdin?.end(rows.join(""));
  const ended = await whole.ended;
  expect(JSON.parse(ended.out)).toMatchObject({ status: "SUCCEEDED", created: 2, failed: 0 });
  expect(ended.code).toBe(0);
});

test("export: the file alone is on standard output, or in its place whole, and filters are those of the API", async () => {
  const all = await cli("export", "users");
  expect(all.code).toBe(0);
  expect(all.out).toMatch(/^\uFEFFid,/);
  expect(all.out.trim().split("\n")).toHaveLength(1 + (await usersNow()));
  expect(all.said).toMatch(/^Export of users: done\.\n/);

  const out = fileOf("holders.jsonl");
  const filters = ["--has-access-to", "course", "--format", "jsonl", "--after", "1h"];
  const told = await cli("export", "users", ...filters, "--out", out, "--json");
  expect(JSON.parse(told.out)).toMatchObject({ kind: "USER_EXPORT", status: "SUCCEEDED", done: 1 });
  expect(
    readFileSync(out, "utf8")
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as unknown),
  ).toEqual([expect.objectContaining({ externalId: "u1" })]);
  expect(readdirSync(folder).filter((name) => name.endsWith(".part"))).toEqual([]);

  const kept = "/* test */ select 1 from job_files where direction = 'OUT'";
  expect(await latchkey.server.deps.db.rows(kept)).toEqual([]);
  const lines = await cli("export", "activities", "--type", "user_imported", "--user", "u1");
  expect(lines.out.trim().split("\n")).toHaveLength(2);
  const nowhere = fileOf("no/such/folder.csv");
  expect(await cli("export", "users", "--out", nowhere)).toMatchObject({
    code: 1,
    said: expect.stringMatching(/cannot be written/),
  });
  expect(existsSync(nowhere)).toBe(false);
  expect(await cli("export", "users", "--has-access-to", "nothing")).toMatchObject({ code: 1, out: "" });
});

async function openImports(): Promise<number> {
  const [row] = await latchkey.server.deps.db.rows<{ count: number }>(
    "/* test */ select count(*)::int as count from jobs where kind = 'USER_IMPORT' and status in ('QUEUED', 'RUNNING')",
  );
  return row?.count ?? 0;
}
