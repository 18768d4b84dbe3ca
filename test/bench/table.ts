import type { Comparison, SideResult } from "./rounds";

/** A line of the table: a comparison, or anything that was simply seen. */
export interface Row {
  name: string;
  against: string;
  goal: string;
  seen: Comparison | string;
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
  const { ratio, ratios, sides } = seen;
  const spread = `${ratio.toFixed(2)} (${Math.min(...ratios).toFixed(2)} to ${Math.max(...ratios).toFixed(2)})`;
  const both = (pick: (side: SideResult) => number | null, digits: number) =>
    sides.map((side) => pick(side)?.toFixed(digits) ?? "?").join(", ");
  return [
    name,
    against,
    goal,
    spread,
    both((side) => side.perSecond, 0),
    both((side) => side.p50, 1),
    both((side) => side.p99, 1),
    both((side) => side.serverCpu, 0),
    both((side) => side.postgresCpu, 0),
  ];
}
