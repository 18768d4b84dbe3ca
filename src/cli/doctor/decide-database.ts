import type { SchemaState } from "../../database/check-schema";
import type { DatabaseServer } from "../../database/read-server";
import { decideClock } from "./decide-clock";
import { decidePooler, lacksSetting, type PoolSeen } from "./decide-pooler";
import { type Finding, finding } from "./finding";

export type DatabaseSeen =
  | { trouble: string; fix: string }
  | {
      server: DatabaseServer;
      /** Null: it did not let itself be tried. */
      pool: PoolSeen | null;
      schema: SchemaState;
      /** Tables that this role may not use as serving has to. */
      missingRights: readonly string[];
      /** Why the role that owns the schema cannot be reached; null: it can, or there is none beside this one. */
      ownerTrouble: string | null;
      hasOwner: boolean;
      /** Why notices do not arrive; null: they do. */
      noticeTrouble: string | null;
    };

export function decideDatabase(seen: DatabaseSeen, oldestServer: number): Finding[] {
  if ("trouble" in seen) return [finding("database", "WRONG", seen.trouble, seen.fix)];
  const { server, schema, pool, missingRights, ownerTrouble, hasOwner, noticeTrouble } = seen;
  const isOld = server.versionNumber < oldestServer * 10_000;
  return [
    isOld
      ? finding(
          "database",
          "WRONG",
          `It is PostgreSQL ${server.version}, which is too old.`,
          `Bring it to PostgreSQL ${oldestServer} or newer.`,
        )
      : finding("database", "OK", `PostgreSQL ${server.version} answers, as the role ${server.role}.`),
    schema.state === "CURRENT"
      ? finding("schema", "OK", "It is the one of this build.")
      : finding("schema", "WRONG", firstSentence(schema.advice), restOf(schema.advice)),
    ...(schema.state === "CURRENT" ? [decideRights(server.role, missingRights)] : []),
    ...(hasOwner ? [decideOwner(ownerTrouble)] : []),
    ...(pool ? [decidePooler(pool)] : []),
    // Without an address of their own notices go through the pool, whose finding names that setting too.
    ...(pool && lacksSetting(pool) && !pool.hasListenUrl ? [] : [decideNotices(noticeTrouble)]),
    decideClock("clock_database", "PostgreSQL", server.aheadMs),
  ];
}

function decideRights(role: string, missing: readonly string[]): Finding {
  if (missing.length === 0) return finding("rights", "OK", "The role may do what serving needs.");
  const shown = missing.slice(0, 5).join(", ") + (missing.length > 5 ? ` and ${missing.length - 5} more` : "");
  return finding(
    "rights",
    "WRONG",
    `The role ${role} lacks rights on ${shown}.`,
    "Run `latchkey migrate` with LATCHKEY_DATABASE_OWNER_URL set: it gives this role what it needs.",
  );
}

function decideOwner(trouble: string | null): Finding {
  if (trouble === null) return finding("owner", "OK", "The role that owns the schema can be reached.");
  const fix = "Let LATCHKEY_DATABASE_OWNER_URL lead to PostgreSQL itself, as a role that may connect.";
  return finding("owner", "WRONG", trouble, fix);
}

function decideNotices(trouble: string | null): Finding {
  if (trouble === null) return finding("notices", "OK", "Notices between servers arrive.");
  const fix = "Let LATCHKEY_DATABASE_LISTEN_URL lead to PostgreSQL itself, past any pooler in transaction mode.";
  return finding("notices", "WRONG", trouble, fix);
}

function firstSentence(advice: string): string {
  return /^.*?\.(?= [A-Z])/.exec(advice)?.[0] ?? advice;
}

function restOf(advice: string): string | null {
  return advice.slice(firstSentence(advice).length).trim() || null;
}
