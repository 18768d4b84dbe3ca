// The flows of `npm test` with PgBouncer in transaction mode before PostgreSQL: every server and every command goes
// through it. Left out are files that watch or hold PostgreSQL's own connections, roles or processes.
process.env.TEST_POOLER = "yes";

const leftOut = [
  // It starts poolers itself.
  "behind-pooler",
  // It serves as a role of its own, whom the pooler does not know.
  "serve-without-owning",
];

module.exports = {
  ...require("./jest.config.cjs"),
  rootDir: __dirname,
  testMatch: ["<rootDir>/test/flows/**/*.test.ts"],
  testPathIgnorePatterns: [
    "<rootDir>/test/flows/story/generator.test.ts",
    ...leftOut.map((name) => `<rootDir>/test/flows/${name}.test.ts`),
  ],
};
