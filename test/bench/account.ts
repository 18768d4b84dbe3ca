import { Client } from "pg";
import { newUuid } from "../../src/base/ids";
import { readConfig } from "../../src/config/read-config";
import { sealOf } from "../../src/connections/seal-connection";
import { productEnv } from "./processes";

export const WEBHOOK_SECRET = "whsec_benchbenchbenchbenchbenchbench";

/**
 * A connected account, written as `connectStripe` would; its id. Without a key nothing is ever asked about it: events are
 * kept, and that is all.
 */
export async function connectAccount(databaseUrl: string, account: string, secretKey?: string): Promise<string> {
  const read = readConfig(productEnv(databaseUrl, 0), { localMode: false });
  if (!("config" in read)) throw new Error("the bench's own settings are wrong");
  const id = newUuid();
  const key = secretKey === undefined ? null : sealOf(read, id, "secret_key", secretKey);
  await withClient(databaseUrl, (client) =>
    client.query(
      `insert into stripe_connections
         (id, account, mode, status, secret_key_sealed, webhook_secret_sealed, created_at, updated_at)
       values ($1, $2, 'TEST', 'CONNECTED', $3, $4, now(), now())`,
      [id, account, key, sealOf(read, id, "webhook_secret", WEBHOOK_SECRET)],
    ),
  );
  return id;
}

export async function withClient<Result>(url: string, work: (client: Client) => Promise<Result>): Promise<Result> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}
