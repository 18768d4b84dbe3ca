// Jest gives each test file its own copy of every module, and loading the program takes longer than most files. This
// runtime loads the program and its packages once in a worker, with Node's own loader; test files and their kit (but
// for this folder) are still loaded anew for each file. The program keeps no state in its modules, so files do not
// affect one another.
const { createRequire, isBuiltin } = require("node:module");
const path = require("node:path");
const { compileFunction } = require("node:vm");
const { default: Runtime } = require("jest-runtime");
const { openSharedModules } = require("./shared-modules.cjs");

const root = path.resolve(__dirname, "../../..");
const shared = openSharedModules(root);

/** Frames of shared modules are shown with the lines of their sources too. */
class SourceMaps extends Map {
  get(file) {
    return super.get(file) ?? shared.sourceMaps.get(file);
  }
}

class WorkerRuntime extends Runtime {
  constructor(...parts) {
    super(...parts);
    const [, , , transformer] = parts;
    shared.use((file, source) => transformer.transform(file, this._getFullTransformationOptions(), source));
    this.transformCache.sourceMaps = new SourceMaps();
    const names = this.executor.injectedModuleParameters;
    this.executor.compile = (source, filename) => compileFunction(source, names, { filename });
  }

  requireModuleOrMock(from, name) {
    if (isBuiltin(name)) return require(name);
    if (name === "@jest/globals") return super.requireModuleOrMock(from, name);
    const file = createRequire(from).resolve(name);
    return shared.has(file) ? require(file) : super.requireModuleOrMock(from, name);
  }
}

module.exports = WorkerRuntime;
