const fs = require("node:fs");

/**
 * With TEST_TIMES=<file>, appends a line for each test file: milliseconds of processor time of its worker and of the
 * processes that it started, and milliseconds in all. Returns the function that ends the measure.
 */
function measureFile(testPath) {
  const file = process.env.TEST_TIMES;
  if (!file) return () => undefined;
  const begun = performance.now();
  const before = readProcessorTimes();
  return () => {
    const [own, children] = readProcessorTimes().map((ms, at) => Math.round(ms - before[at]));
    const row = { file: testPath.split("/test/").pop(), own, children, ms: Math.round(performance.now() - begun) };
    fs.appendFileSync(file, `${JSON.stringify(row)}\n`);
  };
}

const TICK_MS = 10;

/** Of this process, and of its children that have ended (known on Linux alone). */
function readProcessorTimes() {
  const { user, system } = process.cpuUsage();
  const own = (user + system) / 1_000;
  if (process.platform !== "linux") return [own, 0];
  const fields = fs.readFileSync("/proc/self/stat", "utf8").split(") ").pop().split(" ");
  return [own, (Number(fields[13]) + Number(fields[14])) * TICK_MS];
}

module.exports = { measureFile };
