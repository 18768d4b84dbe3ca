// The flows of `npm test` with PgBouncer in transaction mode before PostgreSQL: every server and every command goes
// through it. Each file that is left out says why.
process.env.TEST_POOLER = "yes";

const leftOut = [
  // It starts poolers itself.
  "behind-pooler",
  // It serves as a role of its own, whom the pooler does not know.
  "serve-without-owning",
  // How much its dropped webhooks leave wrong depends on how fast the others are worked on. `npm test` runs it.
  "story/lossy-story",
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
