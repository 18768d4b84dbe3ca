import { Client } from "pg";

type AdminClient = Client & { ref(): void; unref(): void };

let working = 0;
let opened: { url: string; client: Promise<AdminClient> } | undefined;

/** Asks the server of the tests, on one connection for all files of a worker: opening one takes longer than its work. */
export async function asAdmin<Result>(url: string, work: (client: Client) => Promise<Result>): Promise<Result> {
  if (opened?.url !== url) opened = { url, client: connect(url) };
  const client = await opened.client;
  if (working++ === 0) client.ref();
  try {
    return await work(client);
  } finally {
    // It ends with the server, and keeps no process alive.
    if (--working === 0) client.unref();
  }
}

async function connect(url: string): Promise<AdminClient> {
  const client = new Client({ connectionString: url }) as AdminClient;
  client.on("error", () => (opened = undefined));
  await client.connect();
  return client;
}
