import { withoutSecrets } from "../base/log";
import { Failure } from "../base/refusal";
import { FAILED, MISUSED } from "./exit-codes";
import { Misuse } from "./misuse";
import { SettingMistakes } from "./setting-mistakes";

/** The one place where the command line turns an error into words for a person and an exit code. */
export function reportFailure(error: unknown, print: (text: string) => void): number {
  const misused = error instanceof SettingMistakes || error instanceof Misuse;
  // Mistakes in the settings never hold a value, and their examples look like secrets.
  print(misused ? error.message : withoutSecrets(describe(error)));
  return misused ? MISUSED : FAILED;
}

function describe(error: unknown): string {
  if (error instanceof Failure) return error.message;
  const trouble = portTrouble(error);
  if (trouble) return trouble;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

function portTrouble(error: unknown): string | null {
  const { code, port } = (error ?? {}) as { code?: unknown; port?: unknown };
  const which = typeof port === "number" ? `Port ${port}` : "The port";
  if (code === "EADDRINUSE") {
    return `${which} is in use. Stop what listens there, or choose another one: PORT=4001, or PORT=0 for any.`;
  }
  if (code === "EACCES") return `${which} may not be opened by this account. Choose one above 1023 with PORT.`;
  if (code === "EADDRNOTAVAIL") return "The address in HOST is not one of this machine. Use 127.0.0.1 or 0.0.0.0.";
  return null;
}
