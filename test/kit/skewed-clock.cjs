// A machine whose clock is wrong: loaded before the program, by NODE_OPTIONS. Only what is asked for now is moved.
const skewMs = Number(process.env.TEST_CLOCK_SKEW_MS ?? 0);
const { now } = Date;
Date.now = () => now() + skewMs;
