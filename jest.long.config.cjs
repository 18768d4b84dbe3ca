// The same assertions as in `npm test`, at full length: whole stories, all orders, more kills, and each command as a
// process of its own.
process.env.TEST_LONG = "yes";

const files = [
  "api/hostile",
  "api/return-urls",
  "browser/demo",
  "browser/pages",
  "flows/agree",
  "flows/checkout",
  "flows/cli-data",
  "flows/cli-dev",
  "flows/cli-doctor",
  "flows/cli-keys",
  "flows/cli-migrate",
  "flows/cli-reseal",
  "flows/cli-usage",
  "flows/cli-work",
  "flows/delete-users",
  "flows/exports",
  "flows/great-import",
  "flows/import-at-link",
  "flows/import-crash",
  "flows/import-customers",
  "flows/import-whole-shop",
  "flows/order-of-events",
  "flows/projection-sizes",
  "flows/projection-trouble",
  "flows/reconcile",
  "flows/replay",
  "flows/replicas",
  "flows/story/generator",
  "flows/story/lossy-story",
  "flows/story/story",
  "flows/webhook-receipt",
  "migrations/embedded-postgres",
];

module.exports = {
  ...require("./jest.config.cjs"),
  rootDir: __dirname,
  testMatch: files.map((file) => `<rootDir>/test/${file}.test.ts`),
  testPathIgnorePatterns: [],
  testTimeout: 900000,
};
