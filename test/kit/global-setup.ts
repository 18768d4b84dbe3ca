import { randomBytes } from "node:crypto";
import { Client } from "pg";
import { migrations } from "../../migrations";
import { openLog } from "../../src/base/log";
import { runMigrations } from "../../src/database/run-migrations";
import { startEmbeddedPostgres } from "../../src/local/embedded-postgres";
import { hasPooler, POOLER_ADVICE, type RunningPooler, startPooler } from "./start-pooler";
import {
  DATA_DIR,
  makeDataDir,
  POOLER,
  PREFIX,
  removeDataOfDeadRuns,
  SERVER_URL,
  templateOf,
  urlOf,
} from "./test-server";

/** One server for the run, and one migrated database that every test file gets a copy of. */
export default async function setUp(): Promise<void> {
  const serverUrl = process.env["DATABASE_URL"] ?? (await startServer());
  const prefix = `latchkey_test_${process.pid}_${randomBytes(3).toString("hex")}`;
  process.env[SERVER_URL] = serverUrl;
  process.env[PREFIX] = prefix;

  if (process.env["TEST_POOLER"] === "yes") await startPoolerOfRun(serverUrl);

  const template = templateOf(prefix);
  const client = new Client({ connectionString: serverUrl });
  await client.connect();
  try {
    await client.query(`create database ${template}`);
  } finally {
    await client.end();
  }
  await runMigrations({ url: urlOf(serverUrl, template), migrations, log: openLog("silent") });
}

async function startPoolerOfRun(serverUrl: string): Promise<void> {
  if (!hasPooler) throw new Error(POOLER_ADVICE);
  const { port, pid, folder }: RunningPooler = await startPooler(serverUrl);
  process.env[POOLER] = JSON.stringify({ port, pid, folder });
}

async function startServer(): Promise<string> {
  await removeDataOfDeadRuns();
  const dataDir = makeDataDir();
  process.env[DATA_DIR] = dataDir;
  const { url } = await startEmbeddedPostgres({ dataDir, durable: false, socket: true });
  return url;
}
