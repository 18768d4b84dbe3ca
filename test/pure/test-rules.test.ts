import { readFileSync } from "node:fs";
import path from "node:path";
import fc from "fast-check";
import { findTestMistakes } from "../kit/find-test-mistakes";
import { readSources, root } from "../kit/read-sources";

const files = [...readSources("test")].filter(([file]) => !file.startsWith("bench/"));

test("every property runs with the seed that the environment sets, which is the same each time", () => {
  const { seed } = fc.readConfigureGlobal();
  expect(seed).toBe(Number(process.env["TEST_SEED"] ?? 20_260_301));
});

test("tests decide nothing by chance and assert nothing on time", () => {
  expect(files.length).toBeGreaterThan(100);
  expect(files.flatMap(([file, source]) => findTestMistakes(file, source))).toEqual([]);
});

test("a file that has more for the long suite is listed there", () => {
  const listed = readFileSync(path.join(root, "jest.long.config.cjs"), "utf8");
  const longer = files.filter(
    ([file, source]) => file.endsWith(".test.ts") && /^import .*kit\/is-long";$/m.test(source),
  );
  expect(longer.length).toBeGreaterThan(10);
  const names = longer.map(([file]) => file.replace(/\.test\.ts$/, ""));
  expect(names.filter((name) => !listed.includes(`"${name}"`))).toEqual([]);
});

test.each([
  ["a clock that is read", "api/x.test.ts", "const begun = Date.now();"],
  ["a stopwatch", "api/x.test.ts", "const begun = performance.now();"],
  ["Node's stopwatch", "kit/x.ts", "const begun = process.hrtime.bigint();"],
  ["chance", "kit/x.ts", "const id = Math.random();"],
  ["names by chance", "api/x.test.ts", "const id = randomUUID();"],
  ["a seed that varies", "pure/x.test.ts", 'import fc from "fast-check"; fc.assert(property, { seed: given });'],
  [
    "a seed from elsewhere",
    "pure/x.test.ts",
    'import fc from "fast-check"; fc.assert(property, { numRuns: 5, seed });',
  ],
  ["another global seed", "pure/x.test.ts", "fc.configureGlobal({});"],
  ["no seed", "pure/x.test.ts", "fc.resetConfigureGlobal();"],
])("the rules notice %s", (_, file, source) => {
  expect(findTestMistakes(file, source)).toHaveLength(1);
});

test("the rules let pass what a test may do", () => {
  const property = 'import fc from "fast-check"; fc.assert(property, { seed: 1_164, numRuns: 50, examples: [[1]] });';
  const source = `${property} new Date("2026-03-01").getTime();`;
  expect(findTestMistakes("pure/x.test.ts", source)).toEqual([]);
});
