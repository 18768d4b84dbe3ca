import { ensureRemovalKey } from "../access/ensure-removal-key";
import { openAddressProofs } from "../access/open-address-proofs";
import type { Clock } from "../base/clock";
import type { Logger } from "../base/log";
import { type Metrics, openMetrics } from "../base/metrics";
import type { Config } from "../config/config";
import { connectFromEnvironment } from "../connections/connect-from-environment";
import { CONNECTIONS_CHANGED } from "../connections/connections.store";
import { openSignals } from "../database/open-signals";
import { retryOutages } from "../database/retry-outages";
import type { Context, Deps } from "../graphql/context";
import { openLoaders } from "../graphql/define-loader";
import { limitInFlight } from "../graphql/limit-in-flight";
import { buyRoutes } from "../http/buy";
import { decideOnward, decideWayOut } from "../http/decide-onward";
import { DEMO_PATH, type Demo, demoRoutes } from "../http/demo";
import { exportsRoute } from "../http/exports";
import type { ContextOf, Identify } from "../http/graphql";
import { handBackRoute } from "../http/hand-back";
import { type HttpServer, startHttp } from "../http/server";
import type { WayOut } from "../http/small-page";
import { uploadRoutes } from "../http/uploads";
import { KEYS_CHANGED } from "../keys/api-keys.store";
import { callerLimits } from "../keys/caller-limits";
import { openKeyMemory } from "../keys/open-key-memory";
import { openRateLimits } from "../keys/open-rate-limits";
import { registerBootstrapKey } from "../keys/register-bootstrap-key";
import { JOB_CHANGED, JOB_WAITS } from "../work/jobs.store";
import { INBOX_FILLED } from "../stripe/inbox.store";
import { ensureSigningKey } from "../tokens/ensure-signing-key";
import { identifyCaller } from "../tokens/identify-caller";
import { listPublicKeys } from "../tokens/list-public-keys";
import { openTokenVerifier } from "../tokens/open-token-verifier";
import { type Background, type BackgroundOptions, startBackground } from "./background";
import { fieldWeights } from "./field-weights";
import { DEMO_QUERY, SETUP_QUERY } from "./first-query";
import { laneFields } from "./lane-fields";
import { measure } from "./measure";
import { openDeps } from "./open-deps";
import { openReceipt } from "./open-receipt";
import { buildLatchkeySchema } from "./schema";

export interface Start {
  config: Config;
  databaseUrl: string;
  log: Logger;
  clock?: Clock;
  /** In local mode, the key that the GraphQL editor sends. */
  graphiqlKey?: string;
  /** In local mode, the shop whose pages are served. */
  demo?: Demo;
  background?: BackgroundOptions;
  /** False sends every query through the whole pipeline: tests compare the two roads. */
  lane?: boolean;
}

export interface RunningServer {
  url: string;
  port: number;
  deps: Deps;
  /** Finishes what runs, refuses new work, and lets go of everything. */
  stop(): Promise<void>;
}

/** Starts one server process. A start that fails closes what it opened, and waits for a database that restarts. */
export async function start(options: Start): Promise<RunningServer> {
  const { config, log } = options;
  return retryOutages({ waitMs: config.database.startWaitMs, log }, async () => {
    const opened: (() => Promise<void>)[] = [];
    const closeAll = async () => {
      while (opened.length > 0) await opened.pop()?.();
    };
    try {
      return await open(options, opened, closeAll);
    } catch (error) {
      await closeAll();
      throw error;
    }
  });
}

