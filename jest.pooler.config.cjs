// The flows of `npm test` with PgBouncer in transaction mode before PostgreSQL: every server and every command goes
// through it. Left out are files that watch or hold PostgreSQL's own connections, roles or processes.
process.env.TEST_POOLER = "yes";

const leftOut = ["behind-pooler"];

module.exports = {
  ...require("./jest.config.cjs"),
  rootDir: __dirname,
  testMatch: ["<rootDir>/test/flows/**/*.test.ts"],
  testPathIgnorePatterns: [
    "<rootDir>/test/flows/story/generator.test.ts",
    ...leftOut.map((name) => `<rootDir>/test/flows/${name}.test.ts`),
  ],
};
