import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import readline from "node:readline";
import { Client } from "pg";
import { placesIn } from "../../src/local/create-postgres-data";
import { startEmbeddedPostgres } from "../../src/local/embedded-postgres";
import { findRunningServer, stopPostgres } from "../../src/local/run-postgres";
import { testLong } from "../kit/is-long";

// To make a database takes a second, so most tests use the same one, which each leaves stopped.
let shared: string;
let dataDir: string;
const folders: string[] = [];

function makeFolder(): string {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), `latchkey-test-${process.pid}-`));
  // Nobody else may pass through here: the server must manage without.
  fs.chmodSync(folder, 0o700);
  folders.push(folder);
  return path.join(folder, "state", "postgres");
}

beforeAll(() => {
  shared = makeFolder();
});

beforeEach(() => {
  dataDir = shared;
});

afterEach(async () => {
  await stopPostgres(placesIn(dataDir).data, { careful: true });
});

afterAll(() => {
  for (const folder of folders) fs.rmSync(folder, { recursive: true, force: true });
});

const start = (durable = false) => startEmbeddedPostgres({ dataDir, durable });

async function ask(url: string, text: string): Promise<Record<string, unknown>[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(text)).rows;
  } finally {
    await client.end();
  }
}

/** Another process that holds the same server. */
async function holdElsewhere(): Promise<{ child: ChildProcess; url: string; startedHere: boolean }> {
  const child = spawn(process.execPath, [path.join(__dirname, "../kit/hold-postgres.cjs"), dataDir], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  const lines = readline.createInterface({ input: child.stdout });
  const [line]: string[] = await once(lines, "line");
  const answer: { url?: string; startedHere?: boolean; error?: string } = JSON.parse(line ?? "{}");
  if (answer.url === undefined || answer.startedHere === undefined) throw new Error(answer.error ?? "no answer");
  return { child, url: answer.url, startedHere: answer.startedHere };
}

async function letGo(child: ChildProcess): Promise<void> {
  const exit = once(child, "exit");
  child.stdin?.end();
  await exit;
}

const isRunning = () => findRunningServer(placesIn(dataDir).data) !== null;

test("a restart finds the data again, with the same password", async () => {
  const first = await start(true);
  await ask(first.url, "create table kept as select 'still here' as note");
  await first.stop();
  expect(isRunning()).toBe(false);

  const second = await start(true);
  expect(second.startedHere).toBe(true);
  expect(await ask(second.url, "select note from kept")).toEqual([{ note: "still here" }]);
  expect(new URL(second.url).password).toBe(new URL(first.url).password);
  await second.stop();
});

testLong("processes that ask for the same new folder at the same moment get one server", async () => {
  dataDir = makeFolder();
  const holders = await Promise.all([holdElsewhere(), holdElsewhere(), start(), start()]);
  expect(new Set(holders.map(({ url }) => url)).size).toBe(1);
  expect(holders.filter(({ startedHere }) => startedHere)).toHaveLength(1);
  expect(fs.readdirSync(dataDir).toSorted()).toEqual(["cluster", "server.log"]);
  for (const holder of holders) await ("child" in holder ? letGo(holder.child) : holder.stop());
  expect(isRunning()).toBe(false);
});

test("a server is not stopped under somebody who uses it, whoever started it", async () => {
  const other = await holdElsewhere();
  const here = await start();
  expect([other.startedHere, here.startedHere]).toEqual([true, false]);
  await letGo(other.child);
  expect(await ask(here.url, "select 1 as one")).toEqual([{ one: 1 }]);
  await here.stop();
  expect(isRunning()).toBe(false);
});

test("the server of a process that was killed is used again, and stopped by the last one to leave", async () => {
  const other = await holdElsewhere();
  await ask(other.url, "create table kept_by_killed as select 1 as one");
  const exit = once(other.child, "exit");
  other.child.kill("SIGKILL");
  await exit;

  const here = await start();
  expect(here.startedHere).toBe(false);
  expect(here.url).toBe(other.url);
  expect(await ask(here.url, "select one from kept_by_killed")).toEqual([{ one: 1 }]);
  await here.stop();
  expect(isRunning()).toBe(false);
});

testLong(
  "a server that crashed starts again, also when its process number belongs to somebody else by now",
  async () => {
    const { data } = placesIn(dataDir);
    const pidFile = path.join(data, "postmaster.pid");
    const first = await start(true);
    await ask(first.url, "create table kept_in_crash as select 1 as one");
    const left = fs.readFileSync(pidFile, "utf8");
    process.kill(Number(left.split("\n")[0]), "SIGKILL");

    const second = await start(true);
    expect(second.startedHere).toBe(true);
    await second.stop();

    fs.writeFileSync(pidFile, left.replace(/^\d+/, String(process.pid)));
    const third = await start(true);
    expect(third.startedHere).toBe(true);
    expect(await ask(third.url, "select one from kept_in_crash")).toEqual([{ one: 1 }]);
    await third.stop();
  },
);

test("nobody gets in without the password, and the server listens on this machine alone", async () => {
  const server = await start();
  for (const password of ["", "wrong"]) {
    const url = new URL(server.url);
    url.password = password;
    await expect(ask(url.href, "select 1")).rejects.toThrow(/password/);
  }
  expect(await ask(server.url, "show listen_addresses")).toEqual([{ listen_addresses: "127.0.0.1" }]);
  expect(await ask(server.url, "show unix_socket_directories")).toEqual([{ unix_socket_directories: "" }]);
  expect(await ask(server.url, "show password_encryption")).toEqual([{ password_encryption: "scram-sha-256" }]);
  expect(fs.statSync(placesIn(dataDir).password).mode & 0o777).toBe(0o600);
  await server.stop();
});

test("the server does not get to see the environment of the process that starts it", async () => {
  process.env["STRIPE_SECRET_KEY"] = "a secret of the caller";
  try {
    const server = await start();
    const { pid } = findRunningServer(placesIn(dataDir).data) ?? {};
    // Other systems do not show it.
    const environment = process.platform === "linux" ? fs.readFileSync(`/proc/${pid}/environ`, "utf8") : "";
    expect(environment).not.toContain("STRIPE_SECRET_KEY");
    await server.stop();
  } finally {
    delete process.env["STRIPE_SECRET_KEY"];
  }
});

test("letters of all languages have upper and lower case, and text sorts the same everywhere", async () => {
  const server = await start();
  expect(await ask(server.url, "select lower('ÄÉŽ') as lower, 'Z' < 'a' as plain")).toEqual([
    { lower: "äéž", plain: true },
  ]);
  await server.stop();
});

test("data of another PostgreSQL version is left alone, with advice", async () => {
  await (await start()).stop();
  const file = path.join(placesIn(dataDir).data, "PG_VERSION");
  const version = fs.readFileSync(file);
  fs.writeFileSync(file, "12\n");
  await expect(start()).rejects.toThrow(/written by PostgreSQL 12.*set LATCHKEY_LOCAL_DATABASE_URL/s);
  fs.writeFileSync(file, version);
});

test("a password that does not fit the data is said in plain words", async () => {
  const first = await start();
  const { password } = placesIn(dataDir);
  const right = fs.readFileSync(password);
  fs.writeFileSync(password, "another");
  await expect(start()).rejects.toThrow(/does not accept the password in .*cluster/);
  fs.writeFileSync(password, right);
  await first.stop();
});

test("a folder that cannot be made is said in plain words", async () => {
  dataDir = makeFolder();
  fs.writeFileSync(path.dirname(dataDir), "a file where the folder should be");
  await expect(start()).rejects.toThrow(/set LATCHKEY_LOCAL_DATABASE_URL/);
});

testLong("what a killed first start left behind is neither used nor in the way", async () => {
  dataDir = makeFolder();
  const abandoned = path.join(dataDir, "unfinished-abc123", "data");
  fs.mkdirSync(abandoned, { recursive: true });
  fs.utimesSync(path.dirname(abandoned), 0, 0);
  const server = await start();
  expect(fs.readdirSync(dataDir).toSorted()).toEqual(["cluster", "server.log"]);
  await server.stop();
});
