import { withoutSecrets } from "../base/log";
import { Unavailable } from "../base/refusal";

/** What to try when the embedded server cannot run here at all. */
export const USE_YOUR_OWN =
  "Or set LATCHKEY_LOCAL_DATABASE_URL to a database in a PostgreSQL server of your own (15 or newer); tests use DATABASE_URL.";

const KNOWN: readonly [pattern: RegExp, say: (folder: string) => string][] = [
  [
    /ENOSPC|No space left on device|Check free disk space|EDQUOT|Disk quota exceeded/,
    (folder) => `The disk is full: the embedded database needs about 100 MB in ${folder}. Make room and start again.`,
  ],
  [
    /EACCES|EPERM|EROFS|Permission denied|Read-only file system|Operation not permitted|wrong ownership/,
    (folder) =>
      `The embedded database may not write to ${folder}. Give that folder to the user who starts this, start as the ` +
      "user who owns it, or set LATCHKEY_DATA_DIR to a folder that can be written.",
  ],
  [
    /could not look up effective user ID/,
    () =>
      "PostgreSQL cannot make a database for a user who has no name in /etc/passwd. Start this as a user who has one.",
  ],
];

/** Turns what the operating system or a PostgreSQL program said into a sentence that says what to do. */
export function explainPostgresTrouble(folder: string, cause: unknown): Unavailable {
  if (cause instanceof Unavailable) return cause;
  const reason = withoutSecrets(cause instanceof Error ? cause.message : String(cause)).trim();
  const known = KNOWN.find(([pattern]) => pattern.test(reason));
  const said = known?.[1](folder) ?? `The embedded database does not start. PostgreSQL said:\n${lastLines(reason)}\n`;
  return new Unavailable({
    say: `${said.trimEnd()}${said.endsWith("\n") ? "\n" : " "}${USE_YOUR_OWN}`,
    note: { folder, reason: lastLines(reason) },
    cause,
  });
}

/** What went wrong, as the operating system (`ENOENT`) or PostgreSQL (`28P01`) names it. */
export function readErrorCode(error: unknown): string | undefined {
  if (typeof error !== "object" || error === null || !("code" in error)) return undefined;
  return typeof error.code === "string" ? error.code : undefined;
}

function lastLines(text: string): string {
  return text.split("\n").slice(-8).join("\n");
}
