// Property tests with a seed that nobody has chosen: npm run test:random [-- test files]
// TEST_SEED=<seed> repeats a run. Without files, all tests that decide something by lot are run.
import { spawnSync } from "node:child_process";
import { randomInt } from "node:crypto";
import { createRequire } from "node:module";
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";

const root = new URL("..", import.meta.url).pathname;
const jest = createRequire(import.meta.url).resolve("jest/bin/jest");
const seed = process.env.TEST_SEED ?? String(randomInt(2 ** 31));
const given = process.argv.slice(2);
const files = given.length > 0 ? given : findFilesByLot();

console.log(`seed ${seed}, ${files.length} files`);
const run = spawnSync(process.execPath, [jest, ...files], {
  stdio: "inherit",
  cwd: root,
  env: { ...process.env, TEST_SEED: seed, STORY_SEEDS: process.env.STORY_SEEDS ?? String(Number(seed) % 1_000_000) },
});
process.exitCode = run.status ?? 1;
if (process.exitCode !== 0) {
  console.error(`
Failed with seed ${seed}. To see it again:

    TEST_SEED=${seed} npm run test:random -- <the file that failed>

Then write the case that was found into that file as a fixed one: a row of its table, or one of the \`examples\` of its
property. See docs/tests.md.`);
}

/** Test files that use fast-check, the seed of the tests or a story, themselves or through a file of the kit. */
function findFilesByLot() {
  const isByLot = /from "(fast-check|[./]+kit\/(arbitrary-\w+|test-seed)|\.\/(whole|lossy)-story)"/;
  return readdirSync(path.join(root, "test"), { recursive: true })
    .filter((file) => file.endsWith(".test.ts"))
    .map((file) => path.join("test", file))
    .filter((file) => isByLot.test(readFileSync(path.join(root, file), "utf8")));
}
