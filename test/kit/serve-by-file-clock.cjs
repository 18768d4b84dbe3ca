// `latchkey serve` with a clock that a test moves: a process of its own has nothing else to be told by. The folder of the
// compiled sources is its argument; the file holds the time in milliseconds, and is looked at whenever time is asked for.
require("reflect-metadata");
const { readFileSync } = require("node:fs");

const [dist] = process.argv.slice(2);
const { loadConfig } = require(`${dist}/src/cli/load-config.js`);
const { openLog } = require(`${dist}/src/base/log.js`);
const { start } = require(`${dist}/src/app/start.js`);

const { TEST_CLOCK_FILE: file, TEST_CLOCK_SKEW_MS: skew = "0", TEST_ONLY_WEBHOOKS: alone, ...env } = process.env;
const clock = { now: () => new Date(Number(readFileSync(file, "utf8")) + Number(skew)) };

async function main() {
  const { config } = loadConfig(env, { localMode: false });
  const log = openLog(config.logLevel);
  const background = { reconcilesByItself: alone !== "yes" };
  const server = await start({ config, databaseUrl: config.database.url, log, clock, background });
  log.info({ port: server.port }, "listening");
  await new Promise((resolve) => process.once("SIGTERM", resolve));
  await server.stop();
  log.info("stopped");
}

main().catch((error) => {
  console.error(error);
  process.exit(1);
});
