import { type IncomingMessage, type ServerResponse, createServer } from "node:http";
import { Pool } from "pg";

/**
 * What a careful person would write by hand for one purpose: no GraphQL, no keys, no limits. Each route reads the body,
 * runs one prepared statement and writes the same JSON as the product.
 */
const pool = new Pool({ connectionString: process.env["DATABASE_URL"], max: 10 });

interface GrantRow {
  reason: string;
  starts_at: Date;
  ends_at: Date | null;
  ended_at: Date | null;
}

const CHECK = `/* floor.check */ select reason, starts_at, ends_at, ended_at from grants
  where user_id = $1 and product_id = $2 and mode = 'TEST'`;

async function check(body: { user: string; product: string }): Promise<unknown> {
  const { rows } = await pool.query<GrantRow>({ name: "check", text: CHECK, values: [body.user, body.product] });
  return { data: { access: decide(rows) } };
}

const MANY = `/* floor.many */ select product_id, reason, starts_at, ends_at, ended_at from grants
  where user_id = $1 and product_id = any($2) and mode = 'TEST'`;

async function many(body: { user: string; products: string[] }): Promise<unknown> {
  const values = [body.user, body.products];
  const { rows } = await pool.query<GrantRow & { product_id: string }>({ name: "many", text: MANY, values });
  const byProduct = new Map<string, GrantRow[]>();
  for (const row of rows) {
    const found = byProduct.get(row.product_id);
    if (found) found.push(row);
    else byProduct.set(row.product_id, [row]);
  }
  return { data: { accessMany: body.products.map((id) => decide(byProduct.get(id) ?? [])) } };
}

const LIST = `/* floor.list */ select p.key, p.name, g.reason, g.starts_at, g.ends_at, g.ended_at
  from products p left join grants g on g.product_id = p.id and g.user_id = $1 and g.mode = 'TEST'
  where p.status = 'LIVE' order by p.id limit 200`;

async function list(body: { user: string }): Promise<unknown> {
  const { rows } = await pool.query<GrantRow & { key: string; name: string }>({
    name: "list",
    text: LIST,
    values: [body.user],
  });
  const nodes = rows.map((row) => {
    const { allowed, reason, endsAt } = decide(row.reason === null ? [] : [row]);
    return { key: row.key, name: row.name, access: { allowed, reason, endsAt } };
  });
  return { data: { products: { nodes } } };
}

const INSERT = `/* floor.receipt */ insert into stripe_inbox
  (connection_id, event_id, type, subject, shape, happened_at, received_at, state)
  select id, $1, $2, $1, 'SNAPSHOT', now(), now(), 'IGNORED' from stripe_connections limit 1
  on conflict do nothing`;

async function receipt(body: { id: string; type: string }): Promise<unknown> {
  await pool.query({ name: "receipt", text: INSERT, values: [body.id, body.type] });
  return { received: true };
}

function decide(grants: readonly GrantRow[]) {
  const now = new Date();
  const live = grants.find(
    (grant) => grant.ended_at === null && grant.starts_at <= now && (grant.ends_at === null || grant.ends_at > now),
  );
  if (live) return { allowed: true, reason: live.reason, endsAt: live.ends_at, recheckAt: live.ends_at };
  return { allowed: false, reason: grants.length > 0 ? "REVOKED" : "NO_GRANT", endsAt: null, recheckAt: null };
}

const routes: Record<string, (body: never) => Promise<unknown>> = {
  "/check": check,
  "/many": many,
  "/list": list,
  "/receipt": receipt,
};

function readBody(request: IncomingMessage): Promise<string> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => resolve(Buffer.concat(chunks).toString()));
  });
}

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const body: unknown = JSON.parse(await readBody(request));
  const text = JSON.stringify(await routes[request.url ?? ""]?.(body as never));
  response.writeHead(200, { "content-type": "application/json", "content-length": Buffer.byteLength(text) });
  response.end(text);
}

const server = createServer((request, response) => {
  answer(request, response).catch((error: unknown) => response.writeHead(500).end(String(error)));
});
server.listen(Number(process.env["PORT"]), "127.0.0.1", () => process.stdout.write("ready\n"));
