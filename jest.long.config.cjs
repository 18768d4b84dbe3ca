// The same assertions as in `npm test`, at full length: whole stories, all orders, more kills, and each command as a
// process of its own.
process.env.TEST_LONG = "yes";

const files = [
  "api/hostile",
  "flows/agree",
  "flows/checkout",
  "flows/cli-data",
  "flows/cli-doctor",
  "flows/cli-keys",
  "flows/cli-migrate",
  "flows/cli-reseal",
  "flows/cli-usage",
  "flows/cli-work",
  "flows/great-import",
  "flows/import-crash",
  "flows/order-of-events",
  "flows/projection-sizes",
  "flows/replay",
  "flows/replicas",
  "flows/story/generator",
  "flows/story/lossy-story",
  "flows/story/story",
];

module.exports = {
  ...require("./jest.config.cjs"),
  rootDir: __dirname,
  testMatch: files.map((file) => `<rootDir>/test/${file}.test.ts`),
  testPathIgnorePatterns: [],
  testTimeout: 900000,
};
