import { setTimeout as pause } from "node:timers/promises";

/** A limit for what hangs, not a measure: long enough for a machine that has much else to do. */
const HANGS_AFTER_MS = 90_000;
// What comes soon is seen soon, and what takes longer is not asked about all the time.
const PAUSE_MS = 5;
const PAUSE_MS_MAX = 50;

/** Reads again and again until the value fits. A value that never fits is returned, and fails the test that looks at it. */
export async function until<Value>(
  read: () => Value | Promise<Value>,
  fits: (value: Value) => boolean,
): Promise<Value> {
  const deadline = performance.now() + HANGS_AFTER_MS;
  for (let ms = PAUSE_MS; ; ms = Math.min(ms * 1.3, PAUSE_MS_MAX)) {
    const value = await read();
    if (fits(value) || performance.now() > deadline) return value;
    await pause(ms);
  }
}

/** Waits until it is so. With what it sees instead, where that tells more than that it never came. */
export async function untilTrue(
  isSo: () => boolean | Promise<boolean>,
  describe: () => unknown = () => "",
): Promise<void> {
  if (!(await until(isSo, Boolean))) throw new Error(`it does not come: ${JSON.stringify(await describe())}`);
}
