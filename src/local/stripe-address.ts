import { readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { SECOND } from "../base/durations";
import { makeDataFolder } from "./make-data-folder";

const ANSWERS_WITHIN_MS = 2 * SECOND;

/** Where the simulated Stripe of this folder listens, for commands that are run beside it. Undone when it is closed. */
export function keepStripeAddress(dataDir: string, url: string): () => void {
  const file = fileIn(dataDir);
  makeDataFolder(path.dirname(file));
  writeFileSync(file, `${url}\n`, { mode: 0o600 });
  return () => {
    if (readIfThere(file) === url) rmSync(file, { force: true });
  };
}

export interface FoundStripe {
  url: string;
  /** How far its time is ahead of ours: somebody moved its clock. */
  aheadMs: number;
}

/** The simulated Stripe that another process runs in this folder; null: none answers there. */
export async function findRunningStripe(dataDir: string): Promise<FoundStripe | null> {
  const url = readIfThere(fileIn(dataDir));
  if (!url) return null;
  try {
    const asked = Date.now();
    const signal = AbortSignal.timeout(ANSWERS_WITHIN_MS);
    const answer = await fetch(`${url}/_control/world`, { signal });
    const { now } = (await answer.json()) as { now?: unknown };
    if (typeof now !== "number") return null;
    // It tells whole seconds: what is less than one is no difference.
    const aheadMs = now * SECOND - asked;
    return { url, aheadMs: Math.abs(aheadMs) < 2 * SECOND ? 0 : aheadMs };
  } catch {
    return null;
  }
}

function fileIn(dataDir: string): string {
  return path.resolve(dataDir, "stripe", "address");
}

function readIfThere(file: string): string {
  try {
    return readFileSync(file, "utf8").trim();
  } catch {
    return "";
  }
}
