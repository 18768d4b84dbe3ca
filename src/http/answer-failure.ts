import type { ErrorCode } from "../base/error-codes";
import type { Logger } from "../base/log";
import type { Metrics } from "../base/metrics";
import { Failure } from "../base/refusal";
import { toGraphqlError } from "../graphql/to-graphql-error";
import { Unsupported } from "./read-body";
import { failurePage } from "./failure-page";
import { type Answer, type JsonAnswer, jsonAnswer } from "./route";
import type { PageLink } from "./small-page";

const statuses: Partial<Record<ErrorCode, number>> = {
  UNAUTHENTICATED: 401,
  FORBIDDEN: 403,
  NOT_FOUND: 404,
  CONFLICT: 409,
  RATE_LIMITED: 429,
  INTERNAL: 500,
  UNAVAILABLE: 503,
  STRIPE_UNAVAILABLE: 503,
};

interface Teller {
  log: Logger;
  metrics: Metrics;
  requestId: string | undefined;
}

/** Every route's failures read alike: the errors of a GraphQL answer, and a status that says the same. */
export function answerFailure(error: unknown, teller: Teller & { type?: string | undefined }): JsonAnswer {
  const { told, status, headers } = readFailure(error, teller);
  return jsonAnswer(status, { errors: [told] }, { ...(teller.type && { "content-type": teller.type }), ...headers });
}

/** The same failure as a page, for somebody with a browser. */
export function answerFailureAsPage(error: unknown, teller: Teller & { link: PageLink }): Answer {
  const { told, status, headers } = readFailure(error, teller);
  return failurePage({ status, message: told.message, code: String(told.extensions?.["code"]), headers }, teller.link);
}

function readFailure(error: unknown, teller: Teller) {
  const told = toGraphqlError(error, { ...teller, hiddenSchema: null });
  return { told, status: statusOf(error, told.extensions?.["code"]), headers: headersOf(error) };
}

const TOO_LARGE = new Set<unknown>(["bodyBytes", "uploadBytes", "uploadQuota"]);

/** @param code what the answer says, which may be more than the error itself knew */
function statusOf(error: unknown, code: unknown): number {
  if (error instanceof Unsupported) return 415;
  if (error instanceof Failure && TOO_LARGE.has(error.details?.["limit"])) return 413;
  return statuses[code as ErrorCode] ?? 400;
}

function headersOf(error: unknown): Record<string, string> {
  if (!(error instanceof Failure)) return {};
  if (error.code === "UNAUTHENTICATED") return { "www-authenticate": "Bearer" };
  const uploadOffset = error.details?.["uploadOffset"];
  if (typeof uploadOffset === "number") {
    return { "upload-offset": String(uploadOffset), "upload-complete": error.details?.["complete"] ? "?1" : "?0" };
  }
  const retryAfterMs = error.details?.["retryAfterMs"];
  return typeof retryAfterMs === "number" ? { "retry-after": String(Math.max(1, Math.ceil(retryAfterMs / 1000))) } : {};
}
