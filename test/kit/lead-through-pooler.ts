import type { Environment } from "../../src/config/environment";
import { POOLER, readTestSetting, SERVER_URL, urlOf } from "./test-server";

/** The same address on another port of this machine, where a pooler listens. */
export function leadThrough(databaseUrl: string, port: number): string {
  const url = new URL(databaseUrl);
  url.hostname = "127.0.0.1";
  url.port = String(port);
  return url.href;
}

/**
 * In `npm run test:pooler`, settings with which a server or a command reaches the database of a test through the pooler.
 * A test that leads a server elsewhere, or sets an address for notifications, knows what it needs.
 */
export function behindPooler<Env extends Environment>(env: Env): Env {
  const pooler = process.env[POOLER];
  const url = env["DATABASE_URL"];
  if (!pooler || !url || env["LATCHKEY_DATABASE_LISTEN_URL"] !== undefined || !isOfTests(url)) return env;
  const { port } = JSON.parse(pooler) as { port: number };
  return {
    ...env,
    DATABASE_URL: leadThrough(url, port),
    LATCHKEY_DATABASE_LISTEN_URL: url,
    LATCHKEY_DATABASE_POOLER: "transaction",
  };
}

function isOfTests(url: string): boolean {
  return URL.canParse(url) && new URL(url).host === new URL(urlOf(readTestSetting(SERVER_URL), "any")).host;
}
