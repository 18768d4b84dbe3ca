import type { Comparison, SideResult } from "./rounds";

/** A line of the table: a comparison, what was seen of the product alone, or anything in words. */
export interface Row {
  name: string;
  against: string;
  goal: string;
  seen: Comparison | SideResult | string;
}

const HEAD = ["what", "against", "goal", "ratio", "per second", "p50 ms", "p99 ms", "server µs", "postgres µs"];

/** One table in Markdown; what stands on both sides of a comma is the product's and the baseline's. */
export function printTable(rows: readonly Row[]): string {
  const cells = [HEAD, ...rows.map(cellsOf)];
  const widths = HEAD.map((_, column) => Math.max(...cells.map((row) => (row[column] ?? "").length)));
  const line = (row: readonly string[]) => `| ${row.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join(" | ")} |`;
  const [head = [], ...body] = cells;
  return [line(head), line(widths.map((width) => "-".repeat(width))), ...body.map(line)].join("\n");
}

function cellsOf({ name, against, goal, seen }: Row): string[] {
  if (typeof seen === "string") return [name, against, goal, seen, "", "", "", "", ""];
  if ("perSecond" in seen) return [name, against, goal, "", ...numbersOf([seen])];
  const { ratio, ratios, sides } = seen;
  const spread = `${ratio.toFixed(2)} (${Math.min(...ratios).toFixed(2)} to ${Math.max(...ratios).toFixed(2)})`;
  return [name, against, goal, spread, ...numbersOf(sides)];
}

function numbersOf(sides: readonly SideResult[]): string[] {
  const all = (pick: (side: SideResult) => number | null, digits: number) =>
    sides.map((side) => pick(side)?.toFixed(digits).replace("NaN", "") ?? "?").join(", ");
  return [
    all((side) => side.perSecond, 0),
    all((side) => side.p50, 1),
    all((side) => side.p99, 1),
    all((side) => side.serverCpu, 0),
    all((side) => side.postgresCpu, 0),
  ];
}
