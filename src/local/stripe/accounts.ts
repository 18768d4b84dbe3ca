import { createHash } from "node:crypto";
import { existsSync, readdirSync } from "node:fs";
import path from "node:path";
import type { SimulatedStripe } from "./simulated-stripe";

/** Further accounts beside the first, each a world of its own. A key that names one opens it. */
export interface Accounts {
  of(name: string): Promise<SimulatedStripe>;
  /** The open accounts by name. */
  all(): ReadonlyMap<string, SimulatedStripe>;
  close(): Promise<void>;
}

/** What opens the world of one account. */
export interface Opening {
  name: string;
  seed: number;
  dataDir?: string;
}

/** The name of the account that a key opens, such as `bakery` in `sk_test_account_bakery`; null for the first account. */
export function readAccountName(authorization: string | undefined): string | null {
  const [scheme, credential = ""] = (authorization ?? "").split(" ");
  const key =
    scheme === "Basic" ? (Buffer.from(credential, "base64").toString("utf8").split(":")[0] ?? "") : credential;
  return /^[sr]k_test_account_([a-z0-9]{1,40})(?:_\w+)?$/i.exec(key)?.[1]?.toLowerCase() ?? null;
}

export function openAccounts(
  dataDir: string | undefined,
  open: (opening: Opening) => Promise<SimulatedStripe>,
): Accounts {
  const folder = dataDir === undefined ? null : path.join(dataDir, "accounts");
  const opening = new Map<string, Promise<SimulatedStripe>>();
  const opened = new Map<string, SimulatedStripe>();
  const openOnce = async (name: string): Promise<SimulatedStripe> => {
    const place = folder === null ? {} : { dataDir: path.join(folder, name) };
    const account = await open({ name, seed: seedOf(name), ...place });
    opened.set(name, account);
    return account;
  };
  const of = (name: string): Promise<SimulatedStripe> => {
    const begun = opening.get(name) ?? openOnce(name);
    opening.set(name, begun);
    begun.catch(() => opening.delete(name));
    return begun;
  };
  return {
    of,
    all: () => opened,
    close: async () => {
      await Promise.allSettled(opening.values());
      await Promise.all([...opened.values()].map((account) => account.close()));
    },
  };
}

/** Accounts that an earlier process has kept in this folder. */
export function findKeptAccounts(dataDir: string | undefined): string[] {
  const folder = path.join(dataDir ?? "", "accounts");
  return dataDir !== undefined && existsSync(folder) ? readdirSync(folder).toSorted() : [];
}

/** Ids come from the seed, and no two accounts share one. */
function seedOf(name: string): number {
  return 2 + createHash("sha256").update(name).digest().readUInt32BE();
}
