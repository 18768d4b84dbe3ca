import { setTimeout as pause } from "node:timers/promises";

/** A limit for what hangs, not a measure: long enough for a machine that has much else to do. */
const HANGS_AFTER_MS = 90_000;
const PAUSE_MS = 10;

/** Reads again and again until the value fits. A value that never fits is returned, and fails the test that looks at it. */
export async function until<Value>(
  read: () => Value | Promise<Value>,
  fits: (value: Value) => boolean,
): Promise<Value> {
  const deadline = performance.now() + HANGS_AFTER_MS;
  for (;;) {
    const value = await read();
    if (fits(value) || performance.now() > deadline) return value;
    await pause(PAUSE_MS);
  }
}

/** Waits until it is so. With what it sees instead, where that tells more than that it never came. */
export async function untilTrue(
  isSo: () => boolean | Promise<boolean>,
  describe: () => unknown = () => "",
): Promise<void> {
  if (!(await until(isSo, Boolean))) throw new Error(`it does not come: ${JSON.stringify(await describe())}`);
}
