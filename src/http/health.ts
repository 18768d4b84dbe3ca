import { Unavailable } from "../base/refusal";
import { SECOND } from "../base/durations";
import type { Logger } from "../base/log";
import { type Route, jsonAnswer } from "./route";
import { withinTime } from "./within-time";

/** Something that has to be there before requests should be sent here. */
export interface ReadyCheck {
  name: string;
  /** A sentence for the operator about what is missing, or null. Never a secret, never an address. */
  missing(): Promise<string | null>;
}

interface Missing {
  check: string;
  say: string;
}

const CHECK_MS_MAX = 2 * SECOND;

export function healthRoutes(deps: { log: Logger; checks: readonly ReadyCheck[]; isStopping(): boolean }): Route[] {
  const live: Route = {
    path: "/health/live",
    methods: ["GET"],
    quiet: true,
    answer: () => Promise.resolve(jsonAnswer(200, { live: true })),
  };
  // Anybody may ask, so questions that come while one is being answered share its answer.
  let asked: Promise<Missing[]> | undefined;
  const failing = new Set<string>();
  const ready: Route = {
    path: "/health/ready",
    methods: ["GET"],
    quiet: true,
    answer: async () => {
      asked ??= findMissing(deps.checks, failing, deps.log).finally(() => (asked = undefined));
      const missing = deps.isStopping() ? [STOPPING] : await asked;
      return jsonAnswer(missing.length === 0 ? 200 : 503, { ready: missing.length === 0, missing });
    },
  };
  return [live, ready];
}

const STOPPING: Missing = { check: "server", say: "The server is stopping." };

async function findMissing(checks: readonly ReadyCheck[], failing: Set<string>, log: Logger): Promise<Missing[]> {
  const all = await Promise.all(checks.map((check) => ask(check, failing, log)));
  return all.filter((missing) => missing !== null);
}

/** @param failing the checks that failed the last time: a line is logged when one begins to fail and when it passes again */
async function ask(check: ReadyCheck, failing: Set<string>, log: Logger): Promise<Missing | null> {
  try {
    const say = await withinTime(CHECK_MS_MAX, check.missing());
    if (failing.delete(check.name)) log.info({ check: check.name }, "a readiness check passes again");
    return say === null ? null : { check: check.name, say };
  } catch (error) {
    // What was thrown may hold an address or worse, so it goes to the log only.
    if (!failing.has(check.name)) log.warn({ err: error, check: check.name }, "a readiness check failed");
    failing.add(check.name);
    return {
      check: check.name,
      say: error instanceof Unavailable ? "It does not answer." : "The check itself failed.",
    };
  }
}
