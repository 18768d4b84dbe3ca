const fc = require("fast-check");

/** Property tests run the same cases each time. TEST_SEED gives other ones; see docs/tests.md. */
const FIXED_SEED = 20_260_301;

function fixSeed() {
  const given = process.env.TEST_SEED;
  const seed = given === undefined ? FIXED_SEED : Number(given);
  if (!Number.isInteger(seed)) throw new Error(`TEST_SEED is ${given}, and should be a whole number`);
  fc.configureGlobal({ seed });
}

module.exports = { fixSeed };
