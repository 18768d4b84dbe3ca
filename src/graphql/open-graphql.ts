import {
  ApolloServer,
  type ApolloServerPlugin,
  type GraphQLRequestContext,
  type GraphQLRequestListener,
  HeaderMap,
  type HTTPGraphQLResponse,
} from "@apollo/server";
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginInlineTraceDisabled,
  ApolloServerPluginLandingPageDisabled,
  ApolloServerPluginSchemaReportingDisabled,
  ApolloServerPluginUsageReportingDisabled,
} from "@apollo/server/plugin/disabled";
import {
  type DocumentNode,
  GraphQLError,
  type GraphQLSchema,
  type OperationDefinitionNode,
  OperationTypeNode,
} from "graphql";
import type { ErrorCode } from "../base/error-codes";
import { type Logger, withoutSecrets } from "../base/log";
import type { Metrics } from "../base/metrics";
import { Failure, Refusal } from "../base/refusal";
import type { Config } from "../config/config";
import type { Context } from "./context";
import type { FieldWeights } from "./field-weights";
import { isUnavailable } from "./is-unavailable";
import { type Recent, asStore, keepRecent } from "./keep-recent";
import { type CheckLimits, makeLimits, readsSchema } from "./limits";
import { type Lane, openLane } from "./open-lane";
import { openStreams } from "./open-streams";
import { asEventStream, openSubscription } from "./open-subscription";
import { refuseUnstorable } from "./refuse-unstorable";
import { type AskedRequest, CSRF_HEADERS, toAsked } from "./to-asked";
import { type ErrorTeller, internal, toGraphqlError } from "./to-graphql-error";
import { COMPLETE, nextEvent } from "./write-events";

export interface GraphqlRequest {
  method: "GET" | "POST";
  headers: Readonly<Record<string, string | string[] | undefined>>;
  /** With its question mark; empty when there is none. */
  search: string;
  /** Parsed, not yet trusted. */
  body: unknown;
  context: Context;
  /** Throws once the credential is not good any more. A stream asks again and again; nothing is counted. */
  isWelcome?: () => Promise<void>;
}

export interface GraphqlAnswer {
  status: number;
  headers: Readonly<Record<string, string>>;
  body: string | AsyncIterable<string>;
  operationName: string | null;
  /** It goes on until one of both ends it. */
  isStream?: true;
  /** Told when the connection is gone. */
  closed?: () => void;
}

/** All that the HTTP room knows of GraphQL. */
export interface GraphqlServer {
  answer(request: GraphqlRequest): Promise<GraphqlAnswer>;
  /** Some credential is not what it was: open streams ask about theirs. */
  checkStreams(): void;
  endStreams(): void;
  stop(): Promise<void>;
}

export interface GraphqlParts {
  schema: GraphQLSchema;
  config: Pick<Config, "limits" | "localMode">;
  log: Logger;
  metrics: Metrics;
  /** The root fields whose queries may take the lane in front of the pipeline; without any there is no lane. */
  laneFields?: ReadonlySet<string>;
  /** Without any, every field weighs the same. */
  weights?: FieldWeights;
}

const NO_WEIGHTS: FieldWeights = new Map();

// Documents, and the texts behind the hashes of persisted queries: so many, and so many characters together. A parsed
// document takes about a hundred times the memory of its text.
const BOUNDS = { entriesMax: 1_000, sizeMax: 1_000_000 };
// What Apollo puts before the hash of a persisted query.
const PERSISTED = "apq:";

