const { availableParallelism } = require("node:os");

const decorators = { legacyDecorator: true, decoratorMetadata: true, useDefineForClassFields: false };
const typescript = {
  jsc: {
    target: "es2022",
    parser: { syntax: "typescript", decorators: true },
    transform: decorators,
    keepClassNames: true,
  },
  module: { type: "commonjs" },
  sourceMaps: "inline",
};
// Packages that ship ES modules only: jest loads CommonJS, so they are translated like our own files.
const esModules = "jose";
const javascript = { jsc: { target: "es2022", parser: { syntax: "ecmascript" } }, module: { type: "commonjs" } };

module.exports = {
  testEnvironment: "<rootDir>/test/kit/worker/environment.cjs",
  runtime: "<rootDir>/test/kit/worker/runtime.cjs",
  testMatch: ["<rootDir>/test/**/*.test.ts"],
  globalSetup: "<rootDir>/test/kit/global-setup.ts",
  globalTeardown: "<rootDir>/test/kit/global-teardown.ts",
  transform: {
    "^.+\\.ts$": ["@swc/jest", typescript],
    [`node_modules/(${esModules})/.+\\.js$`]: ["@swc/jest", javascript],
  },
  transformIgnorePatterns: [`/node_modules/(?!(${esModules})/)`],
  // It asks whether the stories are sharp enough, and stands in the long suite.
  testPathIgnorePatterns: ["<rootDir>/test/flows/story/generator.test.ts"],
  modulePathIgnorePatterns: ["<rootDir>/dist/", "<rootDir>/.latchkey/"],
  // One more than there are cores: files wait for one another's databases, processes and pauses.
  maxWorkers: availableParallelism() + 1,
  // A limit for what hangs, not a measure: a busy machine takes its time.
  testTimeout: 120000,
};
