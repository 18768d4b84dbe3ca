import { SECOND } from "../base/durations";

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
const STOP_MS_MAX = 25 * SECOND;

/**
 * Resolves with the first signal. Ask before starting anything: a signal that comes meanwhile then stops what has been
 * started. A second signal ends the process at once, and so does a stop that does not come to its end.
 */
export function untilToldToStop(): Promise<string> {
  return new Promise((resolve) => {
    const onSignal = (signal: string) => {
      for (const name of SIGNALS) process.removeListener(name, onSignal);
      setTimeout(() => process.exit(1), STOP_MS_MAX).unref();
      resolve(signal);
    };
    for (const name of SIGNALS) process.on(name, onSignal);
  });
}
