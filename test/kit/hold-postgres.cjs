// A process of its own that holds an embedded server: `node hold-postgres.cjs <folder>`. It prints one line of JSON when
// it has the server, and lets go when its input ends.
const swc = require("@swc/core");

require.extensions[".ts"] = (module, file) => {
  const jsc = { target: "es2022", parser: { syntax: "typescript" } };
  // oxlint-disable-next-line no-underscore-dangle -- Node has no other name for it.
  module._compile(swc.transformFileSync(file, { jsc, module: { type: "commonjs" } }).code, file);
};
const { startEmbeddedPostgres } = require("../../src/local/embedded-postgres.ts");

async function main() {
  try {
    const server = await startEmbeddedPostgres({ dataDir: process.argv[2], durable: false });
    process.stdin.on("end", () => void server.stop().then(() => process.exit(0))).resume();
    console.log(JSON.stringify({ url: server.url, startedHere: server.startedHere }));
  } catch (error) {
    console.log(JSON.stringify({ error: error.message }));
  }
}

void main();
