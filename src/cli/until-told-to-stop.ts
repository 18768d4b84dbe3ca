import { SECOND } from "../base/durations";

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
const STOP_MS_MAX = 25 * SECOND;
const LOOK_MS = 200;

/**
 * Resolves with the first signal. Ask before starting anything: a signal that comes meanwhile then stops what has been
 * started. A second signal ends the process at once, and so does a stop that does not come to its end.
 *
 * @param options.followParent also when the parent is gone: npm hands signals to a shell, which dies without handing
 * them on, and a server that nobody can see would keep the port.
 */
export function untilToldToStop(options: { followParent?: boolean } = {}): Promise<string> {
  return new Promise((resolve) => {
    const parent = process.ppid;
    const stop = (why: string) => {
      clearInterval(looking);
      for (const name of SIGNALS) process.removeListener(name, stop);
      setTimeout(() => process.exit(1), STOP_MS_MAX).unref();
      resolve(why);
    };
    const look = () => (process.ppid === parent ? undefined : stop("the parent is gone"));
    const looking = options.followParent ? setInterval(look, LOOK_MS).unref() : undefined;
    for (const name of SIGNALS) process.on(name, stop);
  });
}
