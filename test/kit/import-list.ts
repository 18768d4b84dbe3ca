import type { ImportUsersInput, Job } from "../generated/operations";
import { jobDone } from "./open-stall";
import { until } from "./until";
import type { Latchkey } from "./start-latchkey";

const IMPORT = `mutation ($input: ImportUsersInput!) { importUsers(input: $input) { id kind status dryRun } }`;

/** Takes over a list, and answers the job when it is over. */
export async function importList(latchkey: Latchkey, input: ImportUsersInput, credential?: string): Promise<Job> {
  const { importUsers } = await latchkey.get<{ importUsers: { id: string } }>(IMPORT, { input }, credential);
  return jobDone({ latchkey }, importUsers.id);
}

/** The same by the route for files, which takes lists of any length. */
export async function uploadList(
  latchkey: Latchkey,
  list: string | Buffer,
  query = "",
  type = "text/csv",
): Promise<Job> {
  return jobDone({ latchkey }, await beginUpload(latchkey.url, await latchkey.key("WRITE"), list, query, type));
}

/** Answers the id of the job. */
export async function beginUpload(
  url: string,
  key: string,
  list: string | Buffer,
  query = "",
  type = "text/csv",
): Promise<string> {
  const headers = { "content-type": type, authorization: `Bearer ${key}` };
  const answer = await fetch(`${url}/imports/users${query}`, { method: "POST", headers, body: list });
  const said = (await answer.json()) as { job?: { id: string } };
  if (!said.job) throw new Error(JSON.stringify(said));
  return said.job.id;
}

export function countsOf({ total, done, created, updated, skipped, failed }: Job): (number | null | undefined)[] {
  return [total, done, created, updated, skipped, failed];
}

/** Row, code and words of each problem. */
export function problemsOf(job: Job): [number, string, string | null | undefined][] {
  return job.problems.nodes.map(({ row, code, subject }) => [row, code, subject]);
}

/** Everything that a list may have changed. Whatever only says how jobs went is left out. */
export async function dumpWorld({ server }: Latchkey): Promise<string> {
  const rows: string[] = [];
  for (const table of TABLES) {
    const found = await server.deps.db.rows<{ row: string }>(
      `/* test.dump */ select t::text as row from ${table} t order by 1`,
    );
    rows.push(table, ...found.map(({ row }) => row));
  }
  return rows.join("\n");
}

const TABLES = [
  "users",
  "grants",
  "grant_versions",
  "activities",
  "notices",
  "customer_links",
  "stripe_facts",
  "stripe_customers",
];

/** Nothing is left to be planned again. */
export async function replanned({ server }: Latchkey): Promise<void> {
  const marked = async () =>
    (await server.deps.db.rows(`/* test.marked */ select 1 from stripe_facts where needs_plan`)).length;
  await until(marked, (count) => count === 0);
}