async function open(
  { config, databaseUrl, log, clock, graphiqlKey, demo, lane, background: backgroundOptions }: Start,
  opened: (() => Promise<void>)[],
  closeAll: () => Promise<void>,
): Promise<RunningServer> {
  const deps = await openDeps({ config, databaseUrl, log, ...(clock && { clock }) });
  opened.push(() => deps.close());
  const listenUrl = config.database.listenUrl ?? databaseUrl;
  const channels = [KEYS_CHANGED, CONNECTIONS_CHANGED];
  const hints = [INBOX_FILLED, JOB_CHANGED, JOB_WAITS];
  const signals = await openSignals({ url: listenUrl, channels, hints, log, outages: deps.db.outages });
  opened.push(() => signals.close());
  const parts: Deps = { ...deps, signals };
  await ensureSigningKey(parts);
  await ensureRemovalKey(parts);
  if (config.bootstrapKey) await registerBootstrapKey(parts, config.bootstrapKey);
  const background = startBackground(parts, backgroundOptions);
  opened.push(() => background.stop());
  const http = await serve(parts, { metrics: openMetrics(), background, graphiqlKey, demo, lane }, opened);
  const environment = connectFromEnvironment(parts);
  opened.push(() => environment.stop());
  log.info({ port: http.port }, "ready");
  return { url: http.url, port: http.port, deps: parts, stop: closeAll };
}

interface Serving {
  metrics: Metrics;
  background: Background;
  graphiqlKey: string | undefined;
  demo: Demo | undefined;
  lane: boolean | undefined;
}

async function serve(
  parts: Deps,
  { metrics, background, graphiqlKey, demo, lane = true }: Serving,
  opened: (() => Promise<void>)[],
): Promise<HttpServer> {
  const { config, log, db, signals } = parts;
  measure(parts, metrics);
  const keys = openKeyMemory(parts);
  opened.push(() => keys.close());
  const rates = openRateLimits(parts);
  opened.push(() => rates.close());
  const tokens = openTokenVerifier({ ...parts, addressProofs: openAddressProofs(parts) });
  const receipt = openReceipt(parts, () => background.received());
  opened.push(() => receipt.close());
  const contextOf: ContextOf = (asked) =>
    openContext(parts, {
      ...asked,
      decided: (decision) => metrics.decisions.count(decision),
      take: (subject, maxPerMinute) => rates.take(subject, maxPerMinute),
      charge: (requests) => {
        if (requests === 0) return;
        for (const { subject, maxPerMinute } of callerLimits(asked.identity, asked.address, config.limits)) {
          rates.take(subject, maxPerMinute, requests);
        }
      },
    });
  const identify: Identify = (caller) => identifyCaller({ keys, tokens, rates, config }, caller);
  const demoPath = () => (demo?.isOpen() ? DEMO_PATH : undefined);
  const firstQuery = () => (demo?.isOpen() ? DEMO_QUERY : SETUP_QUERY);
  const wayOut: WayOut = ({ path, search, ...opened }) => {
    const cancelUrl = new URLSearchParams(search).get("cancel");
    return decideWayOut(config, { ...opened, demoPath: demoPath(), cancelUrl, path: `${path}${search}` });
  };
  const http = await startHttp({
    config,
    log,
    metrics,
    schema: limitInFlight(buildLatchkeySchema(), fieldWeights),
    weights: fieldWeights,
    laneFields: lane ? laneFields : NO_FIELDS,
    identify,
    contextOf,
    routes: [
      receipt.route,
      handBackRoute(config, wayOut),
      ...buyRoutes({ contextOf, log, onward: () => decideOnward(config, { demoPath: demoPath() }), wayOut }),
      ...(config.localMode && demo ? demoRoutes({ contextOf, demo }) : []),
      exportsRoute(parts, wayOut),
      ...uploadRoutes({ identify, contextOf }),
    ],
    wayOut,
    jwks: () => listPublicKeys({ db }),
    readyChecks: [
      {
        name: "database",
        missing: () => db.urgent("health.ready", "/* health.ready */ select 1", []).then(() => null),
      },
    ],
    ...(config.localMode ? { graphiql: { key: graphiqlKey ?? null, query: firstQuery } } : {}),
  });
  opened.push(() => http.stop());
  // The memory of keys listens before this, so whoever is asked now is looked up.
  signals.on(KEYS_CHANGED, () => http.credentialsChanged());
  return http;
}

const NO_FIELDS: ReadonlySet<string> = new Set();

function openContext(parts: Deps, asked: Omit<Context, keyof Deps | "load">): Context {
  const context: Context = { ...parts, ...asked, load: openLoaders(() => context) };
  return context;
}
