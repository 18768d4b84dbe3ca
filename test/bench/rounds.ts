import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import path from "node:path";
import { cpuOf } from "./cpu";
import type { Load, LoadResult } from "./load";

/** One of two that are compared: where it listens, what it is asked, whose processor time is counted as its own. */
export interface Side {
  name: string;
  pids: number[];
  load: Omit<Load, "connections" | "ms">;
}

export interface Pace {
  rounds: number;
  roundMs: number;
  warmUpMs: number;
  connections: number;
}

export interface SideResult {
  perSecond: number;
  p50: number;
  p99: number;
  /** Microseconds for each request; null where nobody tells. */
  serverCpu: number | null;
  postgresCpu: number | null;
}

export interface Comparison {
  /** Of the first side to the second, in each round. */
  ratios: number[];
  ratio: number;
  /** Medians over the rounds. */
  sides: [SideResult, SideResult];
}

/** A B A B …: whatever else the machine does meets both sides alike. */
export async function compare(sides: [Side, Side], pace: Pace, postgres: () => number[]): Promise<Comparison> {
  const [a, b] = sides;
  return withGenerator((generator) => {
    const run = (side: Side) => (ms: number) => runOnce(generator, side, { ...pace, ms }, postgres);
    return inTurn([run(a), run(b)], pace);
  });
}

/** The same against something that makes its own load. */
export function compareWith(
  side: Side,
  other: (ms: number) => Promise<SideResult>,
  pace: Pace,
  postgres: () => number[],
): Promise<Comparison> {
  return withGenerator((generator) =>
    inTurn([(ms) => runOnce(generator, side, { ...pace, ms }, postgres), other], pace),
  );
}

type RunFor = (ms: number) => Promise<SideResult>;

async function inTurn([a, b]: [RunFor, RunFor], pace: Pace): Promise<Comparison> {
  for (const run of [a, b]) await run(pace.warmUpMs);
  const seen: [SideResult, SideResult][] = [];
  for (let round = 0; round < pace.rounds; round++) seen.push([await a(pace.roundMs), await b(pace.roundMs)]);
  const ratios = seen.map(([one, other]) => one.perSecond / other.perSecond);
  const side = (index: 0 | 1) => medianSide(seen.map((pair) => pair[index]));
  return { ratios, ratio: median(ratios), sides: [side(0), side(1)] };
}

async function withGenerator<Result>(work: (generator: ChildProcess) => Promise<Result>): Promise<Result> {
  const generator = fork(path.join(__dirname, "load.js"), { stdio: ["ignore", "inherit", "inherit", "ipc"] });
  try {
    return await work(generator);
  } finally {
    generator.kill();
  }
}

async function runOnce(
  generator: ChildProcess,
  side: Side,
  { connections, ms }: { connections: number; ms: number },
  postgres: () => number[],
): Promise<SideResult> {
  const family = postgres();
  const before = [cpuOf(side.pids), cpuOf(family)];
  generator.send({ ...side.load, connections, ms } satisfies Load);
  const [result] = (await once(generator, "message")) as [LoadResult];
  if (result.wrong.length > 0) throw new Error(`${side.name} answered wrongly:\n${result.wrong.join("\n")}`);
  const after = [cpuOf(side.pids), cpuOf(family)];
  const each = (index: 0 | 1) => {
    const [from, to] = [before[index] ?? null, after[index] ?? null];
    return from === null || to === null || family.length === 0 ? null : (to - from) / result.done;
  };
  return {
    perSecond: (result.done * 1_000) / result.ms,
    p50: result.p50,
    p99: result.p99,
    serverCpu: each(0),
    postgresCpu: each(1),
  };
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1
    ? (sorted[middle] ?? NaN)
    : ((sorted[middle - 1] ?? NaN) + (sorted[middle] ?? NaN)) / 2;
}

export function medianSide(results: readonly SideResult[]): SideResult {
  const of = (pick: (result: SideResult) => number) => median(results.map(pick));
  const known = (pick: (result: SideResult) => number | null) =>
    results.some((result) => pick(result) === null) ? null : of((result) => pick(result) ?? NaN);
  return {
    perSecond: of((result) => result.perSecond),
    p50: of((result) => result.p50),
    p99: of((result) => result.p99),
    serverCpu: known((result) => result.serverCpu),
    postgresCpu: known((result) => result.postgresCpu),
  };
}
