import { randomBytes } from "node:crypto";
import { chmodSync, linkSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";
import { Refusal } from "../base/refusal";
import { makeDataFolder } from "./make-data-folder";

/** Entries for the environment, named as the settings are. */
export interface LocalSecrets {
  LATCHKEY_ENCRYPTION_KEY: string;
  LATCHKEY_BOOTSTRAP_KEY: string;
}

const FILE = "secrets.json";
const OWNER_ONLY = 0o600;

/**
 * The secrets that nobody gave us, made once and kept beside the local database: what was sealed yesterday opens today,
 * and a key that was pasted somewhere goes on working.
 */
export function keepLocalSecrets(dataDir: string): LocalSecrets {
  const file = path.resolve(dataDir, FILE);
  makeDataFolder(path.dirname(file));
  return readSecrets(file) ?? makeSecrets(file);
}

function readSecrets(file: string): LocalSecrets | null {
  const text = readIfThere(file);
  if (text === null) return null;
  if (process.platform !== "win32" && (statSync(file).mode & 0o077) !== 0) chmodSync(file, OWNER_ONLY);
  const secrets = parse(text);
  if (secrets) return secrets;
  throw new Refusal("CONFLICT", {
    say: `${file} cannot be read any more. Put a copy back; without one, what was sealed with its key stays closed: move the whole folder away to begin anew.`,
  });
}

function readIfThere(file: string): string | null {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
    throw error;
  }
}

function parse(text: string): LocalSecrets | null {
  try {
    const { LATCHKEY_ENCRYPTION_KEY: encryption, LATCHKEY_BOOTSTRAP_KEY: bootstrap } = JSON.parse(
      text,
    ) as Partial<LocalSecrets>;
    if (!encryption || !bootstrap) return null;
    return { LATCHKEY_ENCRYPTION_KEY: encryption, LATCHKEY_BOOTSTRAP_KEY: bootstrap };
  } catch {
    return null;
  }
}

/** Written aside and then linked into place: the file is whole or not there, and of two first starts one wins. */
function makeSecrets(file: string): LocalSecrets {
  const secrets: LocalSecrets = {
    LATCHKEY_ENCRYPTION_KEY: randomBytes(32).toString("base64url"),
    LATCHKEY_BOOTSTRAP_KEY: `lk_test_${randomBytes(24).toString("hex")}`,
  };
  const draft = `${file}.${process.pid}`;
  writeFileSync(draft, `${JSON.stringify(secrets, null, 2)}\n`, { mode: OWNER_ONLY });
  try {
    linkSync(draft, file);
    return secrets;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    return readSecrets(file) ?? secrets;
  } finally {
    rmSync(draft, { force: true });
  }
}
