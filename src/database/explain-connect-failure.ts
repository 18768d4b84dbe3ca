import { Outage, Unavailable } from "../base/refusal";
import { withoutSecrets } from "../base/log";
import { isOutage } from "./is-outage";
import { POOLER_ADVICE } from "./refuse-lossy-pool";
import { isRefusedParameter } from "./try-pool";

// Wrong credentials, no right to connect, no such database: waiting changes nothing.
const LASTING = /^(28\w{3}|3D000|42501)$/;

/**
 * The error of a first connection that failed: an Outage when it may pass by itself.
 *
 * @param pooler advice where a pooler refuses our start-up parameters.
 */
export function explainConnectFailure(cause: unknown, advice: string, pooler = POOLER_ADVICE): Unavailable {
  const { code, message } = (cause ?? {}) as { code?: unknown; message?: unknown };
  // Node gives no message when it tried several addresses.
  const reason = withoutSecrets(typeof message === "string" && message !== "" ? message : String(code ?? cause));
  if (isRefusedParameter(cause)) {
    return new Unavailable({ say: `The pooler before the database refuses us (${reason}). ${pooler}`, cause });
  }
  const text = { say: `The database cannot be reached (${reason}). ${advice}`, cause };
  const isLasting = typeof code === "string" && LASTING.test(code);
  return isOutage(cause) && !isLasting ? new Outage(text) : new Unavailable(text);
}
