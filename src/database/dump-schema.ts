import { Bug } from "../base/refusal";
import { MIGRATIONS_TABLE } from "./check-schema";
import type { Db, Tx } from "./db";
import { schemaParts } from "./read-schema-catalogue";

/**
 * The schema `public` as SQL: what a migration did to it can be read in a review, and an empty database that loads it
 * has the same dump. Sorted by name, without owners, rights and the table of migrations.
 */
export async function dumpSchema(db: Db): Promise<string> {
  return db.transaction(async (tx) => {
    // The names in definitions are written as seen from here. Functions are checked when they run: they may name
    // tables that come later in the file.
    await tx.rows("/* dump.path */ set local search_path = public");
    await refuseUnknown(tx);
    const parts = [];
    for (const text of schemaParts) {
      const rows = await tx.rows<{ statement: string }>(text, [MIGRATIONS_TABLE]);
      parts.push(...rows.map(({ statement }) => `${statement.trimEnd()};\n`));
    }
    return ["set check_function_bodies = false;\n", ...parts].join("\n");
  });
}

/** A dump that leaves something out without a word is worse than none. */
async function refuseUnknown(tx: Tx): Promise<void> {
  const unknown = await tx.rows<{ what: string }>(UNKNOWN);
  if (unknown.length > 0) throw new Bug(`the dump cannot write: ${unknown.map(({ what }) => what).join(", ")}`);
}

const UNKNOWN = `/* dump.unknown */
  with ours as (select * from pg_class where relnamespace = 'public'::regnamespace)
  select 'table ' || relname || ' (partitioned, foreign, inheriting, or with row security)' as what from ours
  where relkind in ('p', 'f') or relrowsecurity or oid in (select inhrelid from pg_inherits)
  union all
  select 'type ' || relname from ours where relkind = 'c'
  union all
  select 'type ' || typname from pg_type
  where typnamespace = 'public'::regnamespace and typtype in ('r', 'm', 'p')
    and not exists (select from pg_depend where classid = 'pg_type'::regclass and objid = pg_type.oid and deptype = 'e')
  union all
  select 'function ' || proname from pg_proc
  where pronamespace = 'public'::regnamespace and prokind = 'a'
    and not exists (select from pg_depend where classid = 'pg_proc'::regclass and objid = pg_proc.oid and deptype = 'e')
  union all
  select 'rule ' || rulename from pg_rewrite join ours on ours.oid = ev_class where rulename <> '_RETURN'
  union all
  select 'schema ' || nspname from pg_namespace
  where nspname !~ '^pg_' and nspname not in ('public', 'information_schema')
  order by 1`;