export async function openGraphql(parts: GraphqlParts): Promise<GraphqlServer> {
  const checkLimits = makeLimits({ schema: parts.schema, weights: parts.weights ?? NO_WEIGHTS, ...parts.config });
  const texts = keepRecent<string>({ ...BOUNDS, sizeOf: (text) => text.length });
  const textOf = (hash: string) => texts.get(`${PERSISTED}${hash}`);
  const lane = openLane({ ...parts, checkLimits, reads: parts.laneFields ?? new Set(), textOf });
  const apollo = openApollo(parts, { checkLimits, texts, lane });
  const streams = openStreams({ limits: parts.config.limits, metrics: parts.metrics });
  await apollo.start();
  return {
    answer: async (request) => {
      const known = await lane.answer(request);
      if (known) return known;
      const asked = toAsked(request);
      const output = await apollo.executeHTTPGraphQLRequest({
        httpGraphQLRequest: asked,
        context: () => Promise.resolve(request.context),
      });
      const teller = tellerOf(parts, request.context);
      if (asked.subscription) return openSubscription(asked.subscription, request, { ...parts, streams, teller });
      const answer = toAnswer(output, asked, teller);
      return asked.streaming === "ONLY" ? toEvents(answer) : answer;
    },
    checkStreams: () => streams.check(),
    endStreams: () => streams.endAll(),
    stop: () => apollo.stop(),
  };
}

/** What is answered at once, for whoever accepts nothing but events. Where we broke, the status says so. */
function toEvents(answer: GraphqlAnswer): GraphqlAnswer {
  const { status, body, operationName } = answer;
  if (typeof body !== "string" || status >= 500) return answer;
  return { ...asEventStream(nextEvent(body.trim()) + COMPLETE), operationName };
}

function toAnswer(output: HTTPGraphQLResponse, asked: AskedRequest, teller: ErrorTeller): GraphqlAnswer {
  const { headers, body, status = 200 } = output;
  const answer = { status, headers: Object.fromEntries(headers), operationName: asked.operationName };
  // The pipeline itself broke. It has been logged with its request; only the id is still missing in the answer.
  if (status === 500) {
    const error = toGraphqlError(internal(teller.requestId), teller);
    return { ...answer, body: JSON.stringify({ errors: [error] }) };
  }
  return { ...answer, body: body.kind === "complete" ? body.string : body.asyncIterator };
}

interface Shared {
  checkLimits: CheckLimits;
  /** The texts behind the hashes of persisted queries. */
  texts: Recent<string>;
  lane: Lane;
}

function openApollo(parts: GraphqlParts, shared: Shared): ApolloServer<Context> {
  const tellers = new WeakMap<Error, ErrorTeller>();
  const stranger: ErrorTeller = { ...parts, hiddenSchema: parts.schema };
  return new ApolloServer<Context>({
    schema: parts.schema,
    // Apollo reads the environment otherwise; what differs between environments is decided in our configuration.
    nodeEnv: "production",
    logger: loggerFor(parts.log),
    stopOnTerminationSignals: false,
    introspection: true, // by role, in the limits
    includeStacktraceInErrorResponses: false,
    csrfPrevention: { requestHeaders: CSRF_HEADERS },
    parseOptions: { maxTokens: parts.config.limits.tokensMax },
    validationOptions: { maxErrors: 20 },
    documentStore: asStore(
      keepRecent<DocumentNode>({ ...BOUNDS, sizeOf: (document) => document.loc?.source.body.length ?? 1 }),
    ),
    persistedQueries: { cache: asStore(shared.texts) },
    formatError: (_, error) => toGraphqlError(error, (error instanceof Error && tellers.get(error)) || stranger),
    plugins: [
      requestPlugin(parts, shared, tellers),
      ApolloServerPluginCacheControlDisabled(),
      ApolloServerPluginInlineTraceDisabled(),
      ApolloServerPluginLandingPageDisabled(),
      ApolloServerPluginSchemaReportingDisabled(),
      ApolloServerPluginUsageReportingDisabled(),
    ],
  });
}

function tellerOf(parts: GraphqlParts, context: Context): ErrorTeller {
  const sees = readsSchema(context.identity.role, parts.config.localMode);
  return {
    log: parts.log,
    metrics: parts.metrics,
    requestId: context.requestId,
    hiddenSchema: sees ? null : parts.schema,
  };
}

/** Apollo writes sentences, which the redaction of fields does not reach. */
function loggerFor(log: Logger) {
  return {
    debug: (text: unknown) => log.debug(withoutSecrets(String(text))),
    info: (text: unknown) => log.info(withoutSecrets(String(text))),
    warn: (text: unknown) => log.warn(withoutSecrets(String(text))),
    error: (text: unknown) => log.error(withoutSecrets(String(text))),
  };
}

