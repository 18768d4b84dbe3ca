import { spawn } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { root } from "../../kit/read-sources";

/** A copy of the project in which something may be broken without harm. */
export interface CopiedTree {
  /** Replaces a text that must stand there exactly once: a fault that no longer fits its source is no fault. */
  edit(file: string, find: string, put: string): void;
  /** Runs tests there. */
  test(paths: readonly string[], env: Record<string, string>): Promise<{ failed: boolean; said: string }>;
  remove(): void;
}

const COPIED = [
  "src",
  "migrations",
  "test",
  "scripts",
  "docs",
  "package.json",
  "jest.config.cjs",
  "jest.long.config.cjs",
  "schema.graphql",
];
const SETTINGS = ["tsconfig.json", "tsconfig.build.json"];

export function copyTree(): CopiedTree {
  const folder = mkdtempSync(path.join(os.tmpdir(), "latchkey-planted-"));
  for (const name of [...COPIED, ...SETTINGS]) {
    cpSync(path.join(root, name), path.join(folder, name), { recursive: true });
  }
  symlinkSync(path.join(root, "node_modules"), path.join(folder, "node_modules"));
  return {
    edit: (file, find, put) => {
      const full = path.join(folder, file);
      const source = readFileSync(full, "utf8");
      const times = source.split(find).length - 1;
      if (times !== 1) throw new Error(`${file} has this ${times} times, not once:\n${find}`);
      writeFileSync(
        full,
        source.replace(find, () => put),
      );
    },
    test: (paths, env) => runTests(folder, paths, env),
    remove: () => rmSync(folder, { recursive: true }),
  };
}

function runTests(
  folder: string,
  paths: readonly string[],
  env: Record<string, string>,
): Promise<{ failed: boolean; said: string }> {
  const jest = path.join(folder, "node_modules/jest/bin/jest.js");
  // What this run told its own workers is not for that one.
  const inherited = Object.entries(process.env).filter(([name]) => !/^(LATCHKEY|JEST|STORY|NODE_OPTIONS)/.test(name));
  const child = spawn(process.execPath, [jest, "-w", "1", "--rootDir", folder, ...paths], {
    cwd: folder,
    env: { ...Object.fromEntries(inherited), ...env },
  });
  let said = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk: Buffer) => (said += chunk.toString()));
  return new Promise((resolve) => child.on("close", (code) => resolve({ failed: code !== 0, said })));
}
