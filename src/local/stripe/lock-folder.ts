import { closeSync, openSync, readFileSync, rmSync, writeSync } from "node:fs";
import path from "node:path";
import { Unavailable } from "../../base/refusal";

/**
 * One process at a time writes the journal of a world: two would tear it. The lock is a file that names its holder; one
 * whose holder is gone counts for nothing.
 */
export function lockFolder(folder: string): () => void {
  const file = path.join(folder, "in-use");
  for (;;) {
    if (take(file)) return () => rmSync(file, { force: true });
    const holder = Number(readIfThere(file));
    if (isAlive(holder)) throw new Unavailable({ say: inUse(file, holder) });
    rmSync(file, { force: true });
  }
}

function take(file: string): boolean {
  try {
    const opened = openSync(file, "wx", 0o600);
    writeSync(opened, String(process.pid));
    closeSync(opened);
    return true;
  } catch (error) {
    if ((error as { code?: unknown }).code === "EEXIST") return false;
    throw error;
  }
}

function readIfThere(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    if ((error as { code?: unknown }).code === "ENOENT") return "";
    throw error;
  }
}

/** Our own number is a leftover: a process that is restarted in a container often gets the same one again. */
function isAlive(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0 || pid === process.pid) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as { code?: unknown }).code === "EPERM";
  }
}

function inUse(file: string, holder: number): string {
  return (
    `The simulated Stripe in ${path.dirname(file)} is used by another process (${holder}). Stop that one, or choose ` +
    `another folder with LATCHKEY_DATA_DIR. If that process is something else, remove ${file}.`
  );
}
