import pino, { type DestinationStream } from "pino";
import { Outage } from "./refusal";

export type Logger = pino.Logger;
export type LogLevel = "fatal" | "error" | "warn" | "info" | "debug" | "trace" | "silent";

// Names under which a secret, a person or a bearer address could ride along. Log lines are written from an explicit
// list of fields anyway; this is the second net.
const NEVER = [
  "authorization",
  "cookie",
  "password",
  "secret",
  "token",
  "apiKey",
  "email",
  "url",
  "databaseUrl",
  "stripeSignature",
  '["stripe-signature"]',
];

// A busy server writes hundreds of lines with one call of the system. What is left is written ten times a second, and
// when the process ends.
const GATHERED = { minLength: 12_000, periodicFlush: 100, sync: false };

export function openLog(level: LogLevel, destination?: DestinationStream): Logger {
  const options: pino.LoggerOptions = {
    level,
    base: { app: "latchkey" },
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label) => ({ level: label }) },
    redact: {
      paths: NEVER.flatMap((name) =>
        name.startsWith("[") ? [name, `*${name}`, `*.*${name}`] : [name, `*.${name}`, `*.*.${name}`],
      ),
      censor: "[redacted]",
    },
    serializers: { err: describeError },
    hooks: { logMethod: writeLine },
  };
  return pino(options, destination ?? pino.destination(GATHERED));
}

type LogMethod = NonNullable<NonNullable<pino.LoggerOptions["hooks"]>["logMethod"]>;

/** Writes the line, at level `debug` when it is about a failure of an outage: the outage has a line of its own. */
const writeLine: LogMethod = function (args, method, level) {
  const [fields] = args as [unknown];
  const isOutage = typeof fields === "object" && fields !== null && "err" in fields && fields.err instanceof Outage;
  if (!isOutage || level <= DEBUG) method.apply(this, args);
  else if (this.isLevelEnabled("debug")) this.debug(...(args as [object, string]));
};

const DEBUG = pino.levels.values["debug"] ?? 20;

/** What a log may hold of an error: its kind, message, notes and stack, but no payload that a library hung on to it. */
function describeError(error: unknown): Record<string, unknown> {
  if (!(error instanceof Error)) return { message: String(error) };
  const { note, code, cause } = error as Error & { note?: unknown; code?: unknown };
  return {
    type: error.name,
    message: withoutSecrets(error.message),
    code,
    note,
    stack: withoutSecrets(error.stack ?? ""),
    ...(cause === undefined ? {} : { cause: describeError(cause) }),
  };
}

const SECRETS =
  /\b(?:lk|sk|rk|pk)_(?:live|test)_\w+|\bwhsec_\w+|\beyJ[\w-]+\.[\w-]+\.[\w-]*|postgres(?:ql)?:\/\/\S+|[\w.+-]+@[\w-]+\.[\w.]+/g;

export function withoutSecrets(text: string): string {
  return text.replace(SECRETS, "[redacted]");
}
