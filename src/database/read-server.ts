import type { Reader } from "./db";
import { rightsOn } from "./grant-to-run-role";

export interface DatabaseServer {
  /** Such as 170002. */
  versionNumber: number;
  version: string;
  role: string;
  /** How far its clock is ahead of ours, as well as can be told over a line. */
  aheadMs: number;
}

/** What is at the other end of the line. */
export async function readServer(db: Pick<Reader, "rows">): Promise<DatabaseServer> {
  // The first answer may have had to open the line.
  await db.rows(`/* server.wake */ select 1`);
  const asked = Date.now();
  const [row] = await db.rows<{ versionNumber: number; version: string; role: string; ms: number }>(
    `/* server.read */ select current_setting('server_version_num')::int as "versionNumber",
       current_setting('server_version') as version, current_user::text as role,
       extract(epoch from clock_timestamp())::float8 * 1000 as ms`,
  );
  const { ms = 0, versionNumber = 0, version = "", role = "" } = row ?? {};
  return { versionNumber, version, role, aheadMs: ms - (asked + Date.now()) / 2 };
}

/** Tables that the role of this line may not use as serving has to, by name. */
export async function findMissingRights(db: Pick<Reader, "rows">): Promise<string[]> {
  const tables = await db.rows<{ name: string; has: string[] }>(
    `/* server.rights */ select c.relname as name, array(
       select r from unnest(array['select', 'insert', 'update', 'delete']) as r where has_table_privilege(c.oid, r)) as has
     from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') order by 1`,
  );
  const lacking = tables.filter(({ name, has }) =>
    rightsOn("table", name)
      .split(", ")
      .some((right) => !has.includes(right)),
  );
  return lacking.map(({ name }) => name);
}
