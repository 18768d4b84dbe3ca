import { Client } from "pg";
import { type RunningPooler, stopPooler } from "./start-pooler";
import { DATA_DIR, POOLER, PREFIX, readTestSetting, removeDataDir, SERVER_URL } from "./test-server";

export default async function tearDown(): Promise<void> {
  const pooler = process.env[POOLER];
  if (pooler) stopPooler(JSON.parse(pooler) as RunningPooler);
  const dataDir = process.env[DATA_DIR];
  if (dataDir) await removeDataDir(dataDir);
  else await dropDatabases(readTestSetting(SERVER_URL), readTestSetting(PREFIX));
}

/** The server is somebody's own: leave it as it was, also when a test file died before it could drop its database. */
async function dropDatabases(serverUrl: string, prefix: string): Promise<void> {
  const client = new Client({ connectionString: serverUrl });
  await client.connect();
  try {
    const { rows } = await client.query<{ name: string }>(
      "select datname as name from pg_database where starts_with(datname, $1)",
      [prefix],
    );
    for (const { name } of rows) await client.query(`drop database if exists ${name} with (force)`);
  } finally {
    await client.end();
  }
}
