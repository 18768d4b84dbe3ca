import { readFileSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import { Client } from "pg";
import type { FilledShop, Lab } from "../lab";
import type { Running } from "../processes";
import type { Row } from "../table";

const ROWS = 1_000_000;
const ROWS_SHORT = 20_000;

interface Job {
  status: string;
  error: string | null;
  done: number;
  created: number;
  updated: number;
  skipped: number;
  failed: number;
}

interface Bench {
  lab: Lab;
  shop: FilledShop;
  key: string;
  rows: number;
}

/**
 * P8: a list is uploaded and taken over; the process is killed on the way and another one goes on. Then the same list comes
 * once more. `BENCH_CSV_ROWS` says how many rows it has.
 */
export async function measureCsv(lab: Lab): Promise<Row[]> {
  const rows = Number(process.env["BENCH_CSV_ROWS"] ?? (lab.short ? ROWS_SHORT : ROWS));
  const shop = await lab.shop(1);
  const bench = { lab, shop, key: await shop.key("WRITE"), rows };
  const [product] = await askRows<{ key: string }>(shop, "select key from products where key is not null limit 1");
  const plain = await measureList(bench, "people", (row) => `,${row % 7 === 0 ? "gold" : "silver"}`);
  const withProducts = await measureList(bench, "members", (row) => `,plan ${row % 9}`, product?.key ?? "");
  return [...plain, ...withProducts];
}

async function measureList(
  bench: Bench,
  name: string,
  more: (row: number) => string,
  product?: string,
): Promise<Row[]> {
  const list = { name, more, product };
  const goal = "≥ 10000 rows a second, < 300 MB";
  const seen: Row[] = [];
  const tell = (what: string, words: string) => {
    seen.push({ name: `P8 ${name}: ${what}`, against: "", goal, seen: words });
    bench.lab.say(`${name}: ${what}: ${words}`);
  };
  const whole = await runWhole(bench, { ...list, name: `${name}-a` }, false);
  tell(`${bench.rows} rows of CSV`, whole.words);
  const killed = await runWhole(bench, { ...list, name: `${name}-b` }, true);
  tell("killed and resumed", killed.words);
  const before = await countAll(bench.shop);
  const again = await runWhole(bench, { ...list, name: `${name}-b` }, false);
  const after = await countAll(bench.shop);
  tell("the same list again", `${again.words}; ${before === after ? "no row of any table is another" : "CHANGED"}`);
  return seen;
}

interface List {
  name: string;
  more: (row: number) => string;
  product: string | undefined;
}

async function runWhole(bench: Bench, list: List, isKilled: boolean): Promise<{ words: string }> {
  const { shop, key, rows } = bench;
  let product = await shop.product();
  try {
    const began = performance.now();
    const job = await upload(product, key, list, rows);
    const uploadedMs = performance.now() - began;
    if (isKilled) {
      const seen = await follow(product, key, job, (at) => at.done >= rows / 2);
      if (seen.status !== "RUNNING") throw new Error("it was over before it could be killed");
      process.kill(product.pid, "SIGKILL");
      await product.stop();
      product = await shop.product();
    }
    const startedAt = performance.now();
    const end = await follow(product, key, job, ({ status }) => status !== "RUNNING" && status !== "QUEUED");
    const ms = isKilled ? 0 : performance.now() - startedAt;
    if (end.status !== "SUCCEEDED") throw new Error(JSON.stringify(end));
    const { created, updated, skipped, failed } = end;
    const speed = isKilled
      ? ""
      : `${Math.round(rows / (ms / 1_000))} rows/s after ${(uploadedMs / 1_000).toFixed(1)} s of upload, `;
    const counts = `created ${created}, updated ${updated}, skipped ${skipped}, failed ${failed}`;
    return { words: `${speed}peak ${peakMb(product.pid)} MB, ${counts}` };
  } finally {
    await product.stop();
  }
}

async function upload(product: Running, key: string, list: List, rows: number): Promise<string> {
  const answer = await fetch(`http://127.0.0.1:${product.port}/imports/users`, {
    method: "POST",
    headers: { "content-type": "text/csv", authorization: `Bearer ${key}` },
    body: ReadableStream.from(linesOf(list, rows)),
    duplex: "half",
  });
  const said = (await answer.json()) as { job?: { id: string } };
  if (!said.job) throw new Error(JSON.stringify(said));
  return said.job.id;
}

function* linesOf({ name, more, product }: List, rows: number): Generator<Buffer> {
  const columns = product === undefined ? "" : ",products,access ends at";
  const cells = product === undefined ? "" : `,${product},2099-12-31`;
  let text = `external id,email,name,plan${columns}\n`;
  for (let row = 1; row <= rows; row++) {
    text += `${name}-${row},person.${row}@${name}.example.com,"Person, the ${row}."${more(row)}${cells}\n`;
    if (text.length < 64 * 1024) continue;
    yield Buffer.from(text);
    text = "";
  }
  yield Buffer.from(text);
}

const JOB = "query ($id: ID!) { job(id: $id) { status error done created updated skipped failed } }";

async function follow(product: Running, key: string, id: string, isThere: (job: Job) => boolean): Promise<Job> {
  for (;;) {
    const answer = await fetch(`http://127.0.0.1:${product.port}/graphql`, {
      method: "POST",
      headers: { "content-type": "application/json", authorization: `Bearer ${key}` },
      body: JSON.stringify({ query: JOB, variables: { id } }),
    });
    const { data } = (await answer.json()) as { data?: { job: Job } };
    if (!data) throw new Error("the job is not told");
    if (isThere(data.job)) return data.job;
    await delay(100);
  }
}

/** The most that it ever held, as the kernel counts it; elsewhere than on Linux that is not known. */
function peakMb(pid: number): string {
  try {
    const kilobytes = /VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
    return kilobytes === undefined ? "?" : String(Math.round(Number(kilobytes) / 1_024));
  } catch {
    return "?";
  }
}

const SUMS = ["users", "grants", "grant_versions", "activities", "notices"]
  .map((table) => `(select concat(count(*), ' ', sum(hashtextextended(t::text, 0)::numeric)) from ${table} t)`)
  .join(", ");

async function countAll(shop: FilledShop): Promise<string> {
  return JSON.stringify(await askRows(shop, `select ${SUMS}`));
}

async function askRows<Found>({ databaseUrl }: FilledShop, text: string): Promise<Found[]> {
  const client = new Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    return (await client.query(text)).rows as Found[];
  } finally {
    await client.end();
  }
}
