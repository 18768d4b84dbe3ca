import type { Config } from "../config/config";
import type { Context, Identity } from "../graphql/context";
import { Refusal } from "../base/refusal";
import type { GraphqlServer } from "../graphql/open-graphql";
import { measureNesting } from "./measure-nesting";
import { readText, Unsupported } from "./read-body";
import { readFailureType } from "./read-failure-type";
import type { Answer, HttpRequest, Route } from "./route";
import { withinTime } from "./within-time";

/** What the door knows of somebody who knocks. */
export interface Knock {
  /** The whole header, or undefined when there is none. */
  authorization: string | undefined;
  address: string;
  requestId: string;
  /** It was let in before, and is asked about again while its answer goes on: that is no request, and is not counted. */
  isInside?: true;
}

/** Answers who it is, or throws Refusal UNAUTHENTICATED, or RATE_LIMITED with `details.retryAfterMs`. */
export type Identify = (knock: Knock) => Promise<Identity>;

/** Opens the context of one request. */
export type ContextOf = (asked: { identity: Identity; requestId: string; address: string }) => Context;

export interface GraphqlDoor {
  config: Pick<Config, "limits">;
  graphql: GraphqlServer;
  identify: Identify;
  contextOf: ContextOf;
}

export function graphqlRoute(door: GraphqlDoor): Route {
  const { requestMsMax } = door.config.limits;
  return {
    path: "/graphql",
    methods: ["GET", "POST"],
    openToBrowsers: true,
    failureType: ({ accept }) => readFailureType(accept),
    answer: (request) => withinTime(requestMsMax, answerGraphql(door, request)),
  };
}

async function answerGraphql(door: GraphqlDoor, request: HttpRequest): Promise<Answer> {
  const { headers, requestId, address } = request;
  const identity = await door.identify({ authorization: headers.authorization, address, requestId });
  request.note.role = identity.role;
  const method = request.method === "POST" ? "POST" : "GET";
  const body = method === "POST" ? readJson(request, await request.readBody()) : undefined;
  refuseDeepDocument(method === "POST" ? queryOf(body) : new URLSearchParams(request.search).get("query"));
  const answer = await door.graphql.answer({
    method,
    headers,
    search: request.search,
    body,
    context: door.contextOf({ identity, requestId, address }),
    isWelcome: () =>
      door.identify({ authorization: headers.authorization, address, requestId, isInside: true }).then(() => undefined),
  });
  if (answer.operationName !== null) request.note.operation = answer.operationName.slice(0, OPERATION_LENGTH_MAX);
  if (answer.isStream) request.note.stream = true;
  const { status, closed } = answer;
  return { status, headers: answer.headers, body: answer.body, ...(closed && { closed }) };
}

const OPERATION_LENGTH_MAX = 100;
// More levels of brackets than any honest request has. The limit of fields is smaller and is looked at later.
const NESTING_MAX = 200;
const JSON_TYPE = /^application\/(?:[\w.-]+\+)?json$/;

function readJson(request: HttpRequest, bytes: Buffer): unknown {
  const [type = "", ...parameters] = (request.headers["content-type"] ?? "").toLowerCase().split(";");
  if (!JSON_TYPE.test(type.trim())) throw new Unsupported("Send the body as `Content-Type: application/json`.");
  const charset = parameters.map((text) => text.trim()).find((text) => text.startsWith("charset="));
  if (charset && !/^charset="?utf-?8"?$/.test(charset)) throw new Unsupported("The body has to be UTF-8.");
  const text = readText(bytes);
  refuseNesting(measureNesting(text, "json"));
  try {
    return JSON.parse(text);
  } catch {
    throw new Refusal("INVALID_INPUT", { say: "The body is not JSON." });
  }
}

function queryOf(body: unknown): unknown {
  return typeof body === "object" && body !== null && "query" in body ? body.query : undefined;
}

function refuseDeepDocument(query: unknown): void {
  if (typeof query === "string") refuseNesting(measureNesting(query, "graphql"));
}

function refuseNesting(actual: number): void {
  if (actual <= NESTING_MAX) return;
  throw new Refusal("LIMIT_EXCEEDED", {
    say: `Brackets are nested more than ${NESTING_MAX} levels deep.`,
    details: { limit: "nesting", max: NESTING_MAX, actual },
  });
}
