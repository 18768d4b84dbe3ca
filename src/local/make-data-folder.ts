import { chmodSync, existsSync, mkdirSync, readdirSync } from "node:fs";

/**
 * Makes a folder for local data that no other account may list. Root's embedded PostgreSQL runs under another account,
 * which has to pass through. A folder that was there before is closed only when nothing but our files can be in it.
 */
export function makeDataFolder(folder: string): void {
  const isOurs = !existsSync(folder) || readdirSync(folder).every((name) => OURS.test(name));
  mkdirSync(folder, { recursive: true, mode: MODE });
  if (isOurs && process.platform !== "win32") chmodSync(folder, MODE);
}

const MODE = process.getuid?.() === 0 ? 0o711 : 0o700;
const OURS = /^(?:cluster|unfinished-.*|server\.log.*|secrets\.json.*|stripe|postgres.*)$/;
