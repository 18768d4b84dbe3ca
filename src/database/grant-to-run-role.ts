import type { QueryRunner } from "typeorm";
import { Unavailable } from "../base/refusal";
import { MIGRATIONS_TABLE } from "./check-schema";

/** Tables from which serving deletes rows. It never deletes people, purchases, grants or journal lines. */
const REMOVED: ReadonlySet<string> = new Set([
  "customer_makings",
  "grant_refs",
  "idempotency_keys",
  "job_files",
  "job_notes",
  "notices",
  "product_includes",
  "product_openers",
  "rate_windows",
  "resource_products",
  "resources",
  "stripe_inbox",
  "tag_products",
]);

/** Tables whose rows serving never changes. The journal can be trusted because not even a mistake of ours rewrites it. */
const WRITTEN_ONCE: ReadonlySet<string> = new Set([
  "activities",
  "job_file_pieces",
  "job_notes",
  "job_problems",
  "notices",
  "product_includes",
  "product_openers",
  "removal_trials",
  "resource_products",
  "tag_products",
]);

interface Owned {
  kind: "table" | "sequence" | "function";
  /** Quoted, and with the types of its arguments for a function. */
  object: string;
  name: string;
}

/**
 * Gives the role that serves exactly what it needs, in one transaction: what it was given before and needs no longer is
 * taken away. It owns nothing, so it can neither change the schema nor get around these rules.
 */
export async function grantToRunRole(runner: QueryRunner, roleName: string): Promise<void> {
  const [role]: { quoted: string; isSelf: boolean }[] = await runner.query(
    `/* migrations.findRunRole */ select quote_ident(rolname) as quoted, rolname = current_user as "isSelf"
     from pg_roles where rolname = $1`,
    [roleName],
  );
  if (!role) {
    throw new Unavailable({
      say: `There is no PostgreSQL role ${roleName} to grant rights to. Create it, then run \`latchkey migrate\` again.`,
    });
  }
  if (role.isSelf) return;
  const objects: Owned[] = await runner.query(OWNED);
  await runner.startTransaction();
  try {
    await runner.query(`grant usage on schema public to ${role.quoted}`);
    for (const { kind, object, name } of objects) {
      await runner.query(`revoke all on ${kind} ${object} from ${role.quoted}`);
      await runner.query(`grant ${rightsOn(kind, name)} on ${kind} ${object} to ${role.quoted}`);
    }
    await runner.commitTransaction();
  } catch (error) {
    await runner.rollbackTransaction();
    throw error;
  }
}

/** What serving needs of one of our own. */
export function rightsOn(kind: Owned["kind"], name: string): string {
  if (kind === "function") return "execute";
  if (kind === "sequence") return "usage";
  if (name === MIGRATIONS_TABLE) return "select";
  const rights = ["select", "insert"];
  if (!WRITTEN_ONCE.has(name)) rights.push("update");
  if (REMOVED.has(name)) rights.push("delete");
  return rights.join(", ");
}

// What the migrating role made itself; extensions bring objects with rights of their own.
const OWNED = `/* migrations.listOwned */
  with extras as (select classid, objid from pg_depend where deptype = 'e')
  select case when c.relkind = 'S' then 'sequence' else 'table' end as kind, c.oid::regclass::text as object,
    c.relname as name
  from pg_class c
  where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p', 'v', 'm', 'S')
    and pg_has_role(c.relowner, 'usage')
    and (c.oid, 'pg_class'::regclass) not in (select objid, classid from extras)
  union all
  select 'function', p.oid::regprocedure::text, p.proname
  from pg_proc p
  where p.pronamespace = 'public'::regnamespace and p.prokind = 'f' and pg_has_role(p.proowner, 'usage')
    and (p.oid, 'pg_proc'::regclass) not in (select objid, classid from extras)
  order by 1, 2`;
