import { readPublicIdOf, toPublicId } from "../base/ids";
import type { Mode } from "../base/mode";
import { Refusal } from "../base/refusal";
import type { ApiKeyEntity, KeyRole } from "../keys/api-key.entity";
import { createApiKey } from "../keys/create-api-key";
import { listApiKeys } from "../keys/list-api-keys";
import { revokeApiKey } from "../keys/revoke-api-key";
import type { Terminal } from "./terminal";
import { withDeps } from "./with-deps";

export interface CreateOptions {
  name: string;
  role: KeyRole;
  mode: Mode;
  expires?: Date;
  json: boolean;
}

const CREATED_BY = "command line";
const MODES: readonly Mode[] = ["LIVE", "TEST"];

/** The secret goes to standard output, alone, so that it can be put where it belongs without being seen. */
export async function createKey(terminal: Terminal, options: CreateOptions): Promise<void> {
  const { print, remark } = terminal;
  const { name, role, mode, expires, json } = options;
  const { key, secret } = await withDeps(terminal, (deps) =>
    createApiKey(deps, { name, role, mode, expiresAt: expires ?? null, createdBy: CREATED_BY }),
  );
  if (json) return print(JSON.stringify({ ...describe(key), secret }));
  remark(`${toPublicId("apiKey", key.id)} (${role}, ${mode}) was created. Its secret is shown this once:`);
  print(secret);
}

export async function listKeys(terminal: Terminal, options: { mode?: Mode; json: boolean }): Promise<void> {
  const { print } = terminal;
  const modes = options.mode ? [options.mode] : MODES;
  const keys = await withDeps(terminal, async (deps) => {
    const lists = [];
    for (const mode of modes) lists.push(...(await listApiKeys(deps, mode)));
    return lists.map(describe);
  });
  if (options.json) print(JSON.stringify(keys));
  else if (keys.length === 0) print("There are no keys. `latchkey keys create --name <name>` makes one.");
  else for (const key of keys) print(lineOf(key));
}

export async function revokeKey(terminal: Terminal, options: { id: string; json: boolean }): Promise<void> {
  const { print } = terminal;
  const id = readPublicIdOf("apiKey", options.id);
  if (!id) throw notFound();
  const key = await withDeps(terminal, async (deps) => {
    for (const mode of MODES) {
      const keys = await listApiKeys(deps, mode);
      if (keys.some((candidate) => candidate.id === id)) return revokeApiKey(deps, { mode, id });
    }
    throw notFound();
  });
  if (options.json) print(JSON.stringify(describe(key)));
  else print(`${options.id} (${key.name}) opens nothing any more.`);
}

function notFound(): Refusal {
  return new Refusal("NOT_FOUND", { say: "There is no such key. `latchkey keys list` shows the ids (key_…)." });
}

interface KeyLine {
  id: string;
  name: string;
  role: KeyRole;
  mode: Mode;
  prefix: string;
  createdAt: Date;
  lastUsedAt: Date | null;
  expiresAt: Date | null;
  revokedAt: Date | null;
}

function describe(key: ApiKeyEntity): KeyLine {
  const { name, role, mode, prefix, createdAt, lastUsedAt, expiresAt, revokedAt } = key;
  return { id: toPublicId("apiKey", key.id), name, role, mode, prefix, createdAt, lastUsedAt, expiresAt, revokedAt };
}

function lineOf(key: KeyLine): string {
  const day = (date: Date) => date.toISOString().slice(0, 10);
  const used = key.lastUsedAt ? `used ${day(key.lastUsedAt)}` : "never used";
  const end = key.expiresAt ? `, expires ${day(key.expiresAt)}` : "";
  const state = key.revokedAt ? `revoked ${day(key.revokedAt)}` : used + end;
  return [key.id, key.mode.padEnd(4), key.role.padEnd(11), `${key.prefix}…`, state, key.name].join("  ");
}