type Asked = GraphQLRequestContext<Context>;

function requestPlugin(
  parts: GraphqlParts,
  shared: Shared,
  tellers: WeakMap<Error, ErrorTeller>,
): ApolloServerPlugin<Context> {
  const listener: GraphQLRequestListener<Context> = {
    didResolveOperation: (asked) => Promise.resolve(admit(asked, shared, parts.metrics)),
    // A subscription is begun behind the pipeline, which would execute it as a query.
    responseForOperation: ({ request }) => Promise.resolve(roadOf(request)?.subscription ? EMPTY : null),
    // formatError is not told whose error it formats, so it is written down here.
    didEncounterErrors: (asked) => {
      const teller = tellerOf(parts, asked.contextValue);
      for (const error of asked.errors) tellers.set(error, teller);
      return Promise.resolve();
    },
    willSendResponse: ({ response: { body, http } }) => {
      if (body.kind === "single" && isUnavailable(body.singleResult)) http.status = 503;
      return Promise.resolve();
    },
  };
  return {
    requestDidStart: () => Promise.resolve(listener),
    unexpectedErrorProcessingRequest: ({ requestContext, error }) => {
      const { requestId } = requestContext.contextValue;
      parts.log.error({ err: error, requestId }, "the pipeline of a request broke");
      return Promise.resolve();
    },
  };
}

function roadOf({ http }: Asked["request"]): AskedRequest | undefined {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the one that toAsked made
  return http as AskedRequest | undefined;
}

const EMPTY = { http: { headers: new HeaderMap() }, body: { kind: "single" as const, singleResult: { data: null } } };

function admit(asked: Asked, { checkLimits, lane }: Shared, metrics: Metrics): void {
  const { source, document, operation, operationName, request, contextValue } = asked;
  const http = roadOf(request);
  if (http) http.operationName = operationName ?? null;
  if (!document || !operation) return;
  const { role } = contextValue.identity;
  try {
    refuseRoad(operation, http);
    const variables = request.variables ?? {};
    refuseUnstorable(variables, document);
    const measured = checkLimits({ document, operation, variables, context: contextValue });
    for (const field of measured.rootFields) metrics.operations.inc({ field, role });
    const { rootFields, introspects } = measured;
    if (http && operation.operation === OperationTypeNode.SUBSCRIPTION) {
      http.subscription = { document, operation, operationName: request.operationName, variables };
    }
    if (source === undefined || introspects) return;
    lane.learn({ text: source, document, operation, operationName: request.operationName, role, rootFields });
  } catch (error) {
    throw refusedBeforeExecution(error);
  }
}

function refuseRoad({ operation }: OperationDefinitionNode, http: AskedRequest | undefined): void {
  if (operation === OperationTypeNode.SUBSCRIPTION && http?.streaming === "NO") {
    const say = "A subscription is answered by a stream of events: send `Accept: text/event-stream`.";
    throw new Refusal("INVALID_INPUT", { say });
  }
  if (operation === OperationTypeNode.MUTATION && http?.isGet) {
    throw new Refusal("INVALID_INPUT", { say: "A mutation is sent by POST." });
  }
}

const statuses: Partial<Record<ErrorCode, number>> = { FORBIDDEN: 403, RATE_LIMITED: 429 };

/** Without a status of its own, Apollo would answer 500. */
function refusedBeforeExecution(error: unknown): unknown {
  if (!(error instanceof Failure) && !(error instanceof GraphQLError)) return error;
  const status = (error instanceof Failure && statuses[error.code]) || 400;
  const headers = new HeaderMap();
  const retryAfterMs = error instanceof Failure ? error.details?.["retryAfterMs"] : undefined;
  if (typeof retryAfterMs === "number")
    headers.set("retry-after", String(Math.max(1, Math.ceil(retryAfterMs / 1_000))));
  return new GraphQLError(error.message, {
    originalError: error,
    extensions: { code: "BAD_REQUEST", http: { status, headers } },
  });
}
