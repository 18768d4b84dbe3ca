import type { IncomingMessage, ServerResponse } from "node:http";
import { isLocalCaller } from "../base/local-caller";
import type { Logger } from "../base/log";
import type { Metrics } from "../base/metrics";
import { Failure, Refusal, Unavailable } from "../base/refusal";
import type { Config } from "../config/config";
import { answerFailure, answerFailureAsPage } from "./answer-failure";
import { type FindRoute, type FoundRoute } from "./find-route";
import { readAddress } from "./read-address";
import { ClientGone, readBody } from "./read-body";
import { readPieces } from "./read-pieces";
import { readRequestId } from "./read-request-id";
import type { Answer, RequestNote, Route } from "./route";
import { skipBody } from "./skip-body";
import type { WayOut } from "./small-page";
import { carefulHeaders, sendAnswer } from "./send-answer";

export interface AnswerDeps {
  config: Pick<Config, "limits" | "publicUrl" | "trustedProxies">;
  log: Logger;
  metrics: Metrics;
  findRoute: FindRoute;
  /** The link of a page that says that something failed. */
  wayOut: WayOut;
  /** From then on only questions about our health are answered. */
  isStopping(): boolean;
  /** The same for those who read for long. */
  stopping: AbortSignal;
  /** The body of this request may take its time. */
  allowLong(request: IncomingMessage): void;
}

export type AnswerRequest = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

/** One request from its first line to its log line. It never rejects. */
export function makeAnswerRequest(deps: AnswerDeps): AnswerRequest {
  const closed = carefulHeaders(deps.config.publicUrl);
  const open = { ...closed, ...BROWSER_HEADERS };
  // The line of a request is written from an explicit list; searching it for secrets costs a tenth of a small request.
  const lines = deps.log.child({}, { redact: [] });
  return async (request, response) => {
    const startedAt = performance.now();
    const requestId = readRequestId(request.headers["x-request-id"]);
    const [path, search] = splitUrl(request.url ?? "/");
    const found = deps.findRoute(path);
    const note: RequestNote = {};
    deps.metrics.inFlight.inc();
    let status = 499;
    try {
      const answer = await answerOrTell(deps, request, { requestId, path, search, found, note });
      status = answer.status;
      const headers = found?.route.openToBrowsers ? open : closed;
      await sendAnswer({ request, response, requestId, isLast: deps.isStopping() }, answer, headers);
    } catch (error) {
      status = 499;
      response.destroy();
      if (!(error instanceof ClientGone)) deps.log.error({ err: error, requestId }, "an answer could not be sent");
    }
    deps.metrics.inFlight.dec();
    record(
      { log: lines, metrics: deps.metrics },
      { request, route: found?.route, note, status, requestId, ms: performance.now() - startedAt },
    );
  };
}

interface Asked {
  requestId: string;
  path: string;
  search: string;
  found: FoundRoute | null;
  note: RequestNote;
}

async function answerOrTell(deps: AnswerDeps, request: IncomingMessage, asked: Asked): Promise<Answer> {
  try {
    return await answerRoute(deps, request, asked);
  } catch (error) {
    if (error instanceof ClientGone) throw error;
    if (isReadByPerson(request, asked.found?.route)) {
      const { path, search } = asked;
      const retryable = error instanceof Failure && error.retryable;
      const link = deps.wayOut({ path, search, referer: request.headers.referer, retryable });
      return answerFailureAsPage(error, { ...deps, requestId: asked.requestId, link });
    }
    const type = asked.found?.route.failureType?.(request.headers);
    return answerFailure(error, { ...deps, requestId: asked.requestId, type });
  }
}

/** True for a browser that opens an address of a page, or one where there is nothing. */
function isReadByPerson({ method, headers }: IncomingMessage, route: Route | undefined): boolean {
  if (method !== "GET" && method !== "HEAD") return false;
  return (route === undefined || route.isPage === true) && /\btext\/html\b/.test(headers.accept ?? "");
}

