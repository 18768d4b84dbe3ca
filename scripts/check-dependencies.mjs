// What the lock file promises: nothing is missing on any platform, nothing comes from a private registry, and every
// package that runs in production has a licence that asks for no more than its own text.
import { readFileSync } from "node:fs";

const { packages } = JSON.parse(readFileSync("package-lock.json", "utf8"));
const FREE = new Set([
  "MIT",
  "MIT-0",
  "ISC",
  "BSD-2-Clause",
  "BSD-3-Clause",
  "Apache-2.0",
  "0BSD",
  "BlueOak-1.0.0",
  "PostgreSQL",
  "CC0-1.0",
  "Unlicense",
  "Python-2.0",
]);

const mistakes = [
  ...Object.entries(packages).flatMap(([place, entry]) => missingFrom(place, entry)),
  ...Object.entries(packages)
    .filter(([place, entry]) => place && entry.resolved && !entry.link)
    .map(strange),
  ...Object.entries(packages)
    .filter(([place, entry]) => place && !entry.dev)
    .flatMap(unfree),
];
for (const mistake of mistakes) console.error(mistake);
process.exitCode = mistakes.length > 0 ? 1 : 0;

/** npm leaves out of the lock what it cannot find at that moment, without a word; \`npm ci\` then refuses elsewhere. */
function missingFrom(place, entry) {
  const names = Object.keys(entry.optionalDependencies ?? {});
  return names
    .filter((name) => !isLocked(place, name))
    .map((name) => `${name} (of ${place || "the project"}) is not in the lock file`);
}

function isLocked(place, name) {
  for (let folder = place; ; folder = folder.slice(0, Math.max(folder.lastIndexOf("/node_modules/"), 0))) {
    if (packages[`${folder ? `${folder}/` : ""}node_modules/${name}`]) return true;
    if (!folder) return false;
  }
}

function strange([place]) {
  return `${place} names the registry it came from: run npm install with --omit-lockfile-registry-resolved`;
}

function unfree([place, entry]) {
  const licence = entry.license ?? licenceIn(place);
  const choices = String(licence ?? "none stated")
    .replace(/[()]/g, "")
    .split(/ OR /);
  if (choices.some((choice) => choice.split(/ AND /).every((part) => FREE.has(part)))) return [];
  return [`${place} has a licence that is not on the list: ${licence ?? "none stated"}`];
}

function licenceIn(place) {
  try {
    return JSON.parse(readFileSync(`${place}/package.json`, "utf8")).license;
  } catch {
    return undefined;
  }
}
