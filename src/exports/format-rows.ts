import { BYTE_ORDER_MARK, type Cell, formatCsvLine } from "./format-csv";
import type { ExportFormat } from "./read-export-format";

export type ExportRow = Readonly<Record<string, Cell>>;

/** Pure: rows as a piece of a file. The names of the columns stand once, in front of the first piece. */
export function formatRows(
  format: ExportFormat,
  columns: readonly string[],
  { rows, isFirst }: { rows: readonly ExportRow[]; isFirst: boolean },
): string {
  const inOrder = (row: ExportRow) => columns.map((column) => [column, row[column] ?? null] as const);
  if (format === "JSONL") return rows.map((row) => `${JSON.stringify(Object.fromEntries(inOrder(row)))}\n`).join("");
  const lines = rows.map((row) => formatCsvLine(inOrder(row).map(([, cell]) => cell)));
  return isFirst ? `${BYTE_ORDER_MARK}${formatCsvLine(columns)}${lines.join("")}` : lines.join("");
}