async function answerRoute(deps: AnswerDeps, request: IncomingMessage, asked: Asked): Promise<Answer> {
  const { found, ...rest } = asked;
  if (!found) throw new Refusal("NOT_FOUND", { say: "There is nothing at this address." });
  const { route, params } = found;
  if (deps.isStopping() && !route.path.startsWith("/health/")) {
    throw new Unavailable({ say: "This server is stopping. Another one will answer." });
  }
  refuseTwoCredentials(request);
  if (request.method === "OPTIONS") return answerOptions(request, route);
  const method = route.methods.find((known) => known === (request.method === "HEAD" ? "GET" : request.method));
  if (!method) return refuseMethod(request, route, { ...deps, requestId: asked.requestId });
  const { headers, socket } = request;
  return route.answer({
    ...rest,
    method,
    isHead: request.method === "HEAD",
    params,
    headers,
    isLocal: isLocalCaller(socket.remoteAddress, headers),
    address: readAddress(socket.remoteAddress, headers["x-forwarded-for"], deps.config.trustedProxies),
    readBody: (bytesMax = deps.config.limits.bodyBytesMax) => readBody(request, bytesMax),
    readPieces: () => {
      deps.allowLong(request);
      return readPieces(request, { idleMsMax: deps.config.limits.requestMsMax, stopping: deps.stopping });
    },
    skipBody: () => skipBody(request),
  });
}

/** Node keeps the first of two `Authorization` headers, a proxy in front may have checked the other one. */
function refuseTwoCredentials({ rawHeaders }: IncomingMessage): void {
  let count = 0;
  for (let at = 0; at < rawHeaders.length; at += 2) if (AUTHORIZATION.test(rawHeaders[at] ?? "")) count++;
  if (count > 1) throw new Refusal("INVALID_INPUT", { say: "Send one `Authorization` header." });
}

const AUTHORIZATION = /^authorization$/i;

const BROWSER_HEADERS = {
  "access-control-allow-origin": "*",
  "access-control-expose-headers": "X-Request-Id, Retry-After, WWW-Authenticate",
};

// The star allows whatever else browsers' tracing adds. It does not cover Authorization, and older browsers take it for
// a header of that name, so the usual ones are listed.
const ALLOWED_HEADERS = [
  "Authorization",
  "Content-Type",
  "Accept",
  "X-Request-Id",
  "Apollo-Require-Preflight",
  "X-Apollo-Operation-Name",
  "Apollographql-Client-Name",
  "Apollographql-Client-Version",
  "Traceparent",
  "Tracestate",
  "Baggage",
  "Sentry-Trace",
  "*",
].join(", ");

function answerOptions(request: IncomingMessage, route: Route): Answer {
  const isPreflight = request.headers["access-control-request-method"] !== undefined;
  if (!isPreflight || !route.openToBrowsers) return { status: 204, headers: { allow: allowOf(route) } };
  return {
    status: 204,
    headers: {
      "access-control-allow-methods": allowOf(route),
      "access-control-allow-headers": ALLOWED_HEADERS,
      "access-control-max-age": "86400",
    },
  };
}

function refuseMethod(request: IncomingMessage, route: Route, teller: AnswerDeps & { requestId: string }): Answer {
  const refusal = new Refusal("INVALID_INPUT", { say: `Use ${route.methods.join(" or ")} here.` });
  const told = answerFailure(refusal, { ...teller, type: route.failureType?.(request.headers) });
  return { ...told, status: 405, headers: { ...told.headers, allow: allowOf(route) } };
}

function allowOf(route: Route): string {
  const methods: string[] = [...route.methods];
  if (methods.includes("GET")) methods.push("HEAD");
  return [...methods, "OPTIONS"].join(", ");
}

function splitUrl(url: string): [path: string, search: string] {
  const at = url.indexOf("?");
  return at === -1 ? [url, ""] : [url.slice(0, at), url.slice(at)];
}

interface Done {
  request: IncomingMessage;
  route: Route | undefined;
  note: RequestNote;
  status: number;
  requestId: string;
  ms: number;
}

/** One line a request, from an explicit list: no query text, no variables, no addresses, no credentials. */
function record(
  { log, metrics }: Pick<AnswerDeps, "log" | "metrics">,
  { request, route, note, status, requestId, ms }: Done,
): void {
  const name = route?.path ?? "unknown";
  const method = KNOWN_METHODS.has(request.method ?? "") ? (request.method ?? "") : "other";
  if (!note.stream) metrics.httpSeconds.observe({ route: name, method, status }, ms / 1000);
  const level = route?.quiet && status < 500 ? "debug" : "info";
  log[level]({ route: name, method, status, ms: Math.round(ms * 10) / 10, requestId, ...note }, "request");
}

// Callers can invent methods, and each would be a time series of its own.
const KNOWN_METHODS = new Set(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]);
