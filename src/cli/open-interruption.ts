import type { Terminal } from "./terminal";

/** Somebody wants their terminal back. A second time ends the process at once. */
export interface Interruption {
  happened(): boolean;
  told: Promise<void>;
}

/** Asked for before the work begins, so that nothing is cut off in its middle. */
export function openInterruption({ untilToldToStop }: Terminal): Interruption {
  let happened = false;
  const wait = async () => {
    await untilToldToStop();
    happened = true;
  };
  const told = wait();
  return { happened: () => happened, told };
}
