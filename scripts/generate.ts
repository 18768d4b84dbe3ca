import "reflect-metadata";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { lexicographicSortSchema, printSchema } from "graphql";
import { format } from "prettier";
import { migrations } from "../migrations";
import { buildLatchkeySchema } from "../src/app/schema";
import { SECOND } from "../src/base/durations";
import { openLog } from "../src/base/log";
import { dumpSchema } from "../src/database/dump-schema";
import { openDatabase } from "../src/database/open-database";
import { runMigrations } from "../src/database/run-migrations";
import { startEmbeddedPostgres } from "../src/local/embedded-postgres";
import { writeCommandLinePage } from "./write-command-line-page";
import { writeDemoComponent } from "./write-demo-component";
import { writeErrorsPage } from "./write-errors-page";
import { writeImportsPage } from "./write-imports-page";
import { writeOperationsPage } from "./write-operations-page";
import { writeSettingsPage } from "./write-settings-page";

// Everything that is made from the code and committed, so that a review sees what a change does to the outside.
const root = path.join(__dirname, "../..");

function write(file: string, text: string): void {
  mkdirSync(path.dirname(path.join(root, file)), { recursive: true });
  writeFileSync(path.join(root, file), text);
}

async function dumpFreshDatabase(): Promise<string> {
  const dataDir = mkdtempSync(path.join(tmpdir(), "latchkey-generate-"));
  const server = await startEmbeddedPostgres({ dataDir, durable: false });
  try {
    await runMigrations({ url: server.url, migrations, log: openLog("silent") });
    const db = await openDatabase({
      url: server.url,
      entities: [],
      connectionsMax: 2,
      statementTimeoutMs: 30 * SECOND,
    });
    try {
      return await dumpSchema(db);
    } finally {
      await db.source.destroy();
    }
  } finally {
    await server.stop();
    rmSync(dataDir, { recursive: true, force: true });
  }
}

async function writePage(file: string, text: string): Promise<void> {
  write(file, await format(text, { parser: "markdown", printWidth: 120 }));
}

async function generate(): Promise<void> {
  await writePage("docs/settings.md", writeSettingsPage());
  await writePage("docs/errors.md", writeErrorsPage());
  await writePage("docs/command-line.md", writeCommandLinePage());
  await writePage("docs/imports.md", writeImportsPage());
  await writePage("docs/operations.md", writeOperationsPage());
  write("assets/demo/locked.js", writeDemoComponent(path.join(root, "assets/demo/locked.jsx")));
  write("migrations/schema.sql", await dumpFreshDatabase());
  write("schema.graphql", `${printSchema(lexicographicSortSchema(buildLatchkeySchema()))}\n`);
}

generate().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
