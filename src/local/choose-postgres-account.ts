import fs from "node:fs";

/** The account that PostgreSQL's programs run under; empty for the one that started this process. */
export interface Account {
  uid?: number;
  gid?: number;
}

const NOBODY: Account = { uid: 65534, gid: 65534 };

/**
 * PostgreSQL refuses to run as root. Whoever owns the data already runs it, so that a single start as root does not
 * lock an ordinary user out of their own data; new data goes to nobody.
 */
export function choosePostgresAccount(dataFolder: string): Account {
  if (process.getuid?.() !== 0) return {};
  const owner = fs.statSync(dataFolder, { throwIfNoEntry: false });
  return owner && owner.uid !== 0 ? { uid: owner.uid, gid: owner.gid } : NOBODY;
}

/**
 * How to name the working folder to a program that runs under another account. Below a closed folder, such as root's
 * home, that account cannot walk the path to the data, but it may stay in a folder that root has put it in: the kernel
 * offers it under this name. So the data stays where it was asked for, and no folder has to be opened to everybody.
 */
export function nameOfWorkingFolder(account: Account, folder: string): string {
  return account.uid !== undefined && process.platform === "linux" ? "/proc/self/cwd" : folder;
}
