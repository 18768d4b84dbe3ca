import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { Bug } from "../base/refusal";
import { type DemoApi, ask } from "./ask-demo";
import { makeDataFolder } from "./make-data-folder";

/** A publishable key for pages, created once and kept beside the local database: a page that holds it goes on working. */
export async function keepDemoKey(api: DemoApi, dataDir: string): Promise<string> {
  const file = path.resolve(dataDir, "publishable-key");
  const kept = readIfThere(file);
  if (kept && (await isKnown({ ...api, key: kept }))) return kept;
  const { data } = await ask(api, CREATE_KEY, {});
  const secret = (data as { createApiKey: { secret: string } } | null)?.createApiKey.secret;
  if (!secret) throw new Bug("the demo's publishable key was refused");
  makeDataFolder(path.dirname(file));
  writeFileSync(file, `${secret}\n`, { mode: 0o600 });
  return secret;
}

/** A token of the demo's buyer, for a day. */
export async function createDemoToken(api: DemoApi, user: string): Promise<string> {
  const { data } = await ask(api, CREATE_TOKEN, { user });
  const token = (data as { createUserToken: { token: string } } | null)?.createUserToken.token;
  if (!token) throw new Bug("the demo's user token was refused");
  return token;
}

async function isKnown(api: DemoApi): Promise<boolean> {
  const { data } = await ask(api, "{ viewer { role mode } }", {});
  const viewer = (data as { viewer: { role: string; mode: string } } | null | undefined)?.viewer;
  return viewer?.role === "PUBLISHABLE" && viewer.mode === "TEST";
}

function readIfThere(file: string): string | null {
  try {
    return readFileSync(file, "utf8").trim();
  } catch {
    return null;
  }
}

const CREATE_KEY = `mutation { createApiKey(name: "pages of the demo", role: PUBLISHABLE) { secret } }`;
const CREATE_TOKEN = "mutation ($user: ID!) { createUserToken(user: $user, ttlSeconds: 86400) { token } }";
