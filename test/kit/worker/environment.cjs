// Test files run in the realm of their worker: errors and arrays of the program, which runtime.cjs loads once for all
// files, have the same classes as those of the tests.
require("reflect-metadata");
const { ModuleMocker } = require("jest-mock");
const { fixSeed } = require("./fixed-seed.cjs");
const { measureFile } = require("./measure-file.cjs");

fixSeed();

class WorkerEnvironment {
  constructor(_, { testPath }) {
    this.endMeasure = measureFile(testPath);
    this.global = globalThis;
    this.moduleMocker = new ModuleMocker(globalThis);
    this.fakeTimers = null;
    this.fakeTimersModern = null;
    this.before = { console: globalThis.console, exit: process.exit, env: { ...process.env } };
  }

  async setup() {}

  // Jest replaces the console and process.exit for each file, and a file may change the process' variables.
  async teardown() {
    const { console, exit, env } = this.before;
    globalThis.console = console;
    process.exit = exit;
    for (const name of Object.keys(process.env)) if (!(name in env)) delete process.env[name];
    Object.assign(process.env, env);
    this.endMeasure();
  }

  exportConditions() {
    return ["node", "node-addons"];
  }

  // Jest requires the method; runtime.cjs compiles without a context of its own.
  getVmContext() {
    return null;
  }
}

module.exports = WorkerEnvironment;
