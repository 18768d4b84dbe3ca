const fs = require("node:fs");
const Module = require("node:module");
const path = require("node:path");

/** Lets Node's loader read the program's TypeScript, translated and cached by jest's transformer. */
function openSharedModules(root) {
  // Packages may stand behind a link: Node's loader tells where they really are.
  const folders = ["src", "migrations", "node_modules", "test/kit/worker"].map(
    (folder) => fs.realpathSync(path.join(root, folder)) + path.sep,
  );
  const sourceMaps = new Map();
  let transform = null;
  Module._extensions[".ts"] = (module, file) => {
    const { code, sourceMapPath } = transform(file, fs.readFileSync(file, "utf8"));
    if (sourceMapPath) sourceMaps.set(file, sourceMapPath);
    module._compile(code, file);
  };
  // What is loaded when it is needed is named by what it is compiled to.
  const resolve = Module._resolveFilename;
  Module._resolveFilename = (request, parent, ...rest) => {
    const isOurs = parent?.filename?.endsWith(".ts") && request.startsWith(".") && request.endsWith(".js");
    return resolve.call(Module, isOurs ? request.slice(0, -".js".length) : request, parent, ...rest);
  };
  return {
    sourceMaps,
    has: (file) => folders.some((folder) => file.startsWith(folder)),
    use: (next) => (transform = next),
  };
}

module.exports = { openSharedModules };
