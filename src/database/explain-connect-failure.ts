import { Outage, Unavailable } from "../base/refusal";
import { withoutSecrets } from "../base/log";
import { isOutage } from "./is-outage";

// Wrong credentials, no right to connect, no such database: waiting changes nothing.
const LASTING = /^(28\w{3}|3D000|42501)$/;

/** The error of a first connection that failed: an Outage when it may pass by itself. */
export function explainConnectFailure(cause: unknown, advice: string): Unavailable {
  const { code, message } = (cause ?? {}) as { code?: unknown; message?: unknown };
  // Node gives no message when it tried several addresses.
  const reason = withoutSecrets(typeof message === "string" && message !== "" ? message : String(code ?? cause));
  const text = { say: `The database cannot be reached (${reason}). ${advice}`, cause };
  const isLasting = typeof code === "string" && LASTING.test(code);
  return isOutage(cause) && !isLasting ? new Outage(text) : new Unavailable(text);
}
