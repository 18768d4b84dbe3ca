import { type ErrorCode, retryableCodes } from "./error-codes";

/**
 * Three kinds of failure. A Refusal is expected and part of the schema; Unavailable may work when tried again; a Bug is
 * an invariant that broke: it fails this request and never the process. Each edge (GraphQL, HTTP, the command line) maps
 * them once.
 */
export interface FailureText {
  /** For the caller. Never a secret, never somebody else's data. */
  say: string;
  /** For the log. Ids only: no secrets, no e-mail addresses. */
  note?: Record<string, unknown>;
  /** The path of the input field at fault. */
  field?: string;
  /** Facts that help the caller to decide what to do. */
  details?: Record<string, unknown>;
  cause?: unknown;
}

export abstract class Failure extends Error {
  readonly note: Record<string, unknown>;
  readonly field: string | undefined;
  readonly details: Record<string, unknown> | undefined;

  constructor(
    readonly code: ErrorCode,
    readonly retryable: boolean,
    text: FailureText,
  ) {
    super(text.say, { cause: text.cause });
    this.note = text.note ?? {};
    this.field = text.field;
    this.details = text.details;
  }
}

export class Refusal extends Failure {
  override readonly name = "Refusal";

  constructor(code: ErrorCode, text: FailureText) {
    super(code, retryableCodes.has(code), text);
  }
}

export class Unavailable extends Failure {
  override readonly name: string = "Unavailable";

  constructor(text: FailureText) {
    super("UNAVAILABLE", true, text);
  }
}

/** A failure during an outage that has a log line of its own: single failures are not logged above `debug`. */
export class Outage extends Unavailable {
  override readonly name = "Outage";
}

export class Bug extends Error {
  override readonly name = "Bug";

  constructor(
    message: string,
    readonly note: Record<string, unknown> = {},
  ) {
    super(message);
  }
}
