import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from "prom-client";

/** What operators watch. One registry for each server, so that two servers in one process do not share their counts. */
export interface Metrics {
  registry: Registry;
  /** Seconds from the first byte of a request to the last of its answer, by route and status. */
  httpSeconds: Histogram<"route" | "method" | "status">;
  /** Root fields that were asked for, by the role that asked. */
  operations: Counter<"field" | "role">;
  /** Queries that were answered without the pipeline. */
  laneAnswers: Counter;
  /** Decisions about access that callers were told, by reason. */
  decisions: DecisionCount;
  /** Errors that callers were told, by code. */
  refusals: Counter<"code">;
  /** Requests that are being answered now. */
  inFlight: Count;
  /** Subscriptions that are open now. */
  streams: Count;
}

/** A number that is read when somebody looks, and costs nothing in between. */
export interface Count {
  inc(): void;
  dec(): void;
}

export interface DecisionCount {
  count(decision: { allowed: boolean; reason: string }): void;
}

/** A check costs little more than a look into a map: names and labels are put together when somebody looks. */
function countDecisions(registers: Registry[]): DecisionCount {
  const counts = { true: new Map<string, number>(), false: new Map<string, number>() };
  const counter: Counter = new Counter({
    name: "latchkey_decisions_total",
    help: "Decisions about access that callers asked for, by reason.",
    labelNames: ["reason", "allowed"],
    registers,
    collect: (): void => {
      counter.reset();
      for (const [allowed, reasons] of Object.entries(counts)) {
        for (const [reason, count] of reasons) counter.inc({ reason, allowed }, count);
      }
    },
  });
  return {
    count: ({ allowed, reason }) => {
      const reasons = counts[`${allowed}`];
      reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
    },
  };
}

function countNow(named: { name: string; help: string }, registers: Registry[]): Count {
  let count = 0;
  const gauge: Gauge = new Gauge({
    ...named,
    registers,
    collect: (): void => gauge.set(count),
  });
  return { inc: () => void count++, dec: () => void count-- };
}

export function openMetrics(): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry, prefix: "latchkey_" });
  const registers = [registry];
  return {
    registry,
    httpSeconds: new Histogram({
      name: "latchkey_http_request_seconds",
      help: "Seconds from the first byte of a request to the last of its answer.",
      labelNames: ["route", "method", "status"],
      buckets: [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
      registers,
    }),
    operations: new Counter({
      name: "latchkey_operations_total",
      help: "Root fields of GraphQL operations that were asked for.",
      labelNames: ["field", "role"],
      registers,
    }),
    laneAnswers: new Counter({
      name: "latchkey_lane_answers_total",
      help: "Queries that were known and answered without the pipeline.",
      registers,
    }),
    decisions: countDecisions(registers),
    refusals: new Counter({
      name: "latchkey_refusals_total",
      help: "Errors that callers were told, by code.",
      labelNames: ["code"],
      registers,
    }),
    inFlight: countNow({ name: "latchkey_http_in_flight", help: "Requests that are being answered now." }, registers),
    streams: countNow({ name: "latchkey_streams_open", help: "Subscriptions that are open now." }, registers),
  };
}
