/** Why a file may use what the others may not: none of it decides whether a test passes. */
const exceptions: Record<string, string> = {
  "kit/until.ts": "a limit for what hangs",
  "kit/run-cli.ts": "a lock that was left behind",
  "kit/open-toll.ts": "measures for the bench",
  "kit/great-import.ts": "measures for the bench",
  "kit/great-world.ts": "processes that live in real time",
  "kit/shop-cli.ts": "processes that live in real time",
  "kit/test-database.ts": "the name of a database",
  "kit/global-setup.ts": "the name of a database",
  "kit/test-server.ts": "the name of a database",
  "flows/serve-without-owning.test.ts": "the name and the password of a role",
  "migrations/two-roles.test.ts": "the name and the password of a role",
  "kit/test-seed.ts": "reads the seed of the environment",
  "pure/test-rules.test.ts": "examples of mistakes",
};

const rules: readonly { says: string; pattern: RegExp }[] = [
  { says: "reads a clock: wait for a condition instead", pattern: /\bDate\.now\(|\bperformance\.now\(|\bhrtime\b/ },
  { says: "decides by chance: use a fixed value", pattern: /\bMath\.random\(|\brandom(UUID|Bytes|Int)\(/ },
  {
    says: "changes the seed of all properties: the environment sets it",
    pattern: /\bfc\.(configureGlobal|resetConfigureGlobal)\(/,
  },
  {
    says: "has a property whose seed is not a fixed number: leave it out",
    pattern: /^(?=[^]*from "fast-check")[^]*\bseed\b\s*(,|\}|:\s*[^\s\d])/,
  },
];

/** What is against the rules for tests in a file (its path below `test`), a line for each rule. */
export function findTestMistakes(file: string, source: string): string[] {
  if (file in exceptions) return [];
  return rules.filter(({ pattern }) => pattern.test(source)).map(({ says }) => `${file} ${says}`);
}
