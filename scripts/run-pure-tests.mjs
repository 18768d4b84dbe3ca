// Tests that need no database, without starting one: node scripts/run-pure-tests.mjs [jest's arguments]
import { createRequire } from "node:module";
import { spawnSync } from "node:child_process";

const require = createRequire(import.meta.url);
const { globalSetup: _, globalTeardown: __, ...config } = require("../jest.config.cjs");
const root = new URL("..", import.meta.url).pathname;
const settings = JSON.stringify({ ...config, rootDir: root });
const [jest, files] = [require.resolve("jest/bin/jest"), process.argv.slice(2)];
const run = spawnSync(process.execPath, [jest, "--config", settings, ...files], { stdio: "inherit", cwd: root });
process.exitCode = run.status ?? 1;
