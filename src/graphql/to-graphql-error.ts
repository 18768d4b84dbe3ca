import { GraphQLError, type GraphQLFormattedError, type GraphQLSchema } from "graphql";
import type { ErrorCode } from "../base/error-codes";
import { retryableCodes } from "../base/error-codes";
import type { Logger } from "../base/log";
import type { Metrics } from "../base/metrics";
import { Failure, Refusal, Unavailable } from "../base/refusal";
import { isConflict, sqlState } from "../database/db";
import { findInputPath } from "./find-input-path";
import { hideSchemaDetails } from "./hide-schema-details";
import { shortenMessage } from "./shorten-message";

/** Who is told of an error, and where it is written down. */
export interface ErrorTeller {
  log: Logger;
  metrics: Metrics;
  /** Undefined where an error arises outside of any request. */
  requestId?: string | undefined;
  /** Null for those who may read the schema anyway. */
  hiddenSchema: GraphQLSchema | null;
}

interface Told {
  code: ErrorCode;
  message: string;
  retryable?: boolean;
  field?: string | undefined;
  details?: Record<string, unknown> | undefined;
}

/** The one place where whatever was thrown becomes what a caller of GraphQL reads. */
export function toGraphqlError(error: unknown, teller: ErrorTeller): GraphQLFormattedError {
  const told = tell(error, teller);
  teller.metrics.refusals.inc({ code: told.code });
  const { locations, path } = error instanceof GraphQLError ? error : {};
  return {
    message: told.message,
    ...(locations ? { locations } : {}),
    ...(path ? { path } : {}),
    extensions: {
      code: told.code,
      retryable: told.retryable ?? retryableCodes.has(told.code),
      ...(told.field === undefined ? {} : { field: told.field }),
      ...(told.details === undefined ? {} : { details: told.details }),
    },
  };
}

function tell(error: unknown, teller: ErrorTeller): Told {
  const cause = rootOf(error);
  if (cause instanceof Failure) return tellFailure(cause, teller);
  if (isConflict(cause)) return { code: "UNAVAILABLE", message: "Too many writers at the same time." };
  if (BAD_VALUES.has(sqlState(cause) ?? "")) return { code: "INVALID_INPUT", message: BAD_VALUE };
  if (error instanceof GraphQLError) {
    const told = tellMistake(error, cause, teller);
    if (told) return told;
  }
  return tellBug(cause, teller);
}

/** What a resolver threw, below the wrappers of graphql-js and Apollo. */
function rootOf(error: unknown): unknown {
  let root = error;
  while (root instanceof GraphQLError && root.originalError) root = root.originalError;
  return root;
}

function tellFailure(failure: Failure, { log, requestId }: ErrorTeller): Told {
  if (failure instanceof Unavailable) logOnce(failure, () => log.warn({ err: failure, requestId }, "unavailable"));
  else log.debug({ code: failure.code, note: failure.note, requestId }, "refused");
  return {
    code: failure.code,
    message: failure.message,
    retryable: failure.retryable,
    field: failure.field,
    details: failure.details,
  };
}

// Text that PostgreSQL cannot hold (22021 and 22P05: NUL, broken encoding), dates and numbers that it cannot read or
// that are out of its range (22007, 22008, 22003).
const BAD_VALUES = new Set(["22021", "22P05", "22007", "22008", "22003"]);
const BAD_VALUE = "A text holds a character that cannot be kept, or a date or a number is out of range.";

const MISTAKES = new Set<unknown>([
  "GRAPHQL_PARSE_FAILED",
  "GRAPHQL_VALIDATION_FAILED",
  "BAD_USER_INPUT",
  "BAD_REQUEST",
  "OPERATION_RESOLUTION_FAILURE",
  "PERSISTED_QUERY_NOT_SUPPORTED",
]);
const TOO_MANY_TOKENS = /Document contains more tha[tn] (\d+) tokens/;
const ARGUMENT = /^Argument "(\w+)" /;

/** Mistakes in the document or the variables, which graphql-js and Apollo find. Undefined: it is none of these. */
function tellMistake(error: GraphQLError, cause: unknown, { hiddenSchema }: ErrorTeller): Told | undefined {
  const { code, http } = error.extensions as { code?: unknown; http?: { status?: number } };
  // Apollo Client sends the whole document when it reads exactly this sentence.
  if (code === "PERSISTED_QUERY_NOT_FOUND") return { code, message: "PersistedQueryNotFound" };
  const tokensMax = TOO_MANY_TOKENS.exec(error.message)?.[1];
  if (tokensMax) return tellTokens(Number(tokensMax));
  // An argument that turns out to be missing only when its variable is looked at comes without a code.
  const argument = cause instanceof GraphQLError ? ARGUMENT.exec(cause.message)?.[1] : undefined;
  if (!MISTAKES.has(code) && !argument && (code !== undefined || http?.status !== 400)) return undefined;
  const isTypeName = (name: string) => hiddenSchema?.getType(name) !== undefined;
  const message = hiddenSchema ? hideSchemaDetails(error.message, isTypeName) : error.message;
  return {
    code: "INVALID_INPUT",
    message: shortenMessage(message),
    field: findInputPath(error) ?? argument,
  };
}

function tellTokens(max: number): Told {
  // The parser stops at the first token too many, so that is all we know.
  const details = { limit: "tokens", max, actual: max + 1 };
  return { code: "LIMIT_EXCEEDED", message: `The document holds more than ${max} words and marks.`, details };
}

function tellBug(error: unknown, teller: ErrorTeller): Told {
  const { log, requestId } = teller;
  logOnce(error, () => log.error({ err: error, requestId }, "a request failed through a mistake of ours"));
  return tellFailure(internal(requestId), teller);
}

/** What a caller may know of a mistake of ours that has been logged. */
export function internal(requestId: string | undefined): Refusal {
  return new Refusal("INTERNAL", {
    say: "Something went wrong on our side. The request id finds it in our log.",
    ...(requestId === undefined ? {} : { details: { requestId } }),
  });
}

// One failed batch reaches every row that waited for it as the same error.
const logged = new WeakSet<object>();

function logOnce(error: unknown, write: () => void): void {
  if (typeof error === "object" && error !== null) {
    if (logged.has(error)) return;
    logged.add(error);
  }
  write();
}
