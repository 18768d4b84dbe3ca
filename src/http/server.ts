import { setMaxListeners } from "node:events";
import { type Server, createServer } from "node:http";
import type { GraphQLSchema } from "graphql";
import { SECOND } from "../base/durations";
import type { Logger } from "../base/log";
import type { Metrics } from "../base/metrics";
import type { Config } from "../config/config";
import type { FieldWeights } from "../graphql/field-weights";
import { openGraphql } from "../graphql/open-graphql";
import { answerBrokenRequest } from "./answer-broken-request";
import { makeAnswerRequest } from "./answer-request";
import { makeFindRoute } from "./find-route";
import { type GraphiqlPage, graphiqlRoutes } from "./graphiql";
import { type ContextOf, type Identify, graphqlRoute } from "./graphql";
import { type ReadyCheck, healthRoutes } from "./health";
import { type Jwks, jwksRoute } from "./jwks";
import { metricsRoute } from "./metrics";
import type { Route } from "./route";
import type { WayOut } from "./small-page";
import { type Connections, trackConnections } from "./track-connections";

export interface HttpParts {
  config: Pick<Config, "host" | "port" | "publicUrl" | "localMode" | "trustedProxies" | "limits">;
  log: Logger;
  metrics: Metrics;
  schema: GraphQLSchema;
  laneFields?: ReadonlySet<string>;
  weights?: FieldWeights;
  contextOf: ContextOf;
  identify: Identify;
  readyChecks: readonly ReadyCheck[];
  jwks: Jwks;
  /** Served in local mode only, whatever is given here. */
  graphiql?: GraphiqlPage;
  /** The link of a page that says that something failed. */
  wayOut: WayOut;
  /** More lines for the routing table; they come before ours. */
  routes?: readonly Route[];
  /** How long running requests may take to finish once the server stops. */
  stopMsMax?: number;
}

export interface HttpServer {
  /** Where it can be reached from this machine. */
  url: string;
  port: number;
  /** `/health/ready` says 503 from now on, so that balancers look elsewhere; everything else goes on. */
  beginStop(): void;
  /**
   * Takes no new connection and no new request, closes the idle connections, ends the streams, lets running requests finish, and
   * cuts what is left after `stopMsMax`. Resolves when nothing is open any more; calling it again waits for the same end.
   */
  stop(): Promise<void>;
  /** Some key is not what it was: whoever reads a stream has to be welcome still. */
  credentialsChanged(): void;
}

const STOP_MS_MAX = 10 * SECOND;

export async function startHttp(parts: HttpParts): Promise<HttpServer> {
  const { config, log, metrics, stopMsMax = STOP_MS_MAX } = parts;
  const phase = { ending: false, stopping: false };
  const graphql = await openGraphql(parts);
  const routes = [
    ...(parts.routes ?? []),
    graphqlRoute({ ...parts, graphql }),
    ...healthRoutes({ log, checks: parts.readyChecks, isStopping: () => phase.ending }),
    metricsRoute(parts),
    jwksRoute(parts.jwks),
    ...(config.localMode && parts.graphiql ? graphiqlRoutes(parts.graphiql) : []),
  ];
  const isStopping = () => phase.stopping;
  // Headers and body each have to arrive in the time that the whole request has. Node's own limit for bodies knows no
  // exception, and an upload by somebody whom we know may take longer: so bodies are watched here.
  const { requestMsMax } = config.limits;
  const server = createServer({
    headersTimeout: requestMsMax,
    requestTimeout: 0,
    connectionsCheckingInterval: CHECKED_EVERY_MS,
    keepAliveTimeout: KEEP_ALIVE_MS,
  });
  const connections = trackConnections(server);
  const watch = setInterval(() => connections.cutSlow(requestMsMax), CHECKED_EVERY_MS).unref();
  server.once("close", () => clearInterval(watch));
  const stopping = new AbortController();
  // Every upload that is under way listens.
  setMaxListeners(0, stopping.signal);
  const answer = makeAnswerRequest({
    config,
    log,
    metrics,
    findRoute: makeFindRoute(routes),
    wayOut: parts.wayOut,
    isStopping,
    stopping: stopping.signal,
    allowLong: (request) => connections.allowLong(request),
  });
  server.on("request", (request, response) => {
    connections.begin(request, response);
    void answer(request, response);
  });
  server.on("clientError", (error: Error & { code?: string }, socket) => {
    answerBrokenRequest(error, socket, { log, metrics, ...connections });
  });
  const port = await listen(server, config);

  let stopped: Promise<void> | undefined;
  return {
    url: `http://${hostInUrl(config.host)}:${port}`,
    port,
    beginStop: () => {
      phase.ending = true;
    },
    stop: () => {
      phase.ending = phase.stopping = true;
      stopping.abort();
      graphql.endStreams();
      stopped ??= close(server, connections, stopMsMax).then(() => graphql.stop());
      return stopped;
    },
    credentialsChanged: () => graphql.checkStreams(),
  };
}

const CHECKED_EVERY_MS = 5 * SECOND;

// Longer than the minute after which common balancers drop an idle connection: they must be the ones to close it.
const KEEP_ALIVE_MS = 65 * SECOND;

async function listen(server: Server, { host, port }: { host: string; port: number }): Promise<number> {
  await new Promise<void>((listening, failed) => {
    server.once("error", failed);
    server.listen(port, host, () => {
      server.off("error", failed);
      listening();
    });
  });
  const address = server.address();
  return typeof address === "object" && address ? address.port : port;
}

async function close(server: Server, connections: Connections, msMax: number): Promise<void> {
  const closed = new Promise<void>((done) => {
    server.close(() => done());
  });
  connections.closeIdle();
  const timer = setTimeout(() => connections.cutAll(), msMax);
  await closed;
  clearTimeout(timer);
}

function hostInUrl(host: string): string {
  if (host === "0.0.0.0" || host === "::") return "127.0.0.1";
  return host.includes(":") ? `[${host}]` : host;
}
