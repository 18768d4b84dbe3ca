import type { Attributes, Span } from "@opentelemetry/api";
import type { ReadableSpan, SpanProcessor } from "@opentelemetry/sdk-trace-node";
import type { IncomingMessage } from "node:http";
import { SECOND } from "../base/durations";
import type { Logger } from "../base/log";
import { nameOfStatement, tellableAttributes } from "./trace-attributes";

export interface Tracing {
  /** Sends what is still waiting, and ends. Never rejects: a collector that is away must not keep us from stopping. */
  stop(): Promise<void>;
}

const off: Tracing = { stop: () => Promise.resolve() };

/**
 * One span for each request and one for each SQL statement, sent by OTLP over HTTP. Has to run before `pg` is loaded,
 * because it wraps the modules as they are loaded; so it loads nothing of ours, and its own packages only when needed.
 */
export async function startTracing(deps: { config: { otlpEndpoint: string | null }; log: Logger }): Promise<Tracing> {
  const { otlpEndpoint } = deps.config;
  if (!otlpEndpoint) return off;
  try {
    return await register(otlpEndpoint, deps.log);
  } catch (error) {
    if (!isNotInstalled(error)) throw error;
    deps.log.warn(
      "OTEL_EXPORTER_OTLP_ENDPOINT is set, but the optional @opentelemetry packages are not installed: no traces are made. Install without --omit=optional.",
    );
    return off;
  }
}

// A collector that is away is tried again for so long, and would keep a stopping process alive meanwhile.
const SEND_MS_MAX = 2 * SECOND;
const STOP_MS_MAX = 3 * SECOND;

async function register(endpoint: string, log: Logger): Promise<Tracing> {
  const { NodeTracerProvider, BatchSpanProcessor } = await import("@opentelemetry/sdk-trace-node");
  const { OTLPTraceExporter } = await import("@opentelemetry/exporter-trace-otlp-http");
  const { registerInstrumentations } = await import("@opentelemetry/instrumentation");
  const { HttpInstrumentation } = await import("@opentelemetry/instrumentation-http");
  const { defaultResource, resourceFromAttributes } = await import("@opentelemetry/resources");
  const { PgInstrumentation } = await import("@opentelemetry/instrumentation-pg");
  const exporter = new OTLPTraceExporter({
    url: `${endpoint.replace(/\/+$/, "")}/v1/traces`,
    timeoutMillis: SEND_MS_MAX,
  });
  const resource = defaultResource().merge(resourceFromAttributes({ "service.name": "latchkey" }));
  const provider = new NodeTracerProvider({
    resource,
    spanProcessors: [onlyTellable(new BatchSpanProcessor(exporter))],
  });
  provider.register();
  registerInstrumentations({
    tracerProvider: provider,
    instrumentations: [
      new HttpInstrumentation({ ignoreIncomingRequestHook: isQuiet }),
      new PgInstrumentation({ ignoreConnectSpans: true, requestHook: nameAfterStatement }),
    ],
  });
  log.info("traces are sent");
  return { stop: () => stop(provider, log) };
}

/** Health and metrics are asked every few seconds, and tell nothing in a trace. */
function isQuiet({ url = "" }: IncomingMessage): boolean {
  return url.startsWith("/health/") || url.startsWith("/metrics");
}

function nameAfterStatement(span: Span, { query }: { query: { text: string } }): void {
  const name = nameOfStatement(query.text);
  if (name) span.updateName(name).setAttribute("db.query.summary", name);
}

/** Attributes are taken from an explicit list: what a library begins to record tomorrow stays here. */
function onlyTellable(next: SpanProcessor): SpanProcessor {
  return {
    onStart: (span, context) => next.onStart(span, context),
    onEnd: (span) => next.onEnd(withAttributes(span, tellableAttributes(span.attributes))),
    forceFlush: () => next.forceFlush(),
    shutdown: () => next.shutdown(),
  };
}

/** Errors ride in events, with messages that can quote values, so events stay here too. */
function withAttributes(span: ReadableSpan, attributes: Attributes): ReadableSpan {
  const status = { code: span.status.code };
  return Object.create(span, {
    attributes: { value: attributes },
    events: { value: [] },
    status: { value: status },
  }) as ReadableSpan;
}

async function stop(provider: { shutdown(): Promise<void> }, log: Logger): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const tooLate = new Promise<void>((resolve) => (timer = setTimeout(resolve, STOP_MS_MAX)));
  const sent = provider.shutdown().catch((err: unknown) => log.warn({ err }, "the last traces could not be sent"));
  await Promise.race([sent, tooLate]);
  clearTimeout(timer);
}

function isNotInstalled(error: unknown): boolean {
  const code = (error as { code?: unknown } | null)?.code;
  return code === "ERR_MODULE_NOT_FOUND" || code === "MODULE_NOT_FOUND";
}
