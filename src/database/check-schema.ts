import type { MigrationInterface } from "typeorm";
import type { Reader } from "./db";

export type MigrationClass = new () => MigrationInterface;

export const MIGRATIONS_TABLE = "migrations";

/** How the schema in the database relates to the one that this build was written for. */
export type SchemaState =
  | { state: "CURRENT" }
  /** The named migrations have not run. */
  | { state: "BEHIND"; missing: readonly string[]; advice: string }
  /** The named migrations have run, and this build does not know them. */
  | { state: "NEWER"; unknown: readonly string[]; advice: string };

/** Only looks: for a server whose role may not migrate. */
export async function checkSchema(options: {
  db: Pick<Reader, "rows">;
  migrations: readonly MigrationClass[];
}): Promise<SchemaState> {
  const [table] = await options.db.rows<{ exists: boolean }>(
    `/* schema.isThere */ select to_regclass('public.${MIGRATIONS_TABLE}') is not null as exists`,
  );
  const executed = table?.exists
    ? await options.db.rows<{ name: string }>(`/* schema.executed */ select name from public.${MIGRATIONS_TABLE}`)
    : [];
  return compareSchema(
    options.migrations,
    executed.map(({ name }) => name),
  );
}

export function compareSchema(migrations: readonly MigrationClass[], executed: readonly string[]): SchemaState {
  const known = migrations.map(nameOf);
  const unknown = executed.filter((name) => !known.includes(name));
  const missing = known.filter((name) => !executed.includes(name));
  if (unknown.length > 0) {
    const advice =
      `The database is newer than this build: it has run ${unknown.join(", ")}, which this build does not know. ` +
      "Start the build that migrated it, or a later one. There is no way back except a backup from before.";
    return { state: "NEWER", unknown, advice };
  }
  if (missing.length > 0) {
    const advice =
      `The database is behind this build: ${missing.join(", ")} has not run. ` +
      "Run `latchkey migrate` with the role that owns the schema, then start again.";
    return { state: "BEHIND", missing, advice };
  }
  return { state: "CURRENT" };
}

function nameOf(migration: MigrationClass): string {
  return new migration().name ?? migration.name;
}
