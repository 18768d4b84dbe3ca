import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";

export const root = path.join(__dirname, "../..");

/** The TypeScript files of a folder, by their path below it. */
export function readSources(folder: string): Map<string, string> {
  const top = path.join(root, folder);
  const files = readdirSync(top, { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(".ts"));
  const named = files.map(
    (file) => [file.split(path.sep).join("/"), readFileSync(path.join(top, file), "utf8")] as const,
  );
  return new Map(named.sort(([a], [b]) => (a < b ? -1 : 1)));
}
